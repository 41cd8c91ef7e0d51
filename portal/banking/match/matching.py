"""All lines of a statement, one after the other (docs/rules/reconciliation.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.banking.match import aside, certain, suggesting
from portal.banking.match.evidence import Evidence, Reader
from portal.banking.match.rules import Rules
from portal.banking.match.state import Open
from portal.banking.match.world import Answer, Case, Line, Outcome


def match(case: Case) -> list[Answer]:
    """An answer for every line, in order; each line sees what those before it used up. Pure: the case is the world."""
    return list(answers(case))


def answers(case: Case) -> Iterator[Answer]:
    """The same, one at a time."""
    reader, open_, rules = Reader(case), Open(case), Rules(case.rules)
    back = aside.taken_back(case.lines, rules)
    undone = set(back.values())
    for line in case.lines:
        if line.amount <= 0:
            yield _no_receipt(line, back.get(line.id), rules)
        elif line.id in undone:
            yield Answer(line.id, Outcome.UNMATCHED, "B3", ("A later line of this statement takes it back.",))
        else:
            answer = _receipt(line, reader.read(line, open_.owing(line.amount)), open_, case.accounts, rules)
            open_.use(answer)
            yield answer


def _no_receipt(line: Line, undone: str | None, rules: Rules) -> Answer:
    if undone is not None:
        words = "The bank takes back an earlier payment."
        return Answer(line.id, Outcome.IGNORED, "B3", (words,), takes_back=undone)
    if fee := aside.fee_rule(line, rules):
        return Answer(line.id, Outcome.IGNORED, "B2", (f"{fee.name}.",))
    if aside.reversal_rule(line, rules):
        words = "The bank takes back a payment that is not in this statement."
        return Answer(line.id, Outcome.IGNORED, "B3", (words,))
    return Answer(line.id, Outcome.IGNORED, "B2", ("Money that left the account.",))


def _receipt(line: Line, seen: Evidence, open_: Open, accounts: Sequence[str], rules: Rules) -> Answer:
    if seen.names_nothing and not seen.payer.whole and (words := _set_aside(line, accounts, rules)):
        return Answer(line.id, Outcome.IGNORED, "B4", (words,))
    return certain.decide(line, seen, open_) or suggesting.suggest(line, seen, open_)


def _set_aside(line: Line, accounts: Sequence[str], rules: Rules) -> str:
    if aside.own_account(line, accounts):
        return "A transfer from another account of ours."
    rule = aside.no_customers(line, rules)
    return f"{rule.name}." if rule else ""
