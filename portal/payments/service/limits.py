"""How much one person, or the rule of cents, may decide; set by managers in the portal."""

from __future__ import annotations

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.payments.types.giving import Limits
from portal.platform.settings import Switch

#: what is left of an invoice up to this many cents may be written off by one person
CENTS = Switch("payments.write_off_cents", default=5_00)
#: refunds up to this many cents need one person only
REFUND_ALONE = Switch("payments.refund_alone", default=1_000_00)
_MOST_CENTS = 100_00


def limits() -> Limits:
    """The limits as they stand, for the page that shows them."""
    cents, refund = CENTS.known(), REFUND_ALONE.known()
    return Limits(Money.zar(cents.value), Money.zar(refund.value), cents.version, refund.version)


def set_limits(cents: Money, refund_alone: Money, *, seen: tuple[int, int]) -> None:
    """Change the limits; each change is audited. Flushes.

    seen: the versions that the form was filled in from. Raises BadInput for a limit that is no small sum any more,
    Conflict when somebody changed one in the meantime.
    """
    if not 0 <= cents.cents <= _MOST_CENTS:
        raise BadInput(f"Cents are at most {Money.zar(_MOST_CENTS)}; larger sums are bad debts.", field="cents")
    if refund_alone.cents < 0:
        raise BadInput("Write the limit like 1 000.00; 0.00 asks two people for each refund.", field="refund_alone")
    before = limits()
    if cents != before.cents:
        CENTS.change(cents.cents, seen_version=seen[0])
    if refund_alone != before.refund_alone:
        REFUND_ALONE.change(refund_alone.cents, seen_version=seen[1])
