"""Accounting periods: months that close, stay closed, and are opened again by two people."""

from __future__ import annotations

from datetime import date, timedelta

from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.ledger.errors import PeriodClosed, SamePerson
from portal.ledger.models import Books, Closing
from portal.ledger.queries import books, findings
from portal.ledger.types import BooksInfo, ClosingInfo
from portal.platform import audit, idempotency
from portal.platform.db import db

CLOSE, ASK, REOPEN = "ledger.close", "ledger.ask_reopen", "ledger.reopen"
_MOST_MONTHS = 36
_MOST_SHOWN = 50


def demand_open(day: date) -> None:
    """Every posting asks this with its value date. Raises PeriodClosed for a day in a closed month.

    The answer holds until the transaction ends: closing waits for postings that are under way, and they for it.
    Source: docs/rules/ledger.md, L13.
    """
    closed = books.closed_until()
    if closed is not None and day <= closed:
        raise PeriodClosed(closed)


def standing() -> BooksInfo:
    """Up to which day the books are closed, and what was asked."""
    row = books.books()
    if row is None:
        return BooksInfo(None, None, None, None, "")
    return BooksInfo(row.closed_until, row.asked_until, row.asked_by_id, row.asked_at, row.asked_reason)


def history() -> list[ClosingInfo]:
    """What was closed and opened again, newest first."""
    return books.closings(_MOST_SHOWN)


def closable(now: BooksInfo | None = None) -> list[date]:
    """The month ends that may be closed now, earliest first: past months after the closed ones.

    now: how the books stand, where the caller knows it.
    """
    closed = (now or standing()).closed_until
    first = closed + timedelta(days=1) if closed else books.first_day()
    found: list[date] = []
    if first is None:
        return found
    end = month_end(first)
    while end < clock.today() and len(found) < _MOST_MONTHS:
        found.append(end)
        end = month_end(end + timedelta(days=1))
    return found


def reopenable(now: BooksInfo | None = None) -> list[date]:
    """The first days of closed months, latest first; opening one opens all after it. now: as above."""
    closed = (now or standing()).closed_until
    first = books.first_day() if closed else None
    found: list[date] = []
    while closed is not None and first is not None and closed >= first and len(found) < _MOST_MONTHS:
        found.append(closed.replace(day=1))
        closed = closed.replace(day=1) - timedelta(days=1)
    return found


def close(until: date, *, key: str, by: int) -> date:
    """Close the books up to the end of a month; gives that day. Flushes; audited.

    Raises BadInput for a day that is no end of a past month after the closed ones, Conflict while something in the
    books is broken and nobody lifted it. Source: docs/rules/ledger.md, L13.
    """
    row = books.lock_books()
    if (earlier := idempotency.answer_to(key, CLOSE)) is not None:
        return date.fromisoformat(str(earlier["until"]))
    if until != month_end(until) or until >= clock.today():
        raise BadInput("Books close at the end of a month that is over, like 31 Oct 2026.", field="until")
    if row.closed_until is not None and until <= row.closed_until:
        raise BadInput("The books are closed up to that day already.", field="until")
    if findings.any_parking():
        raise Conflict("Something in the books is broken. Mend it, or have a manager lift it; then close.")
    row.closed_until = until
    _forget_asking(row)
    _keep("closed", row, by=by, asked_by=None, reason="")
    idempotency.remember(key, CLOSE, {"until": until.isoformat()})
    return until


def ask_reopening(first: date, reason: str, *, key: str, by: int) -> None:
    """Ask to open the books again from the first day of a closed month on; another person decides. Flushes; audited.

    Raises BadInput without a reason or for a month that is not closed. Source: docs/rules/ledger.md, L14.
    """
    row = books.lock_books()
    if idempotency.answer_to(key, ASK) is not None:
        return
    if not reason.strip():
        raise BadInput("Say why; the auditor reads it.", field="reason")
    if row.closed_until is None or first > row.closed_until or first.day != 1:
        raise BadInput("Choose a month that is closed.", field="first")
    row.asked_until, row.asked_by_id, row.asked_at = first - timedelta(days=1), by, clock.now()
    row.asked_reason = reason.strip()[:500]
    db.session.flush()
    audit.record("books.reopening-asked", "books", after={"from": first.isoformat(), "reason": row.asked_reason})
    idempotency.remember(key, ASK, {"first": first.isoformat()})


def decide_reopening(agreed: bool, *, key: str, by: int) -> None:
    """A second person opens the books as asked, or does not. Flushes; audited.

    Raises SamePerson for whoever asked, Conflict when nothing is asked. Source: docs/rules/ledger.md, L14.
    """
    row = books.lock_books()
    if idempotency.answer_to(key, REOPEN) is not None:
        return
    if row.asked_until is None:
        raise Conflict("Nobody asks to open the books.")
    if agreed and row.asked_by_id == by:
        raise SamePerson("You asked for this yourself; another person has to open the books.")
    if agreed:
        row.closed_until = row.asked_until
        _keep("reopened", row, by=by, asked_by=row.asked_by_id, reason=row.asked_reason)
    else:
        audit.record("books.reopening-declined", "books", after={"reason": row.asked_reason})
    _forget_asking(row)
    db.session.flush()
    idempotency.remember(key, REOPEN, {"agreed": agreed})


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _forget_asking(row: Books) -> None:
    row.asked_until, row.asked_by_id, row.asked_at, row.asked_reason = None, None, None, ""


def _keep(deed: str, row: Books, *, by: int, asked_by: int | None, reason: str) -> None:
    until = row.closed_until
    db.session.add(
        Closing(deed=deed, closed_until=until, at=clock.now(), by_user_id=by, asked_by_id=asked_by, reason=reason)
    )
    db.session.flush()
    audit.record(f"books.{deed}", "books", after={"until": until.isoformat() if until else None, "reason": reason})
