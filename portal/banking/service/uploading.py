"""A statement file is kept, read and shown; importing it then does exactly what was shown.

The bytes go to the store under their hash before anything is read, so that no file is lost, whatever is in it. The
store is asked outside any transaction; therefore these verbs bring their own.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.banking import statements
from portal.banking.errors import StatementRefused
from portal.banking.match import Answer, Line, Outcome
from portal.banking.models import StatementUpload
from portal.banking.queries import mappings, uploads
from portal.banking.service import importing, matching
from portal.banking.service.importing import Keyed
from portal.banking.statements.bytes_of import LARGEST
from portal.banking.types import Imported, ReadLine, Statement
from portal.banking.types.uploads import Fate, ShownLine, UploadInfo, UploadState
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.platform import audit, storage
from portal.platform.db import db, end_transaction, transaction

PAGE_SIZE = 50
SHOWN = 8
#: longer files are matched by the job after the import, since a person waits for this page
_MOST_MATCHED = 3_000
_FATES = {Outcome.MATCHED: Fate.ALONE, Outcome.IGNORED: Fate.ASIDE}


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found in a file: a statement and what would become of its lines, or why it is refused."""

    read: Statement | None = None
    refusal: StatementRefused | None = None
    lines: tuple[dict[str, Any], ...] = ()
    seen: str = ""
    gap: str = ""
    matched: bool = True


def look_at(content: bytes, file_name: str, account_id: int, *, by: int) -> UploadInfo:
    """Keep a file and say what importing it would do; nothing is imported. A refused file is kept as well.

    The same bytes for the same account are the same upload. Raises NotFound for the account, StatementRefused for
    what is empty or larger than any statement: only such is not kept.
    Source: docs/rules/bank-statements.md, S10 and S11.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise StatementRefused("The file is empty.")
    if len(content) > LARGEST:
        raise StatementRefused("The file is larger than 12 MB. Download a shorter period.")
    ledger.our_account(account_id)
    end_transaction()
    kept = storage.put(content)
    return _looked(content, kept.key, file_name, account_id, by)


def look_again(upload_id: int, *, by: int) -> UploadInfo:
    """Read a kept file once more. Raises NotFound, IllegalMove when it was imported."""
    row = uploads.upload(upload_id)
    if row.state is UploadState.MADE:
        raise IllegalMove(f"upload {upload_id}", row.state.value, UploadState.DRAFT.value)
    content = content_of(row)
    return _looked(content, f"documents/{row.sha256}", row.file_name, row.account_id, by)


def content_of(row: UploadInfo) -> bytes:
    """The bytes of a kept file, read outside any transaction."""
    end_transaction()
    return storage.read(f"documents/{row.sha256}")


def _looked(content: bytes, key: str, file_name: str, account_id: int, by: int) -> UploadInfo:
    found = _look(content, account_id)
    end_transaction()
    preview_key = storage.put(json.dumps(found.lines, ensure_ascii=False).encode()).key if found.lines else ""
    sha256 = hashlib.sha256(content).hexdigest()

    def write() -> UploadInfo:
        row = uploads.lock_by_hash(account_id, sha256)
        if row is not None and row.state == UploadState.MADE:
            return uploads.info(row)
        row = row or StatementUpload(bank_account_id=account_id, sha256=sha256, document_key=key, uploaded_by=by)
        row.file_name, row.preview_key = file_name[-160:], preview_key
        _write(row, found)
        db.session.add(row)
        db.session.flush()
        after = {"file": row.file_name, "state": row.state, "row": row.refused_row}
        audit.record("bank.file_looked_at", f"statement_upload:{row.id}", after=after)
        return uploads.info(row)

    return transaction(write)


def _look(content: bytes, account_id: int) -> _Look:
    account, known = ledger.our_account(account_id), mappings.in_force(account_id)
    try:
        read = statements.read(content, today=clock.today(), account=account.number, mappings=known)
        importing.demand_fit(read, account)
        keyed, already = importing.new_lines(read, account_id)
        importing.refuse_signed(account_id, keyed)
    except StatementRefused as error:
        return _Look(refusal=error)
    answers, fresh = _answers(account_id, read.currency, keyed), {key for key, _ in keyed}
    return _Look(
        read=read,
        lines=tuple(
            _as_json(line, answers.get(key), here=key not in fresh) for key, line in importing.keyed_lines(read)
        ),
        seen=seen_of(keyed),
        gap=importing.gap_of(read, account, already),
        matched=len(keyed) <= _MOST_MATCHED,
    )


def seen_of(keyed: Sequence[Keyed]) -> str:
    """A digest of what would be added."""
    return hashlib.sha256("\n".join(key for key, _ in keyed).encode()).hexdigest()


def _answers(account_id: int, currency: str, keyed: Sequence[Keyed]) -> dict[str, Answer]:
    if not keyed or len(keyed) > _MOST_MATCHED:
        return {}
    lines = [Line(key, line.on, line.amount.cents, line.description, line.reference or "") for key, line in keyed]
    return {answer.line: answer for answer in matching.answers_on(account_id, currency, lines)}


def _as_json(line: ReadLine, answer: Answer | None, *, here: bool) -> dict[str, Any]:
    fate = Fate.HERE if here else _FATES.get(answer.outcome, Fate.WAITS) if answer else Fate.WAITS
    return {
        "row": line.row, "day": line.on.isoformat(), "amount": line.amount.cents, "fee": line.fee.cents,
        "balance": None if line.balance is None else line.balance.cents, "description": line.description,
        "reference": line.reference or "", "fate": fate.value, "pays": _pays(answer),
        "why": answer.reasons[0] if answer and answer.reasons else "",
    }  # fmt: skip


def _pays(answer: Answer | None) -> str:
    if answer is None:
        return ""
    if answer.shares:
        return ", ".join(share.invoice for share in answer.shares)
    if answer.payment:
        return f"PAY-{int(answer.payment):06d}"
    return next((each.invoice for each in answer.candidates if each.invoice), "")


def _write(row: StatementUpload, found: _Look) -> None:
    read, counts = found.read, Counter(line["fate"] for line in found.lines)
    row.state = UploadState.REFUSED if found.refusal else UploadState.DRAFT
    row.refusal = found.refusal.words[:500] if found.refusal else ""
    row.refused_row = found.refusal.row if found.refusal else None
    row.layout, row.currency = (read.layout, read.currency) if read else ("", "ZAR")
    row.mapping_id = read.mapping_id if read else None
    row.alone, row.waits = counts[Fate.ALONE], counts[Fate.WAITS]
    row.aside, row.already = counts[Fate.ASIDE], counts[Fate.HERE]
    row.first_on = min((line.on for line in read.lines), default=None) if read else None
    row.last_on = max((line.on for line in read.lines), default=None) if read else None
    row.opening_cents = read.opening.cents if read and read.opening is not None else None
    row.closing_cents = read.closing.cents if read and read.closing is not None else None
    row.moved_cents = read.moved.cents if read else 0
    row.proved, row.matched = bool(read and read.proved), found.matched
    row.gap, row.seen, row.looked_at = found.gap[:300], found.seen, clock.now()


def import_upload(upload_id: int, *, seen: str, by: int) -> Imported:
    """Import a kept file, if that adds exactly the lines that the page showed. Sent twice, it imports once.

    seen: the digest that the page carried. Raises Conflict when other lines would be added by now, IllegalMove for a
    file that was refused, NotFound, StatementRefused. Source: docs/rules/bank-statements.md, S11.
    """
    info = uploads.upload(upload_id)
    if info.state is UploadState.MADE:
        return _made(info)
    if info.state is UploadState.REFUSED:
        raise IllegalMove(f"upload {upload_id}", info.state.value, UploadState.MADE.value)
    account, known = ledger.our_account(info.account_id), mappings.in_force(info.account_id)
    read = statements.read(content_of(info), today=clock.today(), account=account.number, mappings=known)

    def work() -> Imported:
        row = uploads.lock_upload(upload_id)
        if row.state == UploadState.MADE:
            return _made(uploads.info(row))
        keyed, _ = importing.new_lines(read, row.bank_account_id)
        if seen != row.seen or seen_of(keyed) != seen:
            raise Conflict("Lines of this file came another way in the meantime. Look at the file again.")
        made = importing.keep_statement(read, account, row.sha256, row.file_name, by=by)
        row.state, row.statement_id = UploadState.MADE, made.statement_id
        db.session.flush()
        return made

    return transaction(work)


def _made(info: UploadInfo) -> Imported:
    return Imported(info.statement_id or 0, info.layout, info.new, info.counts[Fate.HERE], info.gap)


def upload(upload_id: int) -> UploadInfo:
    """One upload. Raises NotFound."""
    return uploads.upload(upload_id)


def uploads_waiting() -> list[UploadInfo]:
    """Files that were looked at and not imported, newest first."""
    return uploads.waiting(SHOWN)


def shown_lines(info: UploadInfo, wanted: Fate | None, after: int) -> tuple[list[ShownLine], int | None]:
    """A page of what importing a file would do, from behind a place in it; and the next page's place."""
    kept: list[dict[str, Any]] = json.loads(storage.read(info.preview_key)) if info.preview_key else []
    shown: list[ShownLine] = []
    for place in range(max(after, 0), len(kept)):
        if wanted is None or kept[place]["fate"] == wanted:
            if len(shown) == PAGE_SIZE:
                return shown, place
            shown.append(_shown(kept[place], info.currency))
    return shown, None


def _shown(kept: dict[str, Any], currency: str) -> ShownLine:
    balance = kept["balance"]
    return ShownLine(
        row=kept["row"],
        day=date.fromisoformat(kept["day"]),
        amount=Money(kept["amount"], currency),
        fee=Money(kept["fee"], currency),
        balance=None if balance is None else Money(balance, currency),
        description=kept["description"],
        reference=kept["reference"],
        fate=Fate(kept["fate"]),
        pays=kept["pays"],
        why=kept["why"],
    )
