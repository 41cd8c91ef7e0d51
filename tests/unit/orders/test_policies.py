"""When goods may leave: the table of docs/rules/release.md, and what holds for any standing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.types import ReleasePolicy as Policy
from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.orders.types import MOVES, Event, Standing, State, check_move, hold_reason, may_release

CALM = Standing(
    policy=Policy.CLEARED, open_balance=Money.zar(0), overdue=False, credit_limit=Money.zar(0),
    unconfirmed=Money.zar(0), provisional_limit=Money.zar(0),
)  # fmt: skip
cents = st.integers(0, 10_000_000).map(Money.zar)
standings = st.builds(
    Standing, policy=st.sampled_from(Policy), open_balance=cents, overdue=st.booleans(), credit_limit=cents,
    unconfirmed=cents, provisional_limit=cents,
)  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "event", "paid", "unconfirmed", "limit", "leaves"),
    [
        # cleared: only confirmed money, and all of it
        (Policy.CLEARED, Event.VERIFIED, False, 100, 100_00, False),
        (Policy.CLEARED, Event.CONFIRMED, False, 0, 100_00, False),
        (Policy.CLEARED, Event.CONFIRMED, True, 0, 0, True),
        # provisional: verified is enough up to and with the limit
        (Policy.PROVISIONAL, Event.VERIFIED, False, 99_99, 100_00, True),
        (Policy.PROVISIONAL, Event.VERIFIED, False, 100_00, 100_00, True),
        (Policy.PROVISIONAL, Event.VERIFIED, False, 100_01, 100_00, False),
        (Policy.PROVISIONAL, Event.VERIFIED, False, 1, 0, False),
        (Policy.PROVISIONAL, Event.CONFIRMED, True, 999_99, 0, True),
        # trusted: verified is enough
        (Policy.TRUSTED, Event.VERIFIED, False, 999_999_99, 0, True),
        (Policy.TRUSTED, Event.CONFIRMED, True, 0, 0, True),
        # account: goods left when the order was placed; one that was lifted by hand waits for its money
        (Policy.ACCOUNT, Event.VERIFIED, False, 0, 100_00, False),
        (Policy.ACCOUNT, Event.CONFIRMED, True, 0, 0, True),
    ],
)
def test_each_policy_lets_goods_leave_when_it_says(
    policy: Policy, event: Event, paid: bool, unconfirmed: int, limit: int, leaves: bool
) -> None:
    standing = replace(CALM, policy=policy, unconfirmed=Money.zar(unconfirmed), provisional_limit=Money.zar(limit))
    assert may_release(standing, event, paid=paid, covered=True) is leaves


@given(standing=standings, late=st.integers(1, 10_000_000).map(Money.zar))
def test_late_money_pauses_provisional_credit_and_no_other(standing: Standing, late: Money) -> None:
    waits = replace(standing, awaited=late)
    without, with_late = (may_release(each, Event.VERIFIED, paid=False, covered=True) for each in (standing, waits))
    assert with_late is (without and standing.policy is not Policy.PROVISIONAL)
    assert may_release(waits, Event.CONFIRMED, paid=True, covered=True)


@given(standing=standings, event=st.sampled_from(Event))
def test_a_proof_of_less_than_the_invoice_needs_lets_nothing_leave(standing: Standing, event: Event) -> None:
    assert not may_release(standing, event, paid=False, covered=False)


@given(standing=standings, event=st.sampled_from(Event), covered=st.booleans())
def test_confirmed_money_for_all_of_it_is_enough_under_any_policy(
    standing: Standing, event: Event, covered: bool
) -> None:
    assert may_release(standing, event, paid=True, covered=covered)


@given(standing=standings, event=st.sampled_from(Event), covered=st.booleans())
def test_cleared_goods_never_leave_on_paper(standing: Standing, event: Event, covered: bool) -> None:
    cleared = replace(standing, policy=Policy.CLEARED)
    assert not may_release(cleared, event, paid=False, covered=covered)


@given(standing=standings, covered=st.booleans())
def test_what_leaves_provisionally_is_never_above_the_limit(standing: Standing, covered: bool) -> None:
    provisional = replace(standing, policy=Policy.PROVISIONAL)
    if may_release(provisional, Event.VERIFIED, paid=False, covered=covered):
        assert provisional.unconfirmed <= provisional.provisional_limit


@given(standing=standings, order=cents)
def test_an_order_on_account_goes_exactly_when_it_fits_and_nothing_is_late(standing: Standing, order: Money) -> None:
    account = replace(standing, policy=Policy.ACCOUNT)
    fits = account.open_balance.cents + order.cents <= account.credit_limit.cents and not account.overdue
    assert (hold_reason(account, order) is None) is fits


@given(standing=standings, order=cents)
def test_other_policies_hold_no_order(standing: Standing, order: Money) -> None:
    if standing.policy is not Policy.ACCOUNT:
        assert hold_reason(standing, order) is None


ALLOWED = {
    ("draft", "placed"), ("draft", "held"), ("draft", "cancelled"), ("placed", "held"), ("placed", "released"), ("placed", "cancelled"),
    ("held", "placed"), ("held", "released"), ("held", "cancelled"), ("released", "part-delivered"), ("released", "cancelled"),
    ("released", "delivered"), ("part-delivered", "delivered"),
}  # fmt: skip


@pytest.mark.parametrize("wanted", State)
@pytest.mark.parametrize("state", State)
def test_only_the_moves_of_the_table_are_moves(state: State, wanted: State) -> None:
    if (state.value, wanted.value) in ALLOWED:
        check_move("ORD-2026-000001", state, wanted)
    else:
        with pytest.raises(IllegalMove):
            check_move("ORD-2026-000001", state, wanted)


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(State)
