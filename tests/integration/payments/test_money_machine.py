"""Any order of claims, verdicts, receipts, moves, write-offs, refunds and reversals keeps every invariant, to the cent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.errors import NoCredit, WrongShares
from portal.payments.types import PaymentState, ShareState
from portal.platform.db import db
from tests.integration.machines import run_stories
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

cents = st.integers(1, 300_00)
S = PaymentState


class MoneyMachine(RuleBasedStateMachine):
    """The model is what a bookkeeper would keep on paper: what came in, and what was invoiced."""

    claims = Bundle("claims")
    bills = Bundle("bills")
    company: Company

    def __init__(self) -> None:
        super().__init__()
        self.invoiced = self.received = self.steps = 0
        self.states: dict[int, PaymentState] = {}
        self.worth: dict[int, int] = {}
        self.keys: dict[int, str] = {}
        self.paid_back = self.written_off = 0

    @rule(target=bills, amount=cents)
    def issue(self, amount: int) -> Any:
        self.invoiced += amount
        return self.company.invoice(Money.zar(amount))

    @rule(target=claims, meant=st.lists(bills, min_size=1, max_size=3, unique_by=lambda each: each.id), amount=cents)
    def claim(self, meant: list[Any], amount: int) -> int:
        payment_id = self.company.claimed(*meant[:amount], amount=Money.zar(amount))
        self.states[payment_id] = S.CLAIMED
        self.worth[payment_id] = amount
        return payment_id

    def _try(self, payment_id: int, wanted: PaymentState, work: Any) -> bool:
        """Do it; whether it was allowed must be what the table says."""
        from portal.payments.types import MOVES

        allowed = wanted in MOVES[self.states[payment_id]]
        try:
            self.company.do(work)
        except IllegalMove:
            db.session.rollback()
            assert not allowed
            return False
        assert allowed
        self.states[payment_id] = wanted
        return True

    @rule(payment_id=claims)
    def verify(self, payment_id: int) -> None:
        shares = [(share.invoice_id, share.amount) for share in payments.payment(payment_id).shares]
        self._try(payment_id, S.VERIFIED, lambda: payments.verify(payment_id, shares))

    @rule(payment_id=claims)
    def take_back(self, payment_id: int) -> None:
        if self.states[payment_id] is S.VERIFIED:
            self._try(payment_id, S.CLAIMED, lambda: payments.take_back(payment_id, "looked at again"))

    @rule(payment_id=claims, amount=cents)
    def confirm(self, payment_id: int, amount: int) -> None:
        received, key = self.company.receipt(Money.zar(amount)), new_key()
        if self._try(payment_id, S.CONFIRMED, lambda: payments.confirm(payment_id, received, key=key)):
            self.received += amount
            self.worth[payment_id], self.keys[payment_id] = amount, key

    @rule(payment_id=claims)
    def send_the_form_again(self, payment_id: int) -> None:
        if payment_id in self.keys:
            received = self.company.receipt(Money.zar(1))
            self.company.do(lambda: payments.confirm(payment_id, received, key=self.keys[payment_id]))

    @rule(payment_id=claims)
    def reject(self, payment_id: int) -> None:
        self._try(payment_id, S.REJECTED, lambda: payments.reject(payment_id, "not ours"))

    @rule(payment_id=claims)
    def expire(self, payment_id: int) -> None:
        self._try(payment_id, S.EXPIRED, lambda: payments.expire(payment_id, "never came"))

    @rule(payment_id=consumes(claims))
    def reverse(self, payment_id: int) -> None:
        if payments.refunds_of(payment_id):
            return  # taken back with a refund is a story of its own (test_giving.py)
        if self._try(payment_id, S.REVERSED, lambda: payments.reverse(payment_id, "taken back", key=new_key())):
            self.received -= self.worth[payment_id]

    @rule(payment_id=claims, meant=st.lists(bills, min_size=1, max_size=2, unique_by=lambda each: each.id))
    def use_credit(self, payment_id: int, meant: list[Any]) -> None:
        left = payments.payment(payment_id).credit
        wanted = total(self.company.balance(each) for each in meant)
        try:
            self.company.do(lambda: payments.use_credit(payment_id, [each.id for each in meant], key=new_key()))
        except (NoCredit, WrongShares):
            db.session.rollback()
            assert not left or not wanted
        else:
            assert payments.payment(payment_id).credit == max(left - wanted, Money.zar(0))

    @rule(payment_id=claims, target_bill=bills, amount=cents)
    def move(self, payment_id: int, target_bill: Any, amount: int) -> None:
        info = payments.payment(payment_id)
        active = [share for share in info.shares if share.state is ShareState.ACTIVE]
        source = active[0] if active else None
        wanted = [] if source is None or target_bill.id == source.invoice_id else [target_bill.id]
        before = {each.id: each.balance for each in invoices.by_ids([target_bill.id])}
        try:
            made = self.company.do(
                lambda: payments.move_share(
                    payment_id, source.invoice_id if source else target_bill.id, wanted, Money.zar(amount), "Wrong one",
                    key=new_key(), by=3,
                )
            )  # fmt: skip
        except (IllegalMove, WrongShares):
            db.session.rollback()
            illegal = info.state is not S.CONFIRMED or source is None or source.amount < Money.zar(amount)
            assert illegal or (wanted and not before[target_bill.id])
        else:
            assert made.received + made.credit == Money.zar(amount)

    @rule(bill=bills)
    def write_off(self, bill: Any) -> None:
        balance = self.company.balance(bill)
        try:
            self.company.do(lambda: payments.write_off_cents(bill.id, "Rest", key=new_key(), by=2))
        except Conflict:
            db.session.rollback()
            assert not balance or balance > payments.limits().cents
        else:
            self.written_off += balance.cents

    @rule(bill=bills, agreed=st.booleans(), undone=st.booleans())
    def give_up(self, bill: Any, agreed: bool, undone: bool) -> None:
        balance = self.company.balance(bill)
        if not balance:
            return
        made = self.company.do(lambda: payments.ask_bad_debt(bill.id, "Gone", key=new_key(), by=2))
        self.company.do(lambda: payments.decide_bad_debt(made.id, agreed, "Seen", key=new_key(), by=3))
        if agreed and undone:
            self.company.do(lambda: payments.undo_write_off(made.id, "They pay", key=new_key(), by=3))
        elif agreed:
            self.written_off += balance.cents

    @rule(payment_id=claims, amount=cents, end=st.sampled_from(["approved", "paid", "returned", "declined"]))
    def refund(self, payment_id: int, amount: int, end: str) -> None:
        left, to = payments.payment(payment_id).credit, payments.beneficiary("K", "FNB", "250655", "62841190736")
        back, do = Money.zar(amount), self.company.do
        try:
            made = do(lambda: payments.ask_refund(payment_id, back, to, "Paid twice", key=new_key(), by=2))
        except (IllegalMove, NoCredit):
            db.session.rollback()
            assert back > left
            return
        assert back <= left
        if end == "declined":
            do(lambda: payments.decide_refund(made.id, False, "No", key=new_key(), by=3))
            return
        if end in {"paid", "returned"}:
            do(lambda: payments.send_refunds([made.id], self.company.bank_id, key=new_key(), by=2))
            do(lambda: payments.pay_refund(made.id, clock.today(), key=new_key(), by=2))
        if end == "returned":
            do(lambda: payments.return_refund(made.id, "Closed", key=new_key(), by=3))
        else:
            self.paid_back += amount

    @rule(meant=st.lists(bills, max_size=2, unique_by=lambda each: each.id), amount=cents)
    def receive_unannounced(self, meant: list[Any], amount: int) -> None:
        self.company.do(
            lambda: payments.record_receipt(
                self.company.customer_id, self.company.receipt(Money.zar(amount)), [b.id for b in meant], key=new_key()
            )
        )
        self.received += amount

    @invariant()
    def the_portal_agrees_with_the_paper(self) -> None:
        customer = self.company.customer_id
        self.steps += 1
        if self.steps % 5 == 0:
            assert broken() == []
        owed = self.invoiced - self.received - self.written_off + self.paid_back
        assert ledger.balance_of(customer) == Money.zar(owed)
        open_sum = total(each.balance for each in invoices.open_of(customer))
        assert open_sum - ledger.credit_of(customer) == ledger.balance_of(customer)
        verified = sum(self.worth[number] for number, state in self.states.items() if state is S.VERIFIED)
        assert ledger.unconfirmed_of(customer) == Money.zar(verified)
        db.session.rollback()


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_no_order_of_deeds_makes_or_loses_a_cent(applications: Any, backend: str) -> None:
    def begin(machine: MoneyMachine) -> None:
        machine.company = found_company()

    run_stories(applications(backend), MoneyMachine, begin)
