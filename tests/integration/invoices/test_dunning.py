"""Late money is chased by the ladder, and never where a proof, a dispute or a promise speaks against it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.service import crediting, disputing, interest, promising, reminding
from portal.invoices.types import InvoiceInfo
from portal.invoices.types.credit import CreditDraft
from portal.invoices.types.dunning import DisputeState, Step
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer

STEPS = (Step(5, "First", "Please look"), Step(20, "Second", "Now, if you can"))


@pytest.fixture
def late(shop: Shop) -> InvoiceInfo:
    """Issued 40 days ago on terms of 30 days: ten days overdue."""
    with clock.at(clock.now() - timedelta(days=40)):
        number = shop.order((shop.hose, 1)).invoice_number
    transaction(lambda: reminding.SEND.change(True, seen_version=0))
    transaction(lambda: reminding.change_ladder(0, STEPS, seen_version=0, by="Zanele"))
    return invoices.by_number(number)


def remind(shop: Shop, days: int = 0) -> int:
    with clock.at(clock.now() + timedelta(days=days)):
        return transaction(lambda: reminding.remind(shop.customer_id))


def levels() -> list[tuple[str, int]]:
    return [(each.invoice_number, each.level) for each in reminding.sent_page().items]


def test_each_step_is_sent_once_and_the_next_when_its_day_comes(shop: Shop, late: InvoiceInfo) -> None:
    assert [remind(shop), remind(shop), remind(shop, 9), remind(shop, 10), remind(shop, 30)] == [1, 0, 0, 1, 0]
    assert levels() == [(late.number, 2), (late.number, 1)]


def test_who_is_far_behind_gets_the_step_reached_and_none_before_it(shop: Shop, late: InvoiceInfo) -> None:
    assert remind(shop, 15) == 1
    assert levels() == [(late.number, 2)]


def test_nothing_goes_out_while_reminders_are_off(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: reminding.SEND.change(False, seen_version=1))
    assert (reminding.late_customers(), remind(shop)) == ([], 0)


def test_never_while_a_proof_is_under_way(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: invoices.set_under_way(late.id, True))
    assert remind(shop) == 0
    transaction(lambda: invoices.set_under_way(late.id, False))
    assert remind(shop) == 1


def test_never_while_it_is_disputed_and_again_once_that_is_closed(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: disputing.dispute(late.number, "Half of it is missing", by=shop.buyer))
    assert remind(shop) == 0
    (found,) = disputing.list_page(DisputeState.OPEN).items
    transaction(lambda: disputing.answer(found.id, "Sent", close=False, seen_version=found.version, by="Z"))
    assert (remind(shop), invoices.by_number(late.number).disputed) == (0, True)
    found = disputing.one(found.id)
    transaction(lambda: disputing.answer(found.id, "It came", close=True, seen_version=found.version, by="Z"))
    assert (remind(shop), invoices.by_number(late.number).disputed) == (1, False)


def test_never_while_a_promise_runs_and_again_when_it_is_broken(shop: Shop, late: InvoiceInfo) -> None:
    day = clock.today() + timedelta(days=4)
    transaction(lambda: promising.promise(late.number, day, "After payday", by="Thandi"))
    assert [remind(shop), remind(shop, 4), remind(shop, 6), remind(shop, 7)] == [0, 0, 0, 1]
    assert [each.state for each in disputing.said_of(late.id) if each.kind == "promise"] == ["broken"]


def test_a_promise_for_another_day_replaces_the_first(shop: Shop, late: InvoiceInfo) -> None:
    for days in (2, 5):
        day = clock.today() + timedelta(days=days)
        transaction(lambda day=day: promising.promise(late.number, day, "", by="Thandi"))
    states = [each.state for each in disputing.said_of(late.id)]
    assert states == ["replaced", "running"]


@pytest.mark.parametrize("days", [-1, 61])
def test_a_promise_names_a_day_that_can_be_waited_for(shop: Shop, late: InvoiceInfo, days: int) -> None:
    with pytest.raises(BadInput) as refused:
        transaction(lambda: promising.promise(late.number, clock.today() + timedelta(days=days), "", by="T"))
    assert refused.value.field == "promised_on"


def test_a_customer_with_a_ladder_of_their_own_is_chased_by_that(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: reminding.change_ladder(shop.customer_id, (), seen_version=0, by="Zanele"))
    assert remind(shop) == 0
    assert reminding.ladder_for(shop.customer_id).own


def test_nothing_is_disputed_twice_or_answered_after_it_is_closed(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: disputing.dispute(late.number, "Wrong price", by=shop.buyer))
    with pytest.raises(Conflict):
        transaction(lambda: disputing.dispute(late.number, "Again", by=shop.buyer))
    (found,) = disputing.list_page(DisputeState.OPEN).items
    transaction(lambda: disputing.answer(found.id, "No", close=True, seen_version=found.version, by="Z"))
    with pytest.raises(IllegalMove):
        transaction(lambda: disputing.answer(found.id, "No", close=True, seen_version=found.version + 1, by="Z"))


def test_a_credit_note_for_all_of_it_ends_the_flag_of_a_dispute(shop: Shop, late: InvoiceInfo) -> None:
    transaction(lambda: disputing.dispute(late.number, "Never came", by=shop.buyer))
    transaction(lambda: crediting.credit(CreditDraft(late.number, "Never came"), key=new_key()))
    assert not invoices.by_number(late.number).disputed


def test_the_mail_has_the_words_of_the_step_and_every_late_invoice(
    shop: Shop, late: InvoiceInfo, data_dir: Any
) -> None:
    with clock.at(clock.now() - timedelta(days=50)):
        other = shop.order((shop.seal, 4)).invoice_number
    jobs.run_pending()
    before = set((data_dir / "mail").glob("*.eml"))

    remind(shop)
    jobs.run_pending()

    (mail,) = set((data_dir / "mail").glob("*.eml")) - before
    text = mail.read_text(encoding="utf-8")
    for words in ("Second", "Now, if you can", late.number, other):
        assert words in text, words


def test_the_morning_job_reminds_each_late_customer_once(shop: Shop, late: InvoiceInfo) -> None:
    from portal.invoices.tasks import REMIND

    for _ in range(2):
        transaction(lambda: jobs.enqueue(REMIND, {}))
        jobs.run_pending(strict=True)
    assert levels() == [(late.number, 1)]


# -- interest ----------------------------------------------------------------------------------------------------------


def test_interest_is_charged_by_days_up_to_the_end_of_last_month_and_no_day_twice(
    shop: Shop, late: InvoiceInfo
) -> None:
    transaction(lambda: interest.CHARGE.change(True, seen_version=0))
    next_month = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    days = (next_month - timedelta(days=1) - late.due_on).days
    with clock.at(clock.now() + timedelta(days=(next_month - clock.today()).days)):
        made = transaction(lambda: interest.charge(shop.customer_id))
        again = transaction(lambda: interest.charge(shop.customer_id))
    assert made is not None and again is None
    assert made.total == Money.zar((late.balance.cents * 1_000 * days * 2 + 3_650_000) // (2 * 3_650_000))
    assert made.vat == Money.zar(0)
    with clock.at(clock.now() + timedelta(days=95)):
        later = transaction(lambda: interest.charge(shop.customer_id))
    assert later is not None
    assert [late.number in line.description for line in invoices.document(later.number).lines] == [True]


@pytest.mark.parametrize("deed", ["disputed", "under_way", "off"])
def test_no_interest_on_what_is_disputed_or_on_its_way_or_while_it_is_off(
    shop: Shop, late: InvoiceInfo, deed: str
) -> None:
    transaction(lambda: interest.CHARGE.change(deed != "off", seen_version=0))
    if deed == "disputed":
        transaction(lambda: disputing.dispute(late.number, "Wrong", by=shop.buyer))
    if deed == "under_way":
        transaction(lambda: invoices.set_under_way(late.id, True))
    with clock.at(clock.now() + timedelta(days=70)):
        assert transaction(lambda: interest.charge(shop.customer_id)) is None


# -- pages -------------------------------------------------------------------------------------------------------------


def test_a_buyer_disputes_and_a_clerk_answers(shop: Shop, late: InvoiceInfo, signed_in: Any) -> None:
    buyer, clerk = signed_in(shop.buyer.email), signed_in(more_staff("clerk").email)
    buyer.get(f"/invoices/{late.number}/dispute")
    assert buyer.post(f"/invoices/{late.number}/dispute", data={"words": ""}).status_code == 422
    assert buyer.post(f"/invoices/{late.number}/dispute", data={"words": "Three, not four"}).status_code == 303
    assert buyer.post(f"/invoices/{late.number}/dispute", data={"words": "Again"}).status_code == 409

    page = clerk.get("/staff/disputes").get_data(as_text=True)
    assert "Three, not four" in page
    (found,) = disputing.list_page(DisputeState.OPEN).items
    clerk.get(f"/staff/disputes/{found.id}")
    form = {"words": "We credit one", "step": "close", "version": str(found.version)}
    assert clerk.post(f"/staff/disputes/{found.id}", data=form).status_code == 303
    assert clerk.post(f"/staff/disputes/{found.id}", data=form).status_code == 409
    assert "We credit one" in buyer.get(f"/invoices/{late.number}").get_data(as_text=True)


def test_a_stranger_can_say_nothing_about_it(shop: Shop, late: InvoiceInfo, signed_in: Any) -> None:
    stranger = signed_in(second_customer().email)
    stranger.get("/invoices")
    for path in ("dispute", "promise"):
        assert stranger.get(f"/invoices/{late.number}/{path}").status_code == 404
        assert stranger.post(f"/invoices/{late.number}/{path}", data={"words": "x"}).status_code == 404


def test_a_buyer_promises_and_a_clerk_notes_one(shop: Shop, late: InvoiceInfo, signed_in: Any) -> None:
    buyer, clerk = signed_in(shop.buyer.email), signed_in(more_staff("clerk").email)
    buyer.get(f"/invoices/{late.number}/promise")
    day = (clock.today() + timedelta(days=3)).isoformat()
    assert buyer.post(f"/invoices/{late.number}/promise", data={"promised_on": "2001-01-01"}).status_code == 422
    assert buyer.post(f"/invoices/{late.number}/promise", data={"promised_on": day}).status_code == 303
    clerk.get(f"/staff/invoices/{late.number}/promise")
    assert clerk.post(f"/staff/invoices/{late.number}/promise", data={"promised_on": day}).status_code == 303
    assert [each.by for each in disputing.said_of(late.id)] == ["Thandi Mokoena", "Clerk"]


def test_a_manager_writes_the_ladder_and_switches_it_on(shop: Shop, signed_in: Any) -> None:
    manager = signed_in(shop.manager.email)
    manager.get("/staff/reminders/ladder")
    form = {"version": "0", "customer": "", "days-1": "7", "subject-1": "Soon", "words-1": "Pay soon"}
    assert manager.post("/staff/reminders/ladder", data=form | {"days-2": "3"}).status_code == 422
    assert manager.post("/staff/reminders/ladder", data=form).status_code == 303
    assert manager.post("/staff/reminders/ladder", data=form).status_code == 409
    assert reminding.ladder_for(shop.customer_id).steps == (Step(7, "Soon", "Pay soon"),)

    switches = {"reminders": "y", "percent": "11.25", "versions": "0.0.0"}
    assert manager.post("/staff/reminders", data=switches | {"percent": "90"}).status_code == 422
    assert manager.post("/staff/reminders", data=switches).status_code == 303
    db.session.expire_all()
    assert (reminding.SEND.known().value, interest.CHARGE.known().value) == (True, False)
    assert interest.RATE.known().value == 1_125
    assert signed_in(more_staff("clerk").email).post("/staff/reminders", data=switches).status_code == 403


def test_two_currencies_are_two_mails_and_never_one_sum(shop: Shop, late: InvoiceInfo) -> None:
    from decimal import Decimal

    from sqlalchemy import func, select, text

    from portal.catalog import service as catalog
    from portal.core.vat import VatCode
    from portal.invoices.types import DraftLine, InvoiceDraft
    from portal.platform.models import Mail

    line = DraftLine("Drill rods for export", "DR", Decimal(1), "each", Money(90_00, "USD"), VatCode.ZERO)
    # a customer abroad that still owes rand from before it moved
    transaction(lambda: db.session.execute(text("UPDATE customer SET country = 'ZW'")))
    with clock.at(clock.now() - timedelta(days=60)):
        transaction(lambda: catalog.set_rate("USD", clock.today(), "18.20", by="Zanele"))
        transaction(lambda: invoices.issue(InvoiceDraft(shop.customer_id, (line,))))
    mails = select(func.count()).select_from(Mail).where(Mail.event == "reminder")
    before = db.session.scalar(mails) or 0
    assert remind(shop) == 2
    assert db.session.scalar(mails) == before + 2
