"""Any order of deeds with dollars, at whatever rates, keeps every invariant of rand as well, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.exchange import in_rand
from portal.core.money import total
from portal.invoices import service as invoices
from portal.invoices.service import crediting
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind
from portal.payments import service as payments
from portal.payments.errors import NoCredit, WrongShares
from portal.payments.types import ShareState
from portal.platform.db import db
from tests.integration.machines import run_stories
from tests.integration.payments.abroad import Abroad, found_abroad, rand, usd
from tests.integration.payments.company import new_key
from tests.integration.soundness import broken

cents = st.integers(1, 300_00)
#: rates of six places, so that nearly every value has a rest
rates = st.integers(5_000_000, 40_000_000)


class DollarMachine(RuleBasedStateMachine):
    """The model keeps the bank's rand, each receipt at its own rate."""

    bills = Bundle("bills")
    paid = Bundle("paid")
    abroad: Abroad

    def __init__(self) -> None:
        super().__init__()
        self.bank = self.steps = 0
        self.micros = 18_200_000
        self.rands: dict[int, int] = {}

    @rule(micros=rates)
    def the_rate_moves(self, micros: int) -> None:
        self.micros = micros
        self.abroad.rate(f"{micros // 1_000_000}.{micros % 1_000_000:06d}")

    @rule(target=bills, amount=cents)
    def issue(self, amount: int) -> Any:
        return self.abroad.invoice(amount)

    @rule(target=paid, meant=st.lists(bills, max_size=3, unique_by=lambda each: each.id), amount=cents)
    def receive(self, meant: list[Any], amount: int) -> int:
        payment_id = self.abroad.receive(amount, *meant)
        self.rands[payment_id] = in_rand(usd(amount), self.micros).cents
        self.bank += self.rands[payment_id]
        return payment_id

    @rule(payment_id=paid, meant=st.lists(bills, min_size=1, max_size=2, unique_by=lambda each: each.id))
    def use_credit(self, payment_id: int, meant: list[Any]) -> None:
        self._perhaps(lambda: payments.use_credit(payment_id, [each.id for each in meant], key=new_key(), by=2))

    @rule(payment_id=paid, bill=bills, amount=cents)
    def move(self, payment_id: int, bill: Any, amount: int) -> None:
        shares = [each for each in payments.payment(payment_id).shares if each.state is ShareState.ACTIVE]
        if shares:
            source = shares[0]
            part, to = min(usd(amount), source.amount), [] if bill.id == source.invoice_id else [bill.id]
            self._perhaps(
                lambda: payments.move_share(payment_id, source.invoice_id, to, part, "Wrong", key=new_key(), by=3)
            )

    @rule(bill=bills, part=st.integers(1, 1000))
    def credit(self, bill: Any, part: int) -> None:
        draft = CreditDraft(bill.number, "Sent back", {1: Decimal(part) / 1000})
        self._perhaps(lambda: crediting.credit(draft, key=new_key()))

    @rule(bill=bills, undone=st.booleans())
    def give_up(self, bill: Any, undone: bool) -> None:
        if not invoices.by_id(bill.id).balance:
            return
        made = self.abroad.do(lambda: payments.ask_bad_debt(bill.id, "Gone", key=new_key(), by=2))
        self.abroad.do(lambda: payments.decide_bad_debt(made.id, True, "Seen", key=new_key(), by=3))
        if undone:
            self.abroad.do(lambda: payments.undo_write_off(made.id, "They pay", key=new_key(), by=3))

    @rule(payment_id=paid, amount=cents, end=st.sampled_from(["approved", "paid", "returned", "declined"]))
    def refund(self, payment_id: int, amount: int, end: str) -> None:
        to, do = payments.beneficiary("H", "Stanbic", "123456", "9140000000001"), self.abroad.do
        left = payments.payment(payment_id).credit
        if not left:
            return
        back = min(usd(amount), left)
        made = do(lambda: payments.ask_refund(payment_id, back, to, "Twice", key=new_key(), by=2))
        if made.state == "asked" and end != "declined":
            do(lambda: payments.decide_refund(made.id, True, "Yes", key=new_key(), by=3))
        if end == "declined":
            do(lambda: payments.decide_refund(made.id, False, "No", key=new_key(), by=3))
        if end in {"paid", "returned"}:
            do(lambda: payments.send_refunds([made.id], self.abroad.bank_id, key=new_key(), by=2))
            before = rand(AccountKind.BANK_RAND)
            do(lambda: payments.pay_refund(made.id, clock.today(), key=new_key(), by=2))
            self.bank += rand(AccountKind.BANK_RAND) - before
        if end == "returned":
            before = rand(AccountKind.BANK_RAND)
            do(lambda: payments.return_refund(made.id, "Closed", key=new_key(), by=3))
            self.bank += rand(AccountKind.BANK_RAND) - before

    @rule(payment_id=consumes(paid))
    def reverse(self, payment_id: int) -> None:
        if self._perhaps(lambda: payments.reverse(payment_id, "recalled", key=new_key(), by=3)):
            self.bank -= self.rands[payment_id]

    def _perhaps(self, work: Any) -> bool:
        """What cannot be is refused by name and changes nothing."""
        try:
            self.abroad.do(work)
        except (BadInput, Conflict, IllegalMove, NoCredit, WrongShares):
            db.session.rollback()
            return False
        return True

    @invariant()
    def dollars_and_rand_agree(self) -> None:
        self.steps += 1
        if self.steps % 5 == 0:
            assert broken() == []
        owed = total((each.balance for each in invoices.open_of(self.abroad.customer_id)), "USD")
        assert ledger.receivable_of(self.abroad.customer_id, "USD") == owed
        assert bool(rand(AccountKind.RECEIVABLE_RAND)) <= bool(owed), "rand are owed only where dollars are"
        assert rand(AccountKind.BANK_RAND) == self.bank
        db.session.rollback()


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_no_order_of_deeds_and_rates_makes_or_loses_a_cent(applications: Any, backend: str) -> None:
    def begin(machine: DollarMachine) -> None:
        machine.abroad = found_abroad()

    run_stories(applications(backend), DollarMachine, begin)
