"""Messages from the contact page: assigned, answered by mail, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.content import service
from portal.content.types import MessageState
from portal.platform.db import db, transaction
from portal.platform.models import Mail, Notice

Staff = Callable[[str], Any]
KEY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def message(app: Any) -> int:
    return transaction(lambda: service.leave_message("Sipho", "sipho@x.example", "Acme", "Do you rent pumps?"))


def answers() -> list[str]:
    return list(db.session.scalars(select(Mail.to_email).where(Mail.event == "contact_answer")))


def test_an_answer_goes_out_by_mail_once_and_is_kept(staff: Staff, message: int) -> None:
    clerk = staff("clerk")
    clerk.get(f"/staff/messages/{message}")
    for _ in range(2):
        clerk.post(f"/staff/messages/{message}/answer", data={"words": "Yes, by the day.", "key": KEY})

    assert answers() == ["sipho@x.example"]
    found = service.message(message)
    assert (found.state, found.answered_by, found.assigned_to) == (MessageState.ANSWERED, "Our clerk", "Our clerk")
    assert "Yes, by the day." in clerk.get(f"/staff/messages/{message}").text


def test_an_empty_answer_is_refused(staff: Staff, message: int) -> None:
    clerk = staff("clerk")
    clerk.get(f"/staff/messages/{message}")
    answer = clerk.post(f"/staff/messages/{message}/answer", data={"words": " ", "key": KEY})

    assert answer.status_code == 422
    assert "Write the answer." in answer.text
    assert answers() == []


def test_a_message_is_given_to_somebody_who_is_told(staff: Staff, message: int) -> None:
    clerk, manager = staff("clerk"), staff("manager")
    mine = next(each.id for each in _people() if each.name == "Our clerk")
    manager.get(f"/staff/messages/{message}")
    manager.post(f"/staff/messages/{message}/assign", data={"to": str(mine)})

    assert service.message(message).assigned_to == "Our clerk"
    told = select(Notice.words).where(Notice.event == "message_assigned", Notice.user_id == mine)
    assert db.session.scalars(told).all() == ["Our manager gave you a message of Sipho"]
    assert "Sipho" in clerk.get("/staff/messages?show=mine").text
    assert "No messages" in manager.get("/staff/messages?show=mine").text


def test_a_message_is_given_to_nobody_who_does_not_answer(staff: Staff, message: int) -> None:
    dispatcher, clerk = staff("dispatcher"), staff("clerk")
    assert dispatcher.get("/staff/messages").status_code == 403
    clerk.get(f"/staff/messages/{message}")
    answer = clerk.post(f"/staff/messages/{message}/assign", data={"to": "987654"})

    assert answer.status_code == 422
    assert service.message(message).assigned_to is None


def test_a_closed_message_is_answered_no_more_until_it_is_opened_again(staff: Staff, message: int) -> None:
    clerk = staff("clerk")
    clerk.get(f"/staff/messages/{message}")
    clerk.post(f"/staff/messages/{message}/close", data={"closed": "yes"})
    refused = clerk.post(f"/staff/messages/{message}/answer", data={"words": "Late", "key": KEY})

    assert refused.status_code == 409
    assert service.message(message).state is MessageState.CLOSED
    clerk.get(f"/staff/messages/{message}")
    clerk.post(f"/staff/messages/{message}/close", data={"closed": "no"})
    assert service.message(message).state is MessageState.OPEN


def test_the_inbox_is_filtered_and_sorted_by_its_address(staff: Staff, app: Any) -> None:
    ids = [
        transaction(lambda name=name: service.leave_message(name, "x@x.example", "", "Hello"))
        for name in ("Anna", "Bongani", "Carel")
    ]
    clerk = staff("clerk")
    transaction(lambda: service.mark_answered(ids[1], by="Our clerk"))

    def names(query: str) -> list[str]:
        page = clerk.get(f"/staff/messages?{query}").text
        return sorted((name for name in ("Anna", "Bongani", "Carel") if f"<b>{name}</b>" in page), key=page.index)

    assert names("show=open") == ["Carel", "Anna"]
    assert names("show=open&sort=oldest") == ["Anna", "Carel"]
    assert names("show=answered") == ["Bongani"]
    assert names("show=closed") == []
    assert names("") == ["Carel", "Bongani", "Anna"]


def _people() -> Any:
    from portal.accounts import service as accounts

    return accounts.staff_with()
