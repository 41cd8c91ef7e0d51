"""A statement file becomes lines: once, in one transaction, with what is missing beside it named."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal.banking import queries, statements
from portal.banking.errors import StatementRefused
from portal.banking.models import BankStatement
from portal.banking.queries import mappings
from portal.banking.queries import months as rows
from portal.banking.types import Imported, LineState, ReadLine, Statement
from portal.banking.types.months import month_of
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import BankAccountInfo
from portal.platform import audit, jobs
from portal.platform.db import db

MATCH = "banking.match"
#: a line with its content key
Keyed = tuple[str, ReadLine]


def import_statement(
    content: bytes, file_name: str, account_id: int, *, by: int | None = None, later: bool = True
) -> Imported:
    """Read, prove and keep a statement of one of our accounts. Flushes; the caller commits.

    The same line is kept once, however often its file comes; equal rows of one file are counted and stay several.
    Matching follows as a job of its own, unless not later: then the caller sees to it.
    Raises StatementRefused with the row, and NotFound for the account. Source: docs/rules/bank-statements.md, S7 to S9.
    """
    account = ledger.our_account(account_id)
    known = mappings.in_force(account_id)
    read = statements.read(content, today=clock.today(), account=account.number, mappings=known)
    return keep_statement(read, account, hashlib.sha256(content).hexdigest(), file_name, by=by, later=later)


def keep_statement(
    read: Statement, account: BankAccountInfo, sha256: str, file_name: str, *, by: int | None, later: bool = True
) -> Imported:
    """Keep a statement that was read: its new lines, what is missing beside it, and a job that matches them.

    Flushes. Raises StatementRefused when it does not fit the account. Source: docs/rules/bank-statements.md, S8 and S9.
    """
    demand_fit(read, account)
    first, last = days_of(read)
    rows.hold(account.id)
    keyed, already = new_lines(read, account.id)
    refuse_signed(account.id, keyed)
    row = BankStatement(
        bank_account_id=account.id, file_name=file_name[-160:], sha256=sha256,
        layout=read.layout, currency=read.currency, opening_cents=_cents(read.opening), closing_cents=_cents(read.closing),
        first_on=first, last_on=last, added=len(keyed), already=already, gap=gap_of(read, account, already)[:300],
        imported_at=clock.now(), imported_by=by,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _add([_row(row.id, account.id, key, line) for key, line in keyed])
    audit.record(
        "bank.imported", f"bank_statement:{row.id}",
        after={"account": account.masked, "layout": read.layout, "added": len(keyed), "already": already},
    )  # fmt: skip
    if keyed and later:
        jobs.enqueue(MATCH, {"statement_id": row.id}, dedupe=f"{MATCH}:{row.id}")
    return Imported(row.id, read.layout, len(keyed), already, row.gap)


def refuse_signed(account_id: int, keyed: list[Keyed]) -> None:
    """New lines in a month that is signed off are refused with the row of the first."""
    if not keyed:
        return
    days = [line.on for _, line in keyed]
    signed = rows.live_months(account_id, min(days), max(days))
    for _, line in keyed:
        if month_of(line.on) in signed:
            raise StatementRefused(
                f"Row {line.row} is new in {line.on:%B %Y}, which is signed off. Have the month opened again first.",
                line.row,
            )


def demand_fit(read: Statement, account: BankAccountInfo) -> None:
    """Raise StatementRefused for another currency than the account's, and for days that have not come."""
    if read.currency != account.currency:
        raise StatementRefused(f"The file is in {read.currency} and the account in {account.currency}.")
    if read.lines[-1].on > clock.today():
        raise StatementRefused("The statement has a day that has not come yet.", read.lines[-1].row)


def days_of(read: Statement) -> tuple[date, date]:
    """The first and the last day on which money moved."""
    return min(line.on for line in read.lines), max(line.on for line in read.lines)


def new_lines(read: Statement, account_id: int) -> tuple[list[Keyed], int]:
    """Lines that were never imported, each with its key, and how many were."""
    known = queries.keys_known(account_id, *days_of(read))
    keyed = [(key, line) for key, line in keyed_lines(read) if key not in known]
    return keyed, len(read.lines) - len(keyed)


def _add(rows: list[dict[str, object]]) -> None:
    try:
        queries.add_lines(rows)
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict("These lines are being imported at this moment. Import the file again to see that.") from error


def keyed_lines(read: Statement) -> list[Keyed]:
    """Each line with its content key: what it says, and which of its equals in the file it is."""
    seen: Counter[str] = Counter()
    keyed: list[Keyed] = []
    for line in read.lines:
        said = "\x1f".join(
            (line.on.isoformat(), str(line.amount.cents), str(line.fee.cents), line.description, line.reference or "")
        )
        seen[said] += 1
        keyed.append((hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest(), line))
    return keyed


def gap_of(read: Statement, account: BankAccountInfo, already: int) -> str:
    """What is missing between this statement and its neighbours; nothing can be said where they share lines."""
    if already:
        return ""
    before = queries.statement_before(account.id, read.lines[0].on)
    if before and before.closing_cents is not None and read.opening and read.opening.cents != before.closing_cents:
        ended = Money(before.closing_cents, read.currency)
        return (
            f"The statement before ends on {_shown(before.last_on)} with {ended} and this one begins with {read.opening}: "
            "lines between them are missing."
        )
    after = queries.statement_after(account.id, read.lines[-1].on)
    if after and after.opening_cents is not None and read.closing and read.closing.cents != after.opening_cents:
        begins = Money(after.opening_cents, read.currency)
        return (
            f"This statement ends with {read.closing} and the next begins on {_shown(after.first_on)} with {begins}: "
            "lines between them are missing."
        )
    return ""


def _shown(day: date) -> str:
    """``16 Mar 2026``."""
    return f"{day.day} {day:%b %Y}"


def _cents(amount: Money | None) -> int | None:
    return None if amount is None else amount.cents


def _row(statement_id: int, account_id: int, key: str, line: ReadLine) -> dict[str, object]:
    return {
        "statement_id": statement_id, "bank_account_id": account_id, "content_key": key, "row": line.row,
        "day": line.on, "currency": line.amount.currency, "amount_cents": line.amount.cents,
        "fee_cents": line.fee.cents, "balance_cents": _cents(line.balance), "description": line.description[:255],
        "reference": (line.reference or "")[:140], "state": LineState.IMPORTED.value, "rule": "", "reasons": [],
        "candidates": [], "shares": [], "linked": False, "reason": "", "attempt": 1, "version": 1,
    }  # fmt: skip
