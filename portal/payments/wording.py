"""What people are told of money that was confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core.money import Money, total
from portal.payments.types import Confirmation, Confirmations, PaymentInfo, PaymentState, Refusal, name_of
from portal.payments.types.giving import RefundInfo, RefundState, WriteOffInfo, WriteOffState
from portal.payments.types.online import LABELS


def outcome(made: Confirmation) -> str:
    """One sentence or two: what was paid, what is still owed, what is credit and why."""
    words = [_paid(made)]
    if made.settled_before:
        names = ", ".join(made.settled_before)
        words.append(f"{names} was paid by other money in the meantime.")
    if made.credit:
        words.append(f"{made.credit} is kept as credit on account.")
    if made.released:
        words.append(f"Released: {', '.join(made.released)}.")
    return " ".join(words)


def _paid(made: Confirmation) -> str:
    if not made.paid:
        return f"{made.received} is confirmed."
    return f"{made.received} is confirmed: {_each(made)}."


def _each(made: Confirmation) -> str:
    return ", ".join(
        f"{each.number} still needs {each.owed}" if each.owed else f"{each.number} is paid" for each in made.paid
    )


def outcome_of_credit(made: Confirmation) -> str:
    """What credit paid, and how much of it is left."""
    words = f"Credit of {made.received} is used: {_each(made)}."
    return f"{words} {made.credit} stays on account." if made.credit else words


def outcome_of_many(made: Confirmations) -> str:
    """How many and how much, then what is worth knowing of single ones."""
    if len(made.done) == 1:
        return outcome(made.done[0])
    words = [f"{len(made.done)} payments are confirmed, {made.received} in all."]
    words += [
        f"{name_of(each.payment_id)}: {each.credit} is kept as credit on account." for each in made.done if each.credit
    ]
    if released := [number for each in made.done for number in each.released]:
        words.append(f"Released: {', '.join(released)}.")
    return " ".join(words)


def refusal(refused: Refusal) -> str:
    """Why one of several was left as it was."""
    states = {
        PaymentState.CONFIRMED: "was confirmed already",
        PaymentState.REVERSED: "was taken back",
    }
    said = states.get(refused.state, f"is {refused.state}")
    return f"{name_of(refused.payment_id)} {said}; nothing was booked for it."


def outcome_of_move(amount: Money, number: str, made: Confirmation) -> str:
    """Where money went that was taken off an invoice."""
    words = [f"{amount} is taken off {number}."]
    if made.paid:
        words.append(f"{_each(made)}.")
    if made.credit:
        words.append(f"{made.credit} is credit on account.")
    return " ".join(words)


def outcome_of_refund(made: RefundInfo) -> str:
    """Where a refund stands now, and what comes next."""
    next_step = f"{LABELS[made.via]} is asked to pay it." if made.via else "It goes into the next file for the bank."
    return {
        RefundState.ASKED: f"{made.name} over {made.amount} waits for a second person.",
        RefundState.APPROVED: f"{made.name} over {made.amount} is approved. {next_step}",
        RefundState.SENT: f"{made.name} is on its way.",
        RefundState.PAID: f"{made.amount} was paid back. The customer is told.",
        RefundState.DECLINED: f"{made.name} is declined. {made.amount} is credit again.",
        RefundState.RETURNED: f"{made.name} came back by a counter-entry. {made.amount} is credit again.",
    }[made.state]


def outcome_of_write_off(made: WriteOffInfo) -> str:
    """Where a write-off stands now."""
    return {
        WriteOffState.ASKED: f"{made.amount} of {made.invoice_number} waits for a second person to agree.",
        WriteOffState.BOOKED: f"{made.amount} of {made.invoice_number} is written off.",
        WriteOffState.DECLINED: f"{made.invoice_number} still needs its {made.amount}.",
        WriteOffState.UNDONE: f"The write-off is undone by a counter-entry. {made.invoice_number} needs {made.amount} again.",
    }[made.state]


def outcome_of_small(done: Sequence[WriteOffInfo]) -> str:
    """How many rests were written off, and their sum."""
    sum_ = total((each.amount for each in done), done[0].amount.currency)
    return f"{len(done)} invoice{'' if len(done) == 1 else 's'} settled; {sum_} is written off."


def gateway_words(payment: PaymentInfo) -> str:
    """Where a payment stands that a gateway carries; the bank has no part in it."""
    label = LABELS.get(payment.method, payment.method)
    return {
        PaymentState.PENDING: f"With {label}",
        PaymentState.CONFIRMED: f"Confirmed by {label}",
        PaymentState.REJECTED: f"Failed at {label}",
        PaymentState.EXPIRED: f"Not finished at {label}",
        PaymentState.REVERSED: "Taken back",
    }.get(payment.state, payment.state.value)
