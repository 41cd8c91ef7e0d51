"""Money moved to another invoice, written off, given up by two people, and paid back: each by entries, each undone by entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.money import Money
from portal.core.vat import VatCode, line_amounts
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.ledger.types import AccountKind
from portal.payments import service as payments
from portal.payments.errors import NoCredit, NotSmall, RefundUnderWay, WrongShares
from portal.payments.types import PaymentState
from portal.payments.types.giving import RefundState, WriteOffState
from portal.platform import audit
from tests.integration.payments.company import Company, new_key

R10, R100 = Money.zar(10_00), Money.zar(100_00)
CLERK, MANAGER = 2, 3
TO = payments.beneficiary("Karoo & Sons", "FNB", "250 655", "62 8411-90736")


def balances() -> dict[AccountKind, int]:
    """By kind, debits less credits in cents; kinds at zero are left out."""
    return {line.kind: line.balance.cents for line in ledger.trial_balance() if line.balance}


def move(company: Company, payment_id: int, source: Any, to: list[Any], amount: Money, key: str | None = None) -> Any:
    ids, key = [each.id for each in to], key or new_key()
    return company.do(
        lambda: payments.move_share(payment_id, source.id, ids, amount, "Wrong invoice", key=key, by=MANAGER)
    )


# -- moving ------------------------------------------------------------------------------------------------------------


def test_money_moves_to_another_invoice_by_counter_entries(company: Company) -> None:
    first, second = company.invoice(R100), company.invoice(Money.zar(60_00))
    payment_id = company.verified(first)
    company.confirm(payment_id)

    made = move(company, payment_id, first, [second], R100)

    assert [(each.number, each.owed.cents) for each in made.paid] == [(second.number, 0)]
    assert made.credit == Money.zar(40_00)
    assert (company.balance(first), company.balance(second)) == (R100, Money.zar(0))
    assert ledger.credit_of(company.customer_id) == company.payment(payment_id).credit == Money.zar(40_00)
    words = [each.words for each in ledger.journals_page(source=f"payment:{payment_id}/").items]
    assert f"no longer for {first.number}" in words[1] and f"for {second.number}" in words[0]
    assert audit.of(f"PAY-{payment_id:06d}")[0].before == {first.number: 100_00}


def test_a_part_moves_to_credit_and_comes_back(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)
    company.confirm(payment_id)

    move(company, payment_id, invoice, [], R10)
    assert (company.balance(invoice), company.payment(payment_id).credit) == (R10, R10)
    company.do(lambda: payments.use_credit(payment_id, [invoice.id], key=new_key()))
    assert (company.balance(invoice), company.payment(payment_id).credit) == (Money.zar(0), Money.zar(0))
    company.do(lambda: payments.reverse(payment_id, "Bank took it back", key=new_key()))
    assert balances() == {AccountKind.RECEIVABLE: 100_00, AccountKind.SALES: -100_00}


def test_the_same_key_moves_once_and_wrong_moves_are_refused(company: Company) -> None:
    first, second, key = company.invoice(R100), company.invoice(R100), new_key()
    strange = company.invoice(R100, customer_id=company.other_id)
    payment_id = company.verified(first)
    with pytest.raises(IllegalMove):
        move(company, payment_id, first, [], R10)
    company.confirm(payment_id)

    assert move(company, payment_id, first, [second], R10, key) == move(company, payment_id, first, [second], R10, key)
    assert company.balance(second) == Money.zar(90_00)
    for source, to, amount in (
        (second, [], R100), (strange, [], R10), (first, [strange], R10), (first, [first], R10),
        (first, [], Money.zar(0)), (first, [], Money.zar(-1)),
    ):  # fmt: skip
        with pytest.raises(WrongShares):
            move(company, payment_id, source, to, amount)
    with pytest.raises(BadInput):
        company.do(lambda: payments.move_share(payment_id, first.id, [], R10, " ", key=new_key(), by=MANAGER))


# -- cents and bad debts -----------------------------------------------------------------------------------------------


def short(company: Company, missing: int) -> Any:
    """An invoice that got all but some cents."""
    invoice = company.invoice(R100)
    company.confirm(company.verified(invoice), Money.zar(100_00 - missing))
    return invoice


def test_cents_are_written_off_up_to_the_limit_and_the_invoice_is_paid(company: Company) -> None:
    invoice, large, key = short(company, 5_00), short(company, 5_01), new_key()

    for _ in range(2):
        done = company.do(lambda: payments.write_off_cents(invoice.id, "", key=key, by=CLERK))

    assert (done.state, done.amount) == (WriteOffState.BOOKED, Money.zar(5_00))
    assert invoices.by_id(invoice.id).state == "paid"
    assert balances()[AccountKind.WRITE_OFF] == 5_00
    with pytest.raises(NotSmall):
        company.do(lambda: payments.write_off_cents(large.id, "", key=new_key(), by=CLERK))
    with pytest.raises(Conflict):
        company.do(lambda: payments.write_off_cents(invoice.id, "", key=new_key(), by=CLERK))

    company.do(lambda: payments.undo_write_off(done.id, "Paid after all", key=new_key(), by=MANAGER))
    assert company.balance(invoice) == Money.zar(5_00)
    assert AccountKind.WRITE_OFF not in balances()
    with pytest.raises(IllegalMove):
        company.do(lambda: payments.undo_write_off(done.id, "Again", key=new_key(), by=MANAGER))


def test_all_small_rests_are_written_off_in_one_go(company: Company) -> None:
    small = [short(company, cents) for cents in (1, 4_99)]
    settled = short(company, 2)
    ids = [each.id for each in payments.small_rests()]
    assert ids == [each.id for each in (*small, settled)]
    company.do(lambda: payments.write_off_cents(settled.id, "", key=new_key(), by=CLERK))

    key = new_key()
    done = company.do(lambda: payments.write_off_small_rests(ids, "Month end", key=key, by=CLERK))

    assert [each.invoice_id for each in done] == [each.id for each in small]
    assert payments.small_rests() == []


def test_a_limit_that_managers_set_holds_from_then_on(company: Company) -> None:
    invoice, before = short(company, 9_00), payments.limits()
    seen = (before.cents_version, before.refund_version)
    company.do(lambda: payments.set_limits(R10, before.refund_alone, seen=seen))
    assert company.do(lambda: payments.write_off_cents(invoice.id, "", key=new_key(), by=CLERK)).amount.cents == 9_00
    with pytest.raises(Conflict):
        company.do(lambda: payments.set_limits(Money.zar(1), before.refund_alone, seen=seen))
    with pytest.raises(BadInput):
        company.do(lambda: payments.set_limits(Money.zar(100_01), before.refund_alone, seen=(1, 0)))


def test_a_bad_debt_needs_two_people_and_claims_its_vat_back(company: Company) -> None:
    invoice = taxed(company, Money.zar(100_00))
    company.confirm(company.verified(invoice, amount=Money.zar(15_00)))
    with pytest.raises(BadInput):
        company.do(lambda: payments.ask_bad_debt(invoice.id, "", key=new_key(), by=CLERK))

    asked = company.do(lambda: payments.ask_bad_debt(invoice.id, "In liquidation", key=new_key(), by=CLERK))
    assert company.balance(invoice) == Money.zar(100_00)
    with pytest.raises(SamePerson):
        company.do(lambda: payments.decide_bad_debt(asked.id, True, "", key=new_key(), by=CLERK))
    with pytest.raises(Conflict):
        company.do(lambda: payments.ask_bad_debt(invoice.id, "Twice", key=new_key(), by=CLERK))
    company.do(lambda: payments.decide_bad_debt(asked.id, True, "Agreed", key=new_key(), by=MANAGER))

    assert company.balance(invoice) == Money.zar(0)
    assert (balances()[AccountKind.BAD_DEBT], balances()[AccountKind.VAT_INPUT]) == (86_96, 13_04)
    for agreed in (True, False):
        with pytest.raises(IllegalMove):
            company.do(lambda agreed=agreed: payments.decide_bad_debt(asked.id, agreed, "", key=new_key(), by=MANAGER))


def test_a_bad_debt_that_was_partly_paid_meanwhile_is_not_booked(company: Company) -> None:
    invoice = company.invoice(R100)
    asked = company.do(lambda: payments.ask_bad_debt(invoice.id, "Gone", key=new_key(), by=CLERK))
    company.confirm(company.verified(invoice, amount=R10))

    with pytest.raises(Conflict):
        company.do(lambda: payments.decide_bad_debt(asked.id, True, "", key=new_key(), by=MANAGER))
    declined = company.do(lambda: payments.decide_bad_debt(asked.id, False, "Paying", key=new_key(), by=MANAGER))
    assert declined.state is WriteOffState.DECLINED


def taxed(company: Company, net: Money) -> Any:
    from decimal import Decimal

    from portal.invoices.types import DraftLine, InvoiceDraft

    line = DraftLine("Hose", "HH-12", Decimal(1), "each", net, VatCode.STANDARD)
    return company.do(lambda: invoices.issue(InvoiceDraft(company.customer_id, (line,))))


@given(cents=st.integers(1, 10_000_00), part=st.integers(1, 10_000_00))
def test_the_vat_within_a_part_is_never_more_than_the_whole_and_exact_for_all_of_it(cents: int, part: int) -> None:
    from decimal import Decimal
    from types import SimpleNamespace

    from portal.payments.service.writing_off import vat_within

    amounts = line_amounts(Money.zar(cents), Decimal(1), VatCode.STANDARD, clock.today())
    invoice: Any = SimpleNamespace(vat=amounts.vat, total=amounts.gross)
    some = Money.zar(min(part, amounts.gross.cents))
    assert vat_within(invoice, amounts.gross) == amounts.vat
    assert Money.zar(0) <= vat_within(invoice, some) <= amounts.vat
    assert vat_within(invoice, some) < some or some.cents == 0


# -- refunds -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def credit(company: Company) -> int:
    """A payment of R 5 000.00 that pays nothing."""
    received = company.receipt(Money.zar(5_000_00))
    made = company.do(lambda: payments.record_receipt(company.customer_id, received, [], key=new_key(), by=CLERK))
    return int(made.payment_id)


def ask(company: Company, payment_id: int, amount: Money, by: int = CLERK) -> Any:
    return company.do(lambda: payments.ask_refund(payment_id, amount, TO, "Paid twice", key=new_key(), by=by))


def test_a_small_refund_is_approved_by_one_person_and_goes_to_the_bank_in_a_file(company: Company, credit: int) -> None:
    asked = ask(company, credit, Money.zar(1_000_00))
    assert asked.state is RefundState.APPROVED
    assert company.payment(credit).credit == ledger.credit_of(company.customer_id) == Money.zar(4_000_00)

    key = new_key()
    for _ in range(2):
        file = company.do(lambda: payments.send_refunds([asked.id], company.bank_id, key=key, by=CLERK))
    assert (file.id, file.count, file.amount) == (1, 1, Money.zar(1_000_00))
    with pytest.raises(RefundUnderWay):
        company.do(lambda: payments.reverse(credit, "Bank took it back", key=new_key()))
    paid = company.do(lambda: payments.pay_refund(asked.id, clock.today(), key=new_key(), by=CLERK))

    assert paid.state is RefundState.PAID
    assert balances() == {AccountKind.BANK: 4_000_00, AccountKind.UNALLOCATED: -4_000_00}
    company.do(lambda: payments.return_refund(asked.id, "Account closed", key=new_key(), by=MANAGER))
    assert balances() == {AccountKind.BANK: 5_000_00, AccountKind.UNALLOCATED: -5_000_00}
    assert company.payment(credit).credit == Money.zar(5_000_00)


def test_a_large_refund_waits_for_a_second_person_and_holds_its_credit(company: Company, credit: int) -> None:
    asked, invoice = ask(company, credit, Money.zar(1_000_01)), company.invoice(Money.zar(5_000_00))
    assert asked.state is RefundState.ASKED
    with pytest.raises(SamePerson):
        company.do(lambda: payments.decide_refund(asked.id, True, "", key=new_key(), by=CLERK))
    with pytest.raises(NoCredit):
        ask(company, credit, Money.zar(4_000_00))

    used = company.do(lambda: payments.use_credit(credit, [invoice.id], key=new_key()))
    assert used.received == Money.zar(3_999_99)
    company.do(lambda: payments.decide_refund(asked.id, True, "Fine", key=new_key(), by=MANAGER))
    assert ledger.credit_of(company.customer_id) == Money.zar(0)
    company.do(lambda: payments.decide_refund(asked.id, False, "Not after all", key=new_key(), by=MANAGER))
    assert ledger.credit_of(company.customer_id) == company.payment(credit).credit == Money.zar(1_000_01)


def test_a_payment_taken_back_after_its_refund_was_paid_leaves_the_customer_owing(
    company: Company, credit: int
) -> None:
    asked = ask(company, credit, R100)
    company.do(lambda: payments.send_refunds([asked.id], company.bank_id, key=new_key(), by=CLERK))
    company.do(lambda: payments.pay_refund(asked.id, clock.today(), key=new_key(), by=CLERK))

    company.do(lambda: payments.reverse(credit, "Bank took it back", key=new_key()))

    assert company.payment(credit).state is PaymentState.REVERSED
    assert ledger.balance_of(company.customer_id) == R100


def test_refunds_refuse_what_cannot_be(company: Company, credit: int) -> None:
    for branch, account in (("25065", "6284119073"), ("250655", "12"), ("25065x", "6284119073")):
        with pytest.raises(BadInput):
            payments.beneficiary("Karoo", "FNB", branch, account)
    with pytest.raises(NoCredit):
        ask(company, credit, Money.zar(5_000_01))
    with pytest.raises(BadInput):
        ask(company, credit, Money.zar(0))
    with pytest.raises(BadInput):
        company.do(lambda: payments.send_refunds([], company.bank_id, key=new_key(), by=CLERK))
    asked = ask(company, credit, R100)
    company.do(lambda: payments.send_refunds([asked.id], company.bank_id, key=new_key(), by=CLERK))
    with pytest.raises(BadInput):
        company.do(lambda: payments.pay_refund(asked.id, clock.today() + timedelta(days=1), key=new_key(), by=CLERK))
    with pytest.raises(BadInput):
        company.do(lambda: payments.return_refund(asked.id, " ", key=new_key(), by=CLERK))
