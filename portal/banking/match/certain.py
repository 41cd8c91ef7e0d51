"""What needs no person: the few kinds of evidence that name one thing and fit to the cent.

Source: docs/rules/reconciliation.md, B5 to B9. Everything else is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.banking.match.evidence import Evidence, How, Mention
from portal.banking.match.state import Open, in_time
from portal.banking.match.sums import sets_of
from portal.banking.match.world import Answer, Line, OnTheWay, Outcome, Share


def decide(line: Line, seen: Evidence, open_: Open) -> Answer | None:
    """The certain match of a line that brought money in, None when a person has to look."""
    if _points_two_ways(seen, open_):
        return None
    return _by_payment(line, seen, open_) or _by_invoices(line, seen, open_) or _by_customer(line, seen, open_)


def _points_two_ways(seen: Evidence, open_: Open) -> bool:
    """Whether references, or a reference and the payer's name, are of different customers."""
    owners = {open_.invoice[each.key].customer for each in seen.invoices if each.how > How.WEAK}
    owners |= {each.key for each in seen.customers if each.how > How.WEAK}
    owners |= {open_.payment[each.key].customer for each in seen.payments if each.key in open_.payment}
    if len(owners) > 1:
        return True
    return bool(owners and seen.payer.whole and not owners & seen.payer.anyone)


def _by_payment(line: Line, seen: Evidence, open_: Open) -> Answer | None:
    same = open_.payments_of(line.amount)
    named = [each for each in same if in_time(each, line.on) and _is_named(each, seen)]
    if named:
        chosen = _one_of(named, seen)
        if chosen is None or not open_.fits(chosen.shares) or _names_others(chosen, seen):
            return None
        return _confirms(line, chosen, "B5", "its amount and its reference")
    if not seen.names_nothing or len(same) != 1 or not in_time(same[0], line.on):
        return None
    (payment,) = same
    others = set(open_.owing(line.amount)) - {share.invoice for share in payment.shares}
    if seen.payer.whole != {payment.customer} or others or not open_.fits(payment.shares):
        return None
    return _confirms(line, payment, "B6", "its amount, which nothing else has, and the customer’s name")


def _is_named(payment: OnTheWay, seen: Evidence) -> bool:
    invoices = {share.invoice for share in payment.shares}
    return (
        any(each.key == payment.id and each.how > How.WEAK for each in seen.payments)
        or any(each.key in invoices and each.how > How.WEAK for each in seen.invoices)
        or any(each.key == payment.customer and each.how >= How.SURE for each in seen.customers)
    )


def _one_of(named: Sequence[OnTheWay], seen: Evidence) -> OnTheWay | None:
    """The only one; of several, the one whose invoices are named; of twins, the first."""
    invoices = {each.key for each in seen.invoices if each.how > How.WEAK}
    if len(named) > 1 and invoices:
        named = [each for each in named if invoices <= {share.invoice for share in each.shares}] or named
    first = named[0]
    twins = all((each.customer, each.shares) == (first.customer, first.shares) for each in named)
    return first if twins else None


def _names_others(payment: OnTheWay, seen: Evidence) -> bool:
    meant = {share.invoice for share in payment.shares}
    return any(each.key not in meant and each.how > How.WEAK for each in seen.invoices)


def _confirms(line: Line, payment: OnTheWay, rule: str, words: str) -> Answer:
    left_over = line.amount - sum(share.amount for share in payment.shares)
    state = "verified" if payment.verified else "claimed"
    reasons = (f"The {state} payment {payment.id} of {payment.on} has {words}.",)
    return Answer(
        line.id, Outcome.MATCHED, rule, reasons, payment.customer, payment.id, payment.shares, max(left_over, 0)
    )


def _by_invoices(line: Line, seen: Evidence, open_: Open) -> Answer | None:
    named = [each for each in seen.invoices if each.how > How.WEAK]
    if not named or any(_otherwise_announced(each.key, line, open_) for each in named):
        return None
    shares = _shares(line, named, seen, open_)
    if shares is None:
        return None
    owner = open_.invoice[named[0].key].customer
    left_over = line.amount - sum(share.amount for share in shares)
    reasons = [each.words or f"“{each.seen}” names {each.key} in full." for each in named]
    reasons.append(_how_much(line, shares, left_over, open_))
    payment = next((each for each in open_.payments_of(line.amount) if each.shares == shares), None)
    return Answer(
        line.id, Outcome.MATCHED, "B7" if len(named) == 1 else "B8", tuple(reasons), owner,
        payment.id if payment and payment.customer == owner else None, shares, left_over,
    )  # fmt: skip


def _otherwise_announced(invoice: str, line: Line, open_: Open) -> bool:
    """Whether a payment on the way for the invoice has another amount than what came."""
    announced = open_.announced(invoice)
    return bool(announced) and all(each.amount != line.amount for each in announced)


def _shares(line: Line, named: Sequence[Mention], seen: Evidence, open_: Open) -> tuple[Share, ...] | None:
    balances = [open_.balance[each.key] for each in named]
    if sum(balances) == line.amount and all(balances) and not _doubts(named, seen):
        return tuple(Share(each.key, balance) for each, balance in zip(named, balances, strict=True))
    if len(named) > 1 or named[0].how is not How.WHOLE or not balances[0] or seen.strangers or seen.doubtful:
        return None
    number, balance = named[0].key, balances[0]
    if _means_another(line, number, open_) or (number in open_.touched and line.amount > balance):
        return None
    return (Share(number, min(line.amount, balance)),)


def _doubts(named: Sequence[Mention], seen: Evidence) -> bool:
    """Whether a repair stands beside something that could be another name."""
    return any(each.how < How.WHOLE for each in named) and bool(seen.doubtful)


def _means_another(line: Line, number: str, open_: Open) -> bool:
    """Whether the amount is that of other invoices of the same customer, or of a number that this one begins with."""
    owner = open_.invoice[number].customer
    balances = [(each, open_.balance[each]) for each in open_.open_of(owner)]
    if sets_of(balances, line.amount):
        return True
    return any(
        number.startswith(each) or each.startswith(number) for each in open_.owing(line.amount) if each != number
    )


def _how_much(line: Line, shares: Sequence[Share], left_over: int, open_: Open) -> str:
    if left_over:
        return "More came than is open; the rest is the customer’s credit."
    if sum(open_.balance[share.invoice] for share in shares) > line.amount:
        return "A part of what is open came."
    return "The amount is exactly what is open."


def _by_customer(line: Line, seen: Evidence, open_: Open) -> Answer | None:
    named = [each for each in seen.customers if each.how >= How.SURE]
    if len(named) != 1 or seen.invoices or seen.strangers or seen.doubtful:
        return None
    customer = named[0].key
    numbers = open_.open_of(customer)
    exact = [number for number in numbers if open_.balance[number] == line.amount]
    if not exact and numbers and sum(open_.balance[number] for number in numbers) == line.amount:
        exact, words = numbers, "The amount is everything the customer owes."
    elif len(exact) == 1:
        words = f"Of the customer’s invoices only {exact[0]} has this balance."
    else:
        return None
    if any(_otherwise_announced(number, line, open_) for number in exact):
        return None
    shares = tuple(Share(number, open_.balance[number]) for number in exact)
    reasons = (named[0].words or f"“{named[0].seen}” is the reference of customer {customer}.", words)
    payment = next((each for each in open_.payments_of(line.amount) if each.shares == shares), None)
    return Answer(line.id, Outcome.MATCHED, "B9", reasons, customer, payment.id if payment else None, shares)
