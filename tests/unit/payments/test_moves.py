"""The table of moves is the one of the rules, and nothing else is a move."""

from __future__ import annotations

import itertools

import pytest

from portal.core.errors import IllegalMove
from portal.payments.types import PaymentState, check_move

S = PaymentState
ALLOWED = {
    (S.PENDING, S.CONFIRMED), (S.PENDING, S.REJECTED), (S.PENDING, S.EXPIRED),
    (S.CLAIMED, S.VERIFIED), (S.CLAIMED, S.CONFIRMED), (S.CLAIMED, S.REJECTED), (S.CLAIMED, S.EXPIRED),
    (S.VERIFIED, S.CLAIMED), (S.VERIFIED, S.CONFIRMED), (S.VERIFIED, S.REJECTED), (S.VERIFIED, S.EXPIRED),
    (S.REJECTED, S.CONFIRMED), (S.EXPIRED, S.CONFIRMED), (S.CONFIRMED, S.REVERSED),
}  # fmt: skip


@pytest.mark.parametrize(("state", "wanted"), list(itertools.product(S, S)), ids=str)
def test_a_move_is_in_the_table_or_raises_by_name(state: PaymentState, wanted: PaymentState) -> None:
    if (state, wanted) in ALLOWED:
        check_move("PAY-000001", state, wanted)
        return
    with pytest.raises(IllegalMove, match="PAY-000001") as raised:
        check_move("PAY-000001", state, wanted)
    assert (raised.value.state, raised.value.wanted) == (state.value, wanted.value)


def test_reversed_money_stays_reversed() -> None:
    assert not [wanted for state, wanted in ALLOWED if state is S.REVERSED]
