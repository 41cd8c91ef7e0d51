"""Money that was put on the wrong invoice goes to another, or back to credit: by counter-entries, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import splitting
from portal.payments.errors import WrongShares
from portal.payments.queries import rows
from portal.payments.service import answers, telling, valuing
from portal.payments.service.crediting import post_shares, wanted_of
from portal.payments.service.moving import Held, hold, refresh_under_way, settle
from portal.payments.types import Confirmation, PaymentState, Share, ShareState, name_of
from portal.platform import audit

MOVE = "payments.move-share"


def move_share(
    payment_id: int,
    from_invoice_id: int,
    to_invoice_ids: Sequence[int],
    amount: Money,
    reason: str,
    *,
    key: str,
    by: int,
) -> Confirmation:
    """Take ``amount`` of a payment off one invoice and put it on others of its customer, in their order.

    No invoice to put it on makes it credit on account; what the others do not need becomes credit as well. One
    journal takes it off, one for each invoice puts it on. Goods that left stay gone. Flushes; the same key gives the
    first answer again. Gives what was paid and the credit that this made.
    Raises BadInput without a reason, IllegalMove unless the payment is confirmed, WrongShares when the invoice did
    not get as much of it, or the others need nothing. Source: docs/rules/confirmation.md, C4 and C12.
    """
    if not reason.strip():
        raise BadInput("Say why; the customer and the auditor read it.", field="reason")
    wanted = list(dict.fromkeys(to_invoice_ids))
    held = hold(payment_id, also=[from_invoice_id, *wanted])
    if (earlier := answers.earlier(key, MOVE)) is not None:
        return earlier
    if held.payment.state != PaymentState.CONFIRMED:
        raise IllegalMove(name_of(payment_id), held.payment.state, "moved to another invoice")
    standing = [share for share in rows.shares_of([payment_id])[payment_id] if share.state is ShareState.ACTIVE]
    taken = _share_of(standing, from_invoice_id, amount)
    if from_invoice_id in wanted:
        raise WrongShares(f"{taken.invoice_number} is where the money comes from; choose another invoice.")
    given, left = splitting.split(amount, wanted_of(held, wanted))
    if wanted and not given:
        raise WrongShares("None of these invoices needs money.")
    _book(held, taken, amount, given, reason)
    return answers.remember(key, MOVE, _carried_out(held, standing, taken, amount, given, left, reason, by))


def _share_of(standing: Sequence[Share], invoice_id: int, amount: Money) -> Share:
    taken = next((share for share in standing if share.invoice_id == invoice_id), None)
    if taken is None:
        raise WrongShares("This payment does not pay that invoice.")
    if amount.currency != taken.amount.currency or not 0 < amount.cents <= taken.amount.cents:
        raise WrongShares(f"{taken.invoice_number} got {taken.amount} of this payment; move that much or less.")
    return taken


def _book(held: Held, taken: Share, amount: Money, given: dict[int, Money], reason: str) -> None:
    payment, part = held.payment, f"{taken.invoice_number}/{held.payment.version}/back"
    credit = valuing.booked_credit(payment)
    ledger.post_deallocation(
        payment.id,
        part,
        payment.customer_id,
        amount,
        clock.today(),
        f"{name_of(payment.id)} no longer for {taken.invoice_number}: {reason}",
    )
    valuing.allocation(payment, part, held.invoices[taken.invoice_id], -amount, credit)
    post_shares(held, given, credit + amount)


def _carried_out(
    held: Held, standing: Sequence[Share], taken: Share, amount: Money, given: dict[int, Money], left: Money,
    reason: str, by: int,
) -> Confirmation:  # fmt: skip
    """Shares, balances, orders and people, once it is booked."""
    payment = held.payment
    merged = {share.invoice_id: (share.invoice_number, share.amount) for share in standing}
    merged[taken.invoice_id] = (taken.invoice_number, taken.amount - amount)
    for number, more in given.items():
        before = merged.get(number, ("", Money.zero(held.currency)))[1]
        merged[number] = (held.invoices[number].number, before + more)
    rows.set_shares(payment, {number: part for number, part in merged.items() if part[1]}, ShareState.ACTIVE)
    invoices.unsettle(taken.invoice_id, amount)
    paid = tuple(settle(number, more) for number, more in given.items())
    refresh_under_way(held.invoices)
    released = orders.release_if_due(payment.customer_id, list(given), "confirmed")
    made = Confirmation(payment.id, total(given.values(), held.currency), left, paid, released=tuple(released))
    after = {each.number: each.paid.cents for each in paid} | {"credit": left.cents, "reason": reason[:500], "by": by}
    audit.record("payment.share-moved", name_of(payment.id), before={taken.invoice_number: amount.cents}, after=after)
    telling.share_moved(payment, taken.invoice_number, amount, made, reason)
    return made
