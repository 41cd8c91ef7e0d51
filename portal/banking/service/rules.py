"""Rules that set lines aside: those that came with the portal, as staff changed them, and those that staff added."""

from __future__ import annotations

from dataclasses import replace

from portal.banking.match.aside import fee_rule, no_customers, reversal_rule
from portal.banking.match.rules import BUILT_IN, MOST_PHRASES, BadPhrase, Rules, check_phrase
from portal.banking.match.world import Line
from portal.banking.models import AsideRow
from portal.banking.queries import rules as rows
from portal.banking.types import LineInfo
from portal.banking.types.rules import AsideKind, AsideRule, Change, RuleInfo, Trial
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.text import squeeze
from portal.platform import audit
from portal.platform.db import db

#: lines that a rule is tried on, and how many of its hits a page shows
_TRIED, SHOWN_HITS = 2_000, 50
_OWN = "own-"
_MOST_RULES, _SHOWN_CHANGES = 100, 20
_CREDITS = (AsideKind.TRANSFER, AsideKind.INCOME)


def rules() -> list[RuleInfo]:
    """All rules in the order in which they are asked, those switched off among them."""
    written = {row.code: row for row in rows.written()}
    found = [_info(written.pop(each.code, None), each) for each in BUILT_IN]
    found += [_info(row, None) for row in written.values()]
    return sorted(found, key=lambda each: (each.rule.place, each.rule.code))


def in_force() -> tuple[AsideRule, ...]:
    """What matching is told. Source: docs/rules/reconciliation.md, B13."""
    return tuple(each.rule for each in rules() if each.rule.active)


def rule(code: str) -> RuleInfo:
    """One rule. Raises NotFound."""
    for each in rules():
        if each.rule.code == code:
            return each
    raise NotFound(f"no rule {code}")


def history_of(code: str) -> list[Change]:
    """What was changed about a rule and by whom, newest first."""
    return [Change(each.actor, each.at, each.after or {}) for each in audit.of(_subject(code), limit=_SHOWN_CHANGES)]


def checked(draft: AsideRule) -> AsideRule:
    """A rule as it was typed, made tidy. Raises BadInput for phrases that fit too much, too many or none."""
    phrases = tuple(dict.fromkeys(squeeze(each) for each in draft.phrases if squeeze(each)))
    if not phrases:
        raise BadInput("Write at least one phrase, like INTEREST or TRANSFER FROM * SAVINGS.", field="phrases")
    if len(phrases) > MOST_PHRASES:
        raise BadInput(f"A rule has at most {MOST_PHRASES} phrases; write a second one.", field="phrases")
    for phrase in phrases:
        try:
            check_phrase(phrase)
        except BadPhrase as error:
            raise BadInput(str(error), field="phrases") from None
    return replace(draft, phrases=phrases, name=squeeze(draft.name)[:80])


def write_rule(draft: AsideRule, *, seen: int, by: int) -> str:
    """Keep a rule as it was written and give its code; it holds for lines that are imported from now on. Flushes.

    draft.code: of the rule that is changed; empty adds one. seen: the version that the form was filled in from.
    Raises BadInput, NotFound, Conflict when somebody changed it meanwhile.
    """
    made = checked(draft)
    before = rule(made.code) if made.code else None
    row = rows.lock_rule(made.code) if made.code else None
    if (row.version - 1 if row is not None else 0) != seen:
        raise Conflict("This rule was changed in the meantime. Look at it again.")
    if row is None:
        row = AsideRow(code=made.code or _free_code())
    kind = before.rule.kind if before else made.kind
    row.kind, row.name, row.phrases = kind.value, made.name, list(made.phrases)
    row.place, row.active, row.changed_at, row.changed_by = made.place, made.active, clock.now(), by
    db.session.add(row)
    db.session.flush()
    after = replace(made, code=row.code, kind=kind)
    audit.record(
        "bank.rule_written", _subject(row.code), before=_facts(before.rule) if before else None, after=_facts(after)
    )
    return row.code


def try_rule(draft: AsideRule) -> Trial:
    """What the rule would have said about the lines that came last. Reads only. Raises BadInput."""
    made = replace(checked(draft), active=True)
    told, recent = Rules([made]), rows.recent_lines(_TRIED)
    return Trial(len(recent), tuple(each for each in recent if _fits(each, made.kind, told)))


def _fits(line: LineInfo, kind: AsideKind, told: Rules) -> bool:
    asked = Line(str(line.id), line.day, line.amount.cents, line.description, line.reference)
    if kind in _CREDITS:
        return asked.amount > 0 and no_customers(asked, told) is not None
    return (fee_rule(asked, told) or reversal_rule(asked, told)) is not None


def _free_code() -> str:
    taken = {row.code for row in rows.written()}
    if len(taken) >= _MOST_RULES:
        raise BadInput(f"There are {_MOST_RULES} rules already; add phrases to one of them.", field="name")
    return next(code for at in range(1, _MOST_RULES + 2) if (code := f"{_OWN}{at}") not in taken)


def _info(row: AsideRow | None, given: AsideRule | None) -> RuleInfo:
    if row is None:
        assert given is not None  # noqa: S101 - one of the two is there
        return RuleInfo(given, True, None, 0)
    made = AsideRule(row.code, AsideKind(row.kind), row.name, tuple(row.phrases), row.place, row.active)
    return RuleInfo(made, given is not None, row.changed_at, row.version)


def _facts(made: AsideRule) -> dict[str, object]:
    return {
        "kind": made.kind.value, "name": made.name, "phrases": list(made.phrases), "place": made.place,
        "active": made.active,
    }  # fmt: skip


def _subject(code: str) -> str:
    return f"aside_rule:{code}"
