"""Whatever breaks, at whichever statement of confirming or reversing: nothing is half written, and trying again works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.core.money import Money
from portal.payments import service as payments
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company, new_key
from tests.integration.soundness import broken

TABLES = ("payment", "allocation", "payment_move", "journal", "entry", "invoice", "unconfirmed", "outbox", "notice",
          "audit_event", "idempotency_key", "job", "customer")  # fmt: skip


class Broke(Exception):
    """The machine stopped here."""


@contextmanager
def breaking_at(number: int) -> Iterator[list[str]]:
    """The statement with this number, from 1, is sent and then everything breaks; 0 breaks nothing."""
    seen: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise Broke(statement)

    event.listen(db.engine, "after_cursor_execute", executed)
    try:
        yield seen
    finally:
        event.remove(db.engine, "after_cursor_execute", executed)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    db.session.rollback()
    found = {table: [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table}"))] for table in TABLES}
    db.session.rollback()
    return found


def break_everywhere(work: Callable[[], Any]) -> int:
    """Break at each statement in turn, as long as there are some; how many there were."""
    before, number = everything(), 0
    while True:
        number += 1
        with breaking_at(number) as seen:
            try:
                transaction(work)
            except Broke:
                db.session.rollback()
            else:
                return len(seen)
        assert everything() == before, f"half written after statement {number}: {seen[-1]}"


def test_confirming_is_done_whole_or_not_at_all(company: Company) -> None:
    first, second = company.invoice(Money.zar(100_00)), company.invoice(Money.zar(50_00))
    payment_id, key = company.verified(first, second), new_key()
    received = company.receipt(Money.zar(160_00))

    count = break_everywhere(lambda: payments.confirm(payment_id, received, key=key, by=company.clerk_id))

    assert count > 20
    assert company.balance(first) == company.balance(second) == Money.zar(0)
    assert company.payment(payment_id).credit == Money.zar(10_00)
    assert broken() == []


def test_reversing_is_done_whole_or_not_at_all(company: Company) -> None:
    invoice = company.invoice(Money.zar(100_00))
    payment_id, key = company.verified(invoice), new_key()
    company.confirm(payment_id, Money.zar(130_00))

    count = break_everywhere(lambda: payments.reverse(payment_id, "The bank took it back", key=key))

    assert count > 15
    assert company.balance(invoice) == Money.zar(100_00)


def test_control_with_a_commit_in_the_middle_something_is_half_written(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same harness must see a service that commits on its own."""
    from portal.payments.service import confirming

    payment_id = company.verified(company.invoice(Money.zar(100_00)))
    honest = confirming.settle

    def eager(*values: Any) -> Any:
        db.session.commit()
        return honest(*values)

    monkeypatch.setattr(confirming, "settle", eager)

    with pytest.raises(AssertionError, match="half written"):
        break_everywhere(lambda: payments.confirm(payment_id, company.receipt(Money.zar(100_00)), key=new_key()))

    monkeypatch.undo()
    assert broken() != []
    repair(payment_id)


def repair(payment_id: int) -> None:
    """Leave the books whole, for the check that follows every test: settle what the half confirmation promised."""
    from portal.invoices import service as invoices

    for share in payments.payment(payment_id).shares:
        transaction(lambda share=share: invoices.settle(share.invoice_id, share.amount))
