"""What a clerk accepts is in the currency of the invoices it pays; currencies never mix (matching.md M3)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.proofs.service.splitting import SplitRow, accepted_amount

TYPED = Money.zar(100_00)


def row(number: str, part: Money | None) -> SplitRow:
    return SplitRow(number, "7K04M2X3", date(2026, 3, 1), part or Money.zar(1), part)


def document(amount: Money | None) -> Any:
    return SimpleNamespace(amount=amount)


def test_the_invoices_say_which_money_it_is() -> None:
    rows = [row("INV-1", Money(60_00, "USD")), row("INV-2", None)]
    assert accepted_amount(TYPED, document(Money.zar(100_00)), rows) == Money(100_00, "USD")


def test_without_invoices_the_document_says_it_and_else_it_is_rand() -> None:
    assert accepted_amount(TYPED, document(Money(1, "USD")), [row("INV-2", None)]) == Money(100_00, "USD")
    assert accepted_amount(TYPED, document(None), []) == TYPED


def test_invoices_in_two_currencies_are_refused() -> None:
    rows = [row("INV-1", Money(60_00, "USD")), row("INV-2", Money.zar(40_00))]
    with pytest.raises(BadInput, match="several currencies"):
        accepted_amount(TYPED, document(None), rows)
