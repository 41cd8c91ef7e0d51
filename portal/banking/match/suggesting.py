"""What a person is offered for a line that is not certain, the likeliest first (docs/rules/reconciliation.md, B10)."""

from __future__ import annotations

from collections.abc import Iterator

from portal.banking.match.evidence import Evidence, How, Kind, Mention
from portal.banking.match.state import Open
from portal.banking.match.sums import sets_of
from portal.banking.match.world import Answer, Candidate, Line, Outcome
from portal.banking.types import TOGETHER

_MOST = 8


def suggest(line: Line, seen: Evidence, open_: Open) -> Answer:
    """Candidates with their reasons; unmatched when there are none."""
    offered: dict[tuple[str | None, str | None], Candidate] = {}
    for each in _candidates(line, seen, open_):
        offered.setdefault((each.invoice, each.payment), each)
    reasons = tuple(_reasons(line, seen, open_))
    if not offered and not seen.invoices:
        reasons = reasons or ("Nothing that is open fits: no reference, no name and no amount.",)
        return Answer(line.id, Outcome.UNMATCHED, "B11", reasons)
    return Answer(line.id, Outcome.SUGGESTED, "B10", reasons, candidates=tuple(offered.values())[:_MOST])


def _candidates(line: Line, seen: Evidence, open_: Open) -> Iterator[Candidate]:
    for each in open_.payments_of(line.amount)[:3]:
        yield Candidate(f"the payment on the way of {each.on} has this amount", payment=each.id)
        yield from (Candidate(f"payment {each.id} is for it", invoice=share.invoice) for share in each.shares)
    for mention in seen.invoices:
        if open_.balance[mention.key] > 0:
            yield Candidate(mention.words or "named in full", invoice=mention.key)
            yield from _beside(line, mention, open_)
    for target in seen.doubtful:
        if target.kind is Kind.INVOICE:
            yield Candidate("what stands there could be its reference, or another", invoice=target.key)
        elif target.kind is Kind.CUSTOMER:
            yield from _of_customer(line, target.key, "what stands there could be the customer’s reference", open_)
    for mention in seen.customers:
        yield from _of_customer(line, mention.key, "the customer’s reference stands there", open_)
    for code in sorted(seen.payer.anyone):
        how = "people confirmed this payer before" if code in seen.payer.learned else "the customer’s name stands there"
        yield from _exactly(line, code, how, open_)
    for number in open_.owing(line.amount)[:4]:
        yield Candidate("its balance is this amount", invoice=number)


def _beside(line: Line, mention: Mention, open_: Open) -> Iterator[Candidate]:
    """Other invoices of the same customer that would explain the amount."""
    if open_.balance[mention.key] == line.amount:
        return
    owner = open_.invoice[mention.key].customer
    for chosen in sets_of([(each, open_.balance[each]) for each in open_.open_of(owner)], line.amount):
        for number in chosen:
            yield Candidate(TOGETHER, invoice=number)


def _exactly(line: Line, customer: str, how: str, open_: Open) -> Iterator[Candidate]:
    balances = [(each, open_.balance[each]) for each in open_.open_of(customer)]
    for chosen in sets_of(balances, line.amount):
        words = "its balance is this amount" if len(chosen) == 1 else TOGETHER
        for number in chosen:
            yield Candidate(f"{how}, and {words}", invoice=number)


def _of_customer(line: Line, customer: str, how: str, open_: Open) -> Iterator[Candidate]:
    yield from _exactly(line, customer, how, open_)
    for number in open_.open_of(customer)[:_MOST]:
        yield Candidate(how, invoice=number)


def _reasons(line: Line, seen: Evidence, open_: Open) -> Iterator[str]:
    for mention in seen.invoices:
        if not open_.balance[mention.key]:
            yield f"{mention.key} is named and paid already."
        elif mention.how < How.WHOLE and open_.balance[mention.key] != line.amount:
            yield f"{mention.words or mention.seen}, and the amount is not its balance."
        for payment in open_.announced(mention.key):
            if payment.amount != line.amount:
                yield f"The payment on the way for {mention.key} has another amount than what came."
    owners = {open_.invoice[each.key].customer for each in seen.invoices} | {each.key for each in seen.customers}
    if len(owners) > 1 or (owners and seen.payer.whole and not owners & seen.payer.anyone):
        yield "The evidence points to different customers."
    if seen.doubtful:
        yield "A reference is damaged and could be more than one."
    for stranger in seen.strangers:
        yield f"“{stranger}” looks like a reference and is none that is open."
