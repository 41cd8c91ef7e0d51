"""Any order of ordering, paying, delivering, crediting and cancelling keeps every invariant, to the cent and the piece."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from portal.accounts.types import ReleasePolicy
from portal.catalog import service as catalog
from portal.catalog.errors import NotEnoughStock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.types import State
from portal.orders.types.cancelling import CANCELLABLE
from portal.platform.db import db, transaction
from tests.integration.machines import run_stories
from tests.integration.orders.shop import Shop, new_key, open_shop
from tests.integration.orders.test_releasing import receive, verify
from tests.integration.soundness import broken

pieces = st.integers(1, 4)
policies = st.sampled_from([ReleasePolicy.CLEARED, ReleasePolicy.TRUSTED, ReleasePolicy.ACCOUNT])


class OrderMachine(RuleBasedStateMachine):
    """The model keeps what was invoiced, what came in, and what left of each order."""

    placed = Bundle("placed")
    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        self.received, self.steps = 0, 0
        self.numbers: list[str] = []
        self.left: dict[str, int] = {}

    @rule(policy=policies)
    def become(self, policy: ReleasePolicy) -> None:
        self.shop.become(policy, credit=50_000_00)

    @rule(target=placed, hoses=pieces, seals=pieces)
    def order(self, hoses: int, seals: int) -> Any:
        made = self.shop.order((self.shop.hose, hoses), (self.shop.seal, seals))
        self.numbers.append(made.number)
        return made

    @rule(order=placed)
    def prove(self, order: Any) -> None:
        if (found := orders.order(order.number)).invoice_number and invoices.by_number(found.invoice_number).balance:
            verify(self.shop, found)

    @rule(order=placed)
    def pay(self, order: Any) -> None:
        found = orders.order(order.number)
        if found.invoice_number and (owed := invoices.by_number(found.invoice_number).balance):
            receive(self.shop, found)
            self.received += owed.cents

    @rule(order=placed, count=pieces)
    def deliver(self, order: Any, count: int) -> None:
        found = orders.order(order.number)
        line, seen = orders.open_lines(found)[0], len(orders.deliveries_of(found))
        work = partial(
            orders.deliver, order.number, {line.line_id: count}, new_key(), seen=seen, by=self.shop.manager
        )  # fmt: skip
        try:
            transaction(work)
        except (IllegalMove, Conflict, NotEnoughStock):
            db.session.rollback()
            return
        self.left[order.number] = self.left.get(order.number, 0) + count

    @rule(order=placed, count=pieces)
    def credit(self, order: Any, count: int) -> None:
        if not (number := orders.order(order.number).invoice_number):
            return
        draft = CreditDraft(number, "Came back damaged", {1: Decimal(count)})
        try:
            transaction(lambda: invoices.credit(draft, key=new_key()))
        except (BadInput, Conflict):
            db.session.rollback()

    @rule(order=placed)
    def cancel(self, order: Any) -> None:
        before = orders.order(order.number)
        if before.state not in CANCELLABLE:
            with pytest.raises(IllegalMove):
                orders.rest(order.number)
            db.session.rollback()
            return
        seen = orders.rest(order.number).mark
        work = partial(orders.cancel, order.number, "Not needed", by=self.shop.manager, seen=seen, key=new_key())
        after = transaction(work)
        assert after.state is (State.DELIVERED if before.has_left else State.CANCELLED)
        assert catalog.waits_for(order.number) == {}

    @rule(count=pieces)
    def receive_goods(self, count: int) -> None:
        transaction(lambda: catalog.receive(self.shop.hose.id, count, "Came in"))

    @invariant()
    def the_portal_agrees_with_the_paper(self) -> None:
        self.steps += 1
        if self.steps % 4 == 0:
            assert broken() == []
        invoiced = credited = 0
        for number in self.numbers:
            found = orders.order(number)
            assert sum(line.delivered for line in orders.open_lines(found)) == self.left.get(number, 0)
            if not found.invoice_number:
                continue
            invoice = invoices.by_number(found.invoice_number)
            invoiced, credited = invoiced + invoice.total.cents, credited + invoice.credited.cents
            if found.state is State.CANCELLED:
                assert not invoice.balance and invoice.credited == invoice.total
        assert ledger.balance_of(self.shop.customer_id) == Money.zar(invoiced - credited - self.received)
        db.session.rollback()


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_no_order_of_deeds_loses_a_cent_or_a_piece(applications: Any, backend: str) -> None:
    def begin(machine: OrderMachine) -> None:
        machine.shop = open_shop()
        transaction(lambda: catalog.keep_stock(machine.shop.hose.id))
        transaction(lambda: catalog.receive(machine.shop.hose.id, 6, "Came in"))

    run_stories(applications(backend), OrderMachine, begin)
