"""A month of a bank account is signed off when every line has its answer; opening it again takes two people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal.banking.errors import MonthSigned
from portal.banking.models import ReconciledMonth
from portal.banking.queries import months as rows
from portal.banking.service import suspense
from portal.banking.types.months import Figures, MonthInList, SignedMonth, last_of, month_of
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.platform import audit, idempotency
from portal.platform.db import db

SIGN, ASK, DECIDE = "banking.sign-month", "banking.ask-month", "banking.decide-month"
_MOST, _AT_ONCE = 60, 500


def demand_open(account_id: int, days: Iterable[date]) -> None:
    """Hold the account and raise MonthSigned when one of these days lies in a month that is signed off.

    Source: docs/rules/reconciliation.md, B17.
    """
    rows.hold(account_id)
    wanted = list(days)
    if not wanted:
        return
    signed = rows.live_months(account_id, min(wanted), max(wanted))
    if found := sorted({month_of(day) for day in wanted} & signed):
        raise MonthSigned(found[0])


def months() -> list[MonthInList]:
    """Months in which money moved, the latest first, each with how it was signed off where it was."""
    signed = {(each.account_id, each.month): each for each in rows.signed(live=True)}
    return [replace(each, signed=signed.get((each.account_id, each.month))) for each in rows.known(_MOST)]


def figures(account_id: int, month: date) -> Figures:
    """What a month comes to as it stands now."""
    return rows.figures(account_id, month)


def signings(account_id: int, month: date) -> list[SignedMonth]:
    """How often a month was signed off, the latest first."""
    return [each for each in rows.signed(account_id) if each.month == month]


def signed_month(signed_id: int) -> SignedMonth:
    """One month as it was signed off. Raises NotFound."""
    return rows.by_id(signed_id)


def sign(account_id: int, month: date, note: str, *, seen: int, key: str, by: int, name: str) -> SignedMonth:
    """Sign a month off as it stands; from now on its lines stay as they are. Flushes; audited.

    seen: the unexplained cents that the page showed. note: needed where something stays unexplained.
    Raises BadInput for a month that is not over, has no lines or lines nobody decided, Conflict when it was signed
    off meanwhile or the figures changed. Source: docs/rules/reconciliation.md, B16.
    """
    ledger.our_account(account_id)
    rows.hold(account_id)
    if (earlier := idempotency.answer_to(key, SIGN)) is not None:
        return rows.by_id(int(earlier["id"]))
    found = rows.figures(account_id, month)
    _check(found, month, note)
    if found.unexplained != seen:
        raise Conflict("The figures changed since the page was shown. Look at them again.")
    row = ReconciledMonth(
        bank_account_id=account_id, month=month, live=1, figures=found.as_json(), note=note.strip()[:500],
        signed_by=by, signed_name=name[:120], signed_at=clock.now(), asked_reason="",
    )  # fmt: skip
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict("This month was signed off meanwhile.") from error
    after = {"month": month.isoformat(), "unexplained": found.unexplained, "lines": found.lines, "note": row.note}
    audit.record("bank.month_signed", _subject(row), after=after)
    idempotency.remember(key, SIGN, {"id": row.id})
    return rows.info(row)


def _check(found: Figures, month: date, note: str) -> None:
    if last_of(month) >= clock.today():
        raise BadInput("The month is not over yet.", field="note")
    if not found.lines:
        raise BadInput("No line of this month was imported.", field="note")
    if not found.all_decided:
        raise BadInput(f"{found.left + found.moving} lines still wait for an answer.", field="note")
    if (found.unexplained or not found.chained) and not note.strip():
        raise BadInput("Say why something stays unexplained; the auditor reads it.", field="note")


def ask_reopening(signed_id: int, reason: str, *, key: str, by: int) -> SignedMonth:
    """Ask to open a month again; another person decides. Flushes; audited. Raises BadInput, Conflict.

    Source: docs/rules/reconciliation.md, B18.
    """
    row = _held(signed_id)
    if idempotency.answer_to(key, ASK) is not None:
        return rows.info(row)
    if not reason.strip():
        raise BadInput("Say why; the second person and the auditor read it.", field="reason")
    if row.live != 1:
        raise Conflict("This month is open already.")
    row.asked_by, row.asked_at, row.asked_reason = by, clock.now(), reason.strip()[:500]
    db.session.flush()
    audit.record("bank.month_reopening_asked", _subject(row), after={"reason": row.asked_reason})
    idempotency.remember(key, ASK, {"id": row.id})
    return rows.info(row)


def decide_reopening(signed_id: int, agreed: bool, *, key: str, by: int) -> SignedMonth:
    """A second person opens a month as asked, or does not. Flushes; audited.

    Raises SamePerson for whoever asked, Conflict when nobody asks. Source: docs/rules/reconciliation.md, B18.
    """
    row = _held(signed_id)
    if idempotency.answer_to(key, DECIDE) is not None:
        return rows.info(row)
    if row.live != 1 or row.asked_by is None:
        raise Conflict("Nobody asks to open this month.")
    if agreed and row.asked_by == by:
        raise SamePerson("You asked for this yourself; another person has to open the month.")
    reason = row.asked_reason
    if agreed:
        row.live, row.reopened_by, row.reopened_at = None, by, clock.now()
    else:
        row.asked_by, row.asked_at, row.asked_reason = None, None, ""
    db.session.flush()
    audit.record("bank.month_reopened" if agreed else "bank.month_stays", _subject(row), after={"reason": reason})
    idempotency.remember(key, DECIDE, {"agreed": agreed})
    return rows.info(row)


def suspend_rest(account_id: int, month: date, *, by: int) -> int:
    """Put all money of a month that came in and nobody decided into suspense; how many lines. Flushes.

    Source: docs/rules/reconciliation.md, B14.
    """
    waiting = rows.open_lines(account_id, month, _AT_ONCE)
    for line_id in waiting:
        suspense.suspend(line_id, "Unknown at the end of the month", by=by)
    return len(waiting)


def _held(signed_id: int) -> ReconciledMonth:
    rows.hold(rows.by_id(signed_id).account_id)
    return rows.lock(signed_id)


def _subject(row: ReconciledMonth) -> str:
    return f"bank_account:{row.bank_account_id}/{row.month:%Y-%m}"
