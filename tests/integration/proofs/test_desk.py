"""The clerks' desk: questions and answers, proofs handed over, parts of the queue, reasons, pace, the bank's own page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money
from portal.platform import audit, outbox
from portal.platform.db import db, transaction
from portal.proofs import service as proofs
from portal.proofs.errors import AlreadyDecided, ChangedMeanwhile
from portal.proofs.service import bank_pages, handing, measuring, queueing
from portal.proofs.types import Share
from portal.proofs.types.review import Pace, Whose
from portal.proofs.types.stored import Acceptance, ProofState
from tests.integration.proofs.conftest import World
from tests.integration.proofs.desk import colleague, part_payment, short


def waiting(whose: Whose, who: Any) -> list[str]:
    return [row.proof.public_id for row in queueing.queue(whose, who)[0]]


def ask(world: World, info: Any, question: str = "Which invoices is it for?") -> Any:
    return transaction(lambda: proofs.ask(info.public_id, question, by=world.clerk, seen_version=info.version))


def test_a_question_puts_the_proof_aside_and_the_answer_brings_it_back_marked(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    ask(world, info)
    aside = (
        waiting(Whose.TO_DO, world.clerk),
        waiting(Whose.ASKED, world.clerk),
        db.session.scalar(select(proofs.waiting_count())),
    )
    buyer = replace(world.clerk, user_id=world.buyer_id, name="Thandi Mokoena")

    transaction(lambda: proofs.answer(info.public_id, "For our PO 88123.", by=buyer, customer_id=world.customer_id))

    (row,) = queueing.queue(Whose.TO_DO, world.clerk)[0]
    assert aside == ([], [info.public_id], 0)
    assert row.proof.public_id == info.public_id and row.desk.answered_at is not None
    assert [(one.action, one.words) for one in proofs.detail(info.public_id).decisions] == [
        ("ask", "Which invoices is it for?"), ("answer", "For our PO 88123."),
    ]  # fmt: skip
    assert any("answered" in one.words for one in outbox.notices(world.clerk.user_id))


def test_a_question_nobody_answers_is_not_forgotten(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    ask(world, info)

    with clock.at(clock.now() + timedelta(days=2, minutes=1)):
        assert waiting(Whose.TO_DO, world.clerk) == [info.public_id]


def test_the_customer_answers_on_the_page_of_the_proof(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, _ = short(world, proof_of)
    ask(world, info)
    buyer = signed_in("buyer@karoo.example")
    asked = buyer.get(f"/proofs/{info.public_id}").get_data(as_text=True)

    empty = buyer.post(f"/proofs/{info.public_id}/answer", data={"words": " "})
    answer = buyer.post(f"/proofs/{info.public_id}/answer", data={"words": "For our PO 88123."})

    assert "Which invoices is it for?" in asked and "Answer us" in asked
    assert empty.status_code == 422 and "Write the answer first." in empty.get_data(as_text=True)
    assert answer.status_code == 303
    assert "For our PO 88123." in buyer.get(f"/proofs/{info.public_id}").get_data(as_text=True)
    page = signed_in("clerk@us.example").get(f"/staff/review/{info.public_id}").get_data(as_text=True)
    assert "The customer answered" in page and "For our PO 88123." in page


def test_what_nobody_asked_is_not_answered(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)

    with pytest.raises(IllegalMove):
        transaction(lambda: proofs.answer(info.public_id, "Hello?", by=world.clerk, customer_id=world.customer_id))


def test_an_answer_after_the_decision_changes_nothing_and_names_nobody(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    asked = ask(world, info)
    transaction(lambda: proofs.reject(info.public_id, "No.", by=world.clerk, seen_version=asked.version))

    with pytest.raises(AlreadyDecided) as refused:
        transaction(lambda: proofs.answer(info.public_id, "PO 1", by=world.clerk, customer_id=world.customer_id))
    assert "Nomvula" not in str(refused.value)


def test_a_decision_on_a_screen_from_before_the_answer_is_refused(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    asked = ask(world, info)
    transaction(lambda: proofs.answer(info.public_id, "PO 1", by=world.clerk, customer_id=world.customer_id))

    with pytest.raises(ChangedMeanwhile):
        transaction(
            lambda: proofs.accept(
                info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=asked.version
            )
        )


def test_a_proof_handed_over_is_the_colleagues_and_nobody_elses_to_do(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    other, third = colleague("Pieter Nel"), colleague("Ayanda Cele", "manager")

    transaction(
        lambda: handing.hand_over(
            info.public_id, other.user_id, "You know them.", by=world.clerk, seen_version=info.version
        )
    )

    assert waiting(Whose.MINE, other) == waiting(Whose.TO_DO, other) == waiting(Whose.ALL, third) == [info.public_id]
    assert waiting(Whose.TO_DO, third) == waiting(Whose.MINE, third) == []
    assert queueing.standing(proofs.detail(info.public_id).info, Whose.MINE, other).desk.note == "You know them."
    assert any("handed you" in one.words for one in outbox.notices(other.user_id))


def test_a_proof_can_be_given_back_to_everybody(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    other = colleague("Pieter Nel")
    given = transaction(
        lambda: handing.hand_over(info.public_id, other.user_id, "", by=world.clerk, seen_version=info.version)
    )

    transaction(lambda: handing.hand_over(info.public_id, None, "", by=other, seen_version=given.version))

    assert waiting(Whose.TO_DO, world.clerk) == [info.public_id]


def test_nobody_is_handed_a_proof_who_may_not_decide_it(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    driver = colleague("Sipho Dube", "dispatcher")

    for to in (driver.user_id, world.buyer_id, 987654):
        with pytest.raises(BadInput):
            transaction(
                lambda to=to: handing.hand_over(info.public_id, to, "", by=world.clerk, seen_version=info.version)
            )


def test_a_note_for_a_colleague_is_never_the_customers_to_read(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, _ = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{info.public_id}/hand-over")
    answer = clerk.post(
        f"/staff/review/{info.public_id}/hand-over",
        data={"version": str(info.version), "to": str(world.clerk.user_id), "words": "They always pay short."},
    )

    assert answer.status_code == 303
    assert "They always pay short." in clerk.get(f"/staff/review/{info.public_id}").get_data(as_text=True)
    buyer = signed_in("buyer@karoo.example")
    assert "They always pay short." not in buyer.get(f"/proofs/{info.public_id}").get_data(as_text=True)


def test_each_part_of_the_queue_is_counted_and_walked_by_itself(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    first, _ = short(world, proof_of)
    second, _ = short(world, proof_of, key="2", seed=2, trace_id="CCCC3333", cents=20_000_00)
    transaction(
        lambda: handing.hand_over(
            second.public_id, world.clerk.user_id, "", by=world.clerk, seen_version=second.version
        )
    )
    clerk = signed_in("clerk@us.example")

    page = clerk.get("/staff/review?whose=mine").get_data(as_text=True)
    mine = clerk.get(f"/staff/review/{second.public_id}?whose=mine").get_data(as_text=True)

    assert queueing.counts(world.clerk) == {Whose.TO_DO: 2, Whose.MINE: 1, Whose.ALL: 2, Whose.ASKED: 0}
    assert first.public_id not in page and f"/staff/review/{second.public_id}?whose=mine" in page
    assert "<b>1</b> of 1 waiting" in mine


@pytest.mark.parametrize("changed", ["amount", "day", "split"])
def test_whoever_changes_what_was_read_says_why_although_nothing_fails(
    world: World, proof_of: Any, changed: str
) -> None:
    """The payer's account is doubtful, nothing fails: what was read and proposed needs no reason, anything else does."""
    invoice, second = world.invoice(), world.invoice(1_000_00)
    info = world.judged(proof_of(invoice, beneficiary_account="")).info
    if any(check.outcome == "fail" for check in proofs.detail(info.public_id).verdict.checks):  # type: ignore[union-attr]
        pytest.fail("the document was meant to be doubtful, not wrong")
    amount, day, shares = invoice.total, clock.today(), (Share(invoice.number, invoice.total),)
    if changed == "amount":
        amount, shares = Money.zar(9_000_00), (Share(invoice.number, Money.zar(9_000_00)),)
    elif changed == "day":
        day -= timedelta(days=1)
    else:
        shares = (Share(second.number, second.total),)

    with pytest.raises(BadInput, match="Say why") as refused:
        transaction(
            lambda: proofs.accept(
                info.public_id, Acceptance(amount, day, shares, ""), by=world.clerk, seen_version=info.version
            )
        )
    assert refused.value.field == "why"


def test_what_was_read_and_proposed_is_accepted_with_one_key(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    invoice = world.invoice()
    info = world.judged(proof_of(invoice, beneficiary_account="")).info
    clerk = signed_in("clerk@us.example")
    page = clerk.get(f"/staff/review/{info.public_id}").get_data(as_text=True)
    form = re.search(r'<form method="post" action="[^"]*/accept".*?</form>', page, re.S)
    assert form is not None
    sent = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form[0]))

    answer = clerk.post(f"/staff/review/{info.public_id}/accept", data=sent)

    assert answer.status_code == 303
    (held,) = queueing.about_to_take_effect(world.clerk)
    assert (held.public_id, held.amount) == (info.public_id, invoice.total)


def test_a_missing_reason_is_said_beside_its_field(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, invoice = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{info.public_id}/accept")

    answer = clerk.post(
        f"/staff/review/{info.public_id}/accept",
        data={
            "version": str(info.version), "amount": info.amount.plain, "paid_on": clock.today().isoformat(), "why": "",
            f"share-{invoice.number}": info.amount.plain,
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert re.search(r'id="why-error"[^>]*>.*?Say why you accept it', answer.get_data(as_text=True), re.S)


def test_the_median_of_decisions_is_shown_today_and_for_the_week(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    for number, seconds in enumerate((8, 12, 100)):
        info, _ = short(world, proof_of, key=str(number), seed=number + 1, trace_id=f"PACE{number:04}")
        transaction(
            lambda info=info, seconds=seconds: proofs.reject(
                info.public_id, "No.", by=world.clerk, seen_version=info.version, seconds=seconds
            )
        )
    other = colleague("Pieter Nel")

    pace = measuring.clock_of(world.clerk)

    assert (pace.today, pace.week, pace.everybody) == (Pace(12, 3), Pace(12, 3), Pace(12, 3))
    assert measuring.clock_of(other).today == Pace(None, 0)
    assert "12 s" in signed_in("clerk@us.example").get("/staff/review").get_data(as_text=True)


@pytest.mark.parametrize(
    ("measured", "opened_before", "seconds"),
    [(14, None, 14), (14, 300, 14), (None, 20, 20), (None, None, None), (1801, None, None), (None, -5, None)],
)
def test_a_decision_takes_as_long_as_its_page_was_looked_at(
    measured: int | None, opened_before: int | None, seconds: int | None
) -> None:
    with clock.at(clock.now()):
        opened = None if opened_before is None else int(clock.now().timestamp()) - opened_before
        assert measuring.seconds_of(measured, opened) == seconds


def test_the_banks_own_page_is_one_click_away_with_its_values(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, _ = short(world, proof_of, trace_id="5TG59DVQ")

    page = signed_in("clerk@us.example").get(f"/staff/review/{info.public_id}").get_data(as_text=True)

    assert re.search(r'href="https://www\.fnb\.co\.za/"[^>]*rel="noopener noreferrer"', page)
    assert 'data-copy="5TG59DVQ"' in page and 'data-copy="11400.00"' in page


def test_a_bank_we_do_not_know_has_no_page(world: World, proof_of: Any) -> None:
    reading = proofs.detail(short(world, proof_of)[0].public_id).reading
    assert reading is not None and reading.fields["payer_bank"] is not None
    other = replace(
        reading, fields={**reading.fields, "payer_bank": replace(reading.fields["payer_bank"], value="X Bank")}
    )

    assert bank_pages.page_for(other) is None
    assert bank_pages.page_for(None) is None


def test_every_address_of_a_bank_is_its_own_and_encrypted() -> None:
    entries = json.loads((files("portal.proofs") / "bank_pages.json").read_text(encoding="utf-8"))
    assert {entry["bank"] for entry in entries} >= {"FNB", "Absa", "Nedbank", "Standard Bank", "Capitec"}
    assert all(re.fullmatch(r"https://www\.\w+\.co\.za/[\w/-]*", entry["url"]) for entry in entries)


def test_every_deed_at_the_desk_stands_in_the_audit_log(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    asked = ask(world, info)
    transaction(
        lambda: handing.hand_over(info.public_id, world.clerk.user_id, "", by=world.clerk, seen_version=asked.version)
    )

    deeds = [event.action for event in audit.of(info.public_id)]

    assert {"proof_ask", "proof_handed_over"} <= set(deeds)
    assert proofs.detail(info.public_id).info.state is ProofState.REVIEW
