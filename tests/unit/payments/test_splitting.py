"""Money is divided to the cent, never beyond what an invoice owes, never to an invoice nobody named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, total
from portal.payments.splitting import Wanted, split


def wanted(*rows: tuple[int, int, int]) -> list[Wanted]:
    return [Wanted(number, Money.zar(planned), Money.zar(owed)) for number, planned, owed in rows]


@pytest.mark.parametrize(
    ("received", "rows", "given_", "rest"),
    [
        (100, [(1, 100, 100)], {1: 100}, 0),
        (40, [(1, 100, 100)], {1: 40}, 0),
        (150, [(1, 100, 100)], {1: 100}, 50),
        (120, [(1, 100, 120)], {1: 120}, 0),
        (100, [(1, 60, 60), (2, 40, 90)], {1: 60, 2: 40}, 0),
        (120, [(1, 60, 60), (2, 40, 90)], {1: 60, 2: 60}, 0),
        (50, [(1, 60, 60), (2, 40, 90)], {1: 50}, 0),
        (100, [(1, 60, 10), (2, 40, 40)], {1: 10, 2: 40}, 50),
        (100, [], {}, 100),
        (100, [(1, 100, 0)], {}, 100),
    ],
)
def test_first_the_plan_then_the_same_invoices_then_credit(
    received: int, rows: list[tuple[int, int, int]], given_: dict[int, int], rest: int
) -> None:
    shares, left = split(Money.zar(received), wanted(*rows))

    assert {number: amount.cents for number, amount in shares.items()} == given_
    assert left == Money.zar(rest)


rows_ = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), max_size=6)


@given(st.integers(1, 10**10), rows_)
def test_no_cent_appears_or_disappears(received: int, rows: list[tuple[int, int]]) -> None:
    named = wanted(*((number, planned, owed) for number, (planned, owed) in enumerate(rows)))

    shares, rest = split(Money.zar(received), named)

    assert total(shares.values()) + rest == Money.zar(received)
    assert all(Money.zar(0) < shares[number] <= named[number].owed for number in shares)
    assert rest.cents >= 0
    owing = total(each.owed for each in named) - total(shares.values())
    assert not rest or not owing
