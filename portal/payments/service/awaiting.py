"""The clearing clock: money that the bank should have shown by now pauses credit, and its customer is asked once."""

from __future__ import annotations

from datetime import date

from portal.accounts import service as accounts
from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import arrival
from portal.payments.queries import lists
from portal.payments.service import telling
from portal.payments.service.moving import hold
from portal.payments.types import PaymentState, Rail, ShareState, name_of
from portal.platform import audit
from portal.platform.db import db

_AT_ONCE = 500


def rail_of(payment_type: str, payer_bank: str, amount: Money) -> Rail:
    """How the money of a proof travels. payment_type, payer_bank: as they were read; empty when they were not."""
    ours = {_bank(each.bank) for each in ledger.our_accounts() if each.primary}
    return arrival.rail_of(payment_type, amount, same_bank=bool(payer_bank) and _bank(payer_bank) in ours)


def _bank(name: str) -> str:
    """A bank's name without what some of its papers leave out."""
    plain = "".join(letter for letter in name.upper() if letter.isalnum())
    return {"FIRSTNATIONALBANK": "FNB", "STANDARDBANKOFSOUTHAFRICA": "STANDARDBANK"}.get(plain, plain)


def late_of(customer_id: int, currency: str) -> Money:
    """What verified payments of a customer in a currency the bank should have shown by now and has not, come to.

    Source: docs/rules/confirmation.md, C15; docs/rules/release.md, R13.
    """
    return Money(lists.late_cents(customer_id, clock.today()).get(currency, 0), currency)


def look_again(customer_id: int) -> list[str]:
    """Goods whose proof came while late money paused the customer's credit leave now; their order numbers.

    The caller holds the customer's lock and has booked the late money. Source: docs/rules/release.md, R13.
    """
    if accounts.customer(customer_id).release_policy is not ReleasePolicy.PROVISIONAL:
        return []
    released: list[str] = []
    for each in lists.verified_of(customer_id):
        covered = {share.invoice_id: share.amount for share in each.shares if share.state is ShareState.PLANNED}
        released += orders.release_if_due(customer_id, list(covered), "verified", covered=covered, payment_id=each.id)
    return released


def to_chase(until: date) -> list[int]:
    """Payments expected up to a day about which nobody was asked yet; at most some hundreds. Reads only."""
    return lists.to_chase(min(until, _yesterday()), _AT_ONCE)


def chase(payment_id: int) -> bool:
    """Ask the customer kindly where the money is, once for each payment; whether it was done.

    Whatever happened to the payment meanwhile is respected. Flushes; the job commits.
    Source: docs/rules/confirmation.md, C15.
    """
    payment = hold(payment_id).payment
    expected = payment.expected_on
    if payment.state != PaymentState.VERIFIED or payment.chased_at is not None:
        return False
    if expected is None or expected >= clock.today():
        return False
    payment.chased_at = clock.now()
    db.session.flush()
    telling.awaited(payment)
    audit.record("payment.asked-about", name_of(payment_id), after={"expected_on": expected.isoformat()})
    return True


def _yesterday() -> date:
    today = clock.today()
    return date.fromordinal(today.toordinal() - 1)


def register() -> None:
    """Orders ask it before they trust a proof."""
    orders.when_awaited(late_of)
