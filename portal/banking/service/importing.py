"""A statement file becomes lines: once, in one transaction, with what is missing beside it named."""

from __future__ import annotations

import hashlib
from collections import Counter

from sqlalchemy.exc import IntegrityError

from portal.banking import queries, statements
from portal.banking.errors import StatementRefused
from portal.banking.models import BankStatement
from portal.banking.types import Imported, LineState, ReadLine, Statement
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import BankAccountInfo
from portal.platform import audit, jobs
from portal.platform.db import db

MATCH = "banking.match"


def import_statement(
    content: bytes, file_name: str, account_id: int, *, by: int | None = None, later: bool = True
) -> Imported:
    """Read, prove and keep a statement of one of our accounts. Flushes; the caller commits.

    The same line is kept once, however often its file comes; equal rows of one file are counted and stay several.
    Matching follows as a job of its own, unless not later: then the caller sees to it.
    Raises StatementRefused with the row, and NotFound for the account. Source: docs/rules/bank-statements.md, S7 to S9.
    """
    account = ledger.our_account(account_id)
    read = statements.read(content, today=clock.today(), account=account.number)
    if read.currency != account.currency:
        raise StatementRefused(f"The file is in {read.currency} and the account in {account.currency}.")
    if read.lines[-1].on > clock.today():
        raise StatementRefused("The statement has a day that has not come yet.", read.lines[-1].row)
    first, last = min(line.on for line in read.lines), max(line.on for line in read.lines)
    known = queries.keys_known(account_id, first, last)
    keyed = [(key, line) for key, line in _keyed(read) if key not in known]
    already = len(read.lines) - len(keyed)
    row = BankStatement(
        bank_account_id=account_id, file_name=file_name[-160:], sha256=hashlib.sha256(content).hexdigest(),
        layout=read.layout, currency=read.currency, opening_cents=_cents(read.opening), closing_cents=_cents(read.closing),
        first_on=first, last_on=last, added=len(keyed), already=already, gap=_gap(read, account, already)[:300],
        imported_at=clock.now(), imported_by=by,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _add([_row(row.id, account_id, key, line) for key, line in keyed])
    audit.record(
        "bank.imported", f"bank_statement:{row.id}",
        after={"account": account.masked, "layout": read.layout, "added": len(keyed), "already": already},
    )  # fmt: skip
    if keyed and later:
        jobs.enqueue(MATCH, {"statement_id": row.id}, dedupe=f"{MATCH}:{row.id}")
    return Imported(row.id, read.layout, len(keyed), already, row.gap)


def _add(rows: list[dict[str, object]]) -> None:
    try:
        queries.add_lines(rows)
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict("These lines are being imported at this moment. Import the file again to see that.") from error


def _keyed(read: Statement) -> list[tuple[str, ReadLine]]:
    """Each line with its content key: what it says, and which of its equals in the file it is."""
    seen: Counter[str] = Counter()
    keyed: list[tuple[str, ReadLine]] = []
    for line in read.lines:
        said = "\x1f".join(
            (line.on.isoformat(), str(line.amount.cents), str(line.fee.cents), line.description, line.reference or "")
        )
        seen[said] += 1
        keyed.append((hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest(), line))
    return keyed


def _gap(read: Statement, account: BankAccountInfo, already: int) -> str:
    """What is missing between this statement and its neighbours; nothing can be said where they share lines."""
    if already:
        return ""
    before = queries.statement_before(account.id, read.lines[0].on)
    if before and before.closing_cents is not None and read.opening and read.opening.cents != before.closing_cents:
        ended = Money(before.closing_cents, read.currency)
        return (
            f"The statement before ends on {before.last_on} with {ended} and this one begins with {read.opening}: "
            "lines between them are missing."
        )
    after = queries.statement_after(account.id, read.lines[-1].on)
    if after and after.opening_cents is not None and read.closing and read.closing.cents != after.opening_cents:
        begins = Money(after.opening_cents, read.currency)
        return (
            f"This statement ends with {read.closing} and the next begins on {after.first_on} with {begins}: "
            "lines between them are missing."
        )
    return ""


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
