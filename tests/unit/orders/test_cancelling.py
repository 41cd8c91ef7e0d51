from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.orders.types.cancelling import to_credit
from portal.orders.types.deliveries import OpenLine


def line(number: int, ordered: int, delivered: int) -> OpenLine:
    return OpenLine(number, number, f"SK-{number}", "Seal", "each", ordered, delivered)


quantities = st.integers(1, 50).flatmap(
    lambda ordered: st.tuples(
        st.just(ordered), st.integers(0, ordered), st.decimals(0, ordered, places=3, allow_nan=False)
    )
)


@given(st.lists(quantities, min_size=1, max_size=6))
def test_goods_that_left_are_never_credited_and_no_piece_twice(rows: list[tuple[int, int, Decimal]]) -> None:
    lines = [line(number, ordered, delivered) for number, (ordered, delivered, _) in enumerate(rows, 1)]
    credited = {number: taken for number, (_, _, taken) in enumerate(rows, 1)}

    made = to_credit(lines, credited)

    for number, (ordered, delivered, taken) in enumerate(rows, 1):
        now = made.get(number, Decimal(0))
        assert now >= 0
        assert now <= ordered - delivered
        assert taken + now <= max(taken, Decimal(ordered - delivered))


def test_what_was_credited_by_hand_counts_as_of_the_goods_that_stay() -> None:
    assert to_credit([line(1, 10, 5)], {1: Decimal(2)}) == {1: Decimal(3)}
    assert to_credit([line(1, 10, 5)], {1: Decimal(5)}) == {}
    assert to_credit([line(1, 10, 10), line(2, 4, 0)], {}) == {2: Decimal(4)}
