from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices.types import MOVES, Filter, SortBy, State, check_move, quantity_words, rate_words, state_for

ALLOWED = {
    ("draft", "issued"), ("issued", "part-paid"), ("issued", "paid"), ("issued", "credited"), ("part-paid", "part-paid"),
    ("part-paid", "paid"), ("part-paid", "issued"), ("part-paid", "credited"), ("paid", "part-paid"), ("paid", "issued"),
    ("paid", "credited"),
}  # fmt: skip


@pytest.mark.parametrize("wanted", State)
@pytest.mark.parametrize("state", State)
def test_only_the_moves_of_the_table_are_moves(state: State, wanted: State) -> None:
    if state is wanted or (state.value, wanted.value) in ALLOWED:
        check_move("INV-2026-000001", state, wanted)
    else:
        with pytest.raises(IllegalMove):
            check_move("INV-2026-000001", state, wanted)


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(State)


@given(total=st.integers(1, 10**9), part=st.integers(0, 10**9))
def test_the_state_follows_from_the_balance_alone(total: int, part: int) -> None:
    balance = min(part, total)
    state = state_for(Money.zar(balance), Money.zar(total))
    assert (state is State.PAID) == (balance == 0)
    assert (state is State.ISSUED) == (balance == total)


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        ("2", "roll", "2\u00a0rolls"), ("1", "box", "1\u00a0box"), ("3", "box", "3\u00a0boxes"), ("4", "each", "4"),
        ("2.5", "drum", "2.5\u00a0drums"), ("7", "", "7"),
    ],
)  # fmt: skip
def test_quantities_are_said_with_their_unit(quantity: str, unit: str, words: str) -> None:
    assert quantity_words(Decimal(quantity), unit) == words


@pytest.mark.parametrize(
    ("code", "rate", "words"),
    [
        (VatCode.STANDARD, 1500, "15\u00a0%"), (VatCode.STANDARD, 1550, "15.5\u00a0%"),
        (VatCode.ZERO, 0, "Zero-rated"), (VatCode.EXEMPT, 0, "Exempt"),
    ],
)  # fmt: skip
def test_rates_are_said_as_on_the_invoice(code: VatCode, rate: int, words: str) -> None:
    assert rate_words(code, rate) == words


@pytest.mark.parametrize("text", [None, "", "1; DROP TABLE invoice", "OPEN"])
def test_an_address_that_asks_for_nonsense_gets_the_usual_list(text: str | None) -> None:
    assert Filter.of(text) is Filter.OPEN
    assert SortBy.of(text, SortBy.DUE) is SortBy.DUE


def test_today_is_not_overdue() -> None:
    from tests.unit.invoices.paper import an_invoice

    info = an_invoice(due_on=date(2026, 3, 31))
    assert info.days_overdue(date(2026, 3, 31)) == 0
    assert info.days_overdue(date(2026, 4, 2)) == 2
