"""Naming the columns of a file that no layout fits: shown as it would be read, kept for the account, known again."""

from __future__ import annotations

from collections.abc import Sequence

from portal.banking.errors import StatementRefused
from portal.banking.models import MappedColumns
from portal.banking.queries import mappings as rows
from portal.banking.queries import uploads
from portal.banking.service import importing
from portal.banking.service.uploading import content_of, look_again
from portal.banking.statements import mapped
from portal.banking.statements.headings import guessed
from portal.banking.statements.table import Row
from portal.banking.types.mappings import ROLES, ColumnMapping, NamedFile, Naming
from portal.banking.types.uploads import UploadInfo, UploadState
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.text import squeeze
from portal.ledger import service as ledger
from portal.platform import audit
from portal.platform.db import db, transaction

_SAMPLE, _SHOWN, _WIDEST = 6, 8, 40


def named(upload_id: int, naming: Naming | None = None) -> NamedFile:
    """A kept file as these columns make it, or as the portal guesses them. Reads only.

    Raises NotFound, StatementRefused for a file that is no table, IllegalMove for one that was imported.
    """
    info = _to_name(upload_id)
    account, all_rows = ledger.our_account(info.account_id), mapped.rows_of(content_of(info))
    naming = naming or _guess(all_rows)
    found = _as_they_stand(all_rows, naming)
    try:
        _check(naming, found.width)
        read = mapped.read_rows(all_rows, naming.heading - 1, naming.roles, clock.today(), turned=naming.turned)
        importing.demand_fit(read, account)
    except StatementRefused as error:
        return _with(found, problem=error.words, row=error.row)
    except BadInput as error:
        return _with(found, problem=error.words)
    return NamedFile(
        naming, found.headings, found.sample, found.width, read.lines[:_SHOWN], len(read.lines), read.proved
    )


def keep_naming(upload_id: int, name: str, naming: Naming, *, by: int) -> UploadInfo:
    """Keep the columns for this account's files with the same headings, and read the file by them.

    Raises BadInput for columns that make no statement, with what is wrong; NotFound, IllegalMove, StatementRefused.
    Source: docs/rules/bank-statements.md, S12.
    """
    info, found = _to_name(upload_id), named(upload_id, naming)
    if found.problem:
        raise BadInput(found.problem)
    all_rows = mapped.rows_of(content_of(info))
    signature = (
        mapped.signature_of(all_rows[naming.heading - 1].cells) if naming.heading else mapped.bare_signature(all_rows)
    )
    words = squeeze(name)[:80] or info.file_name[:80]

    def write() -> None:
        row = rows.lock_signature(info.account_id, signature)
        row = row or MappedColumns(bank_account_id=info.account_id, signature=signature)
        row.name, row.headings, row.roles, row.turned = words, list(found.headings), dict(naming.roles), naming.turned
        row.active, row.changed_at, row.changed_by = True, clock.now(), by
        db.session.add(row)
        db.session.flush()
        after = {"name": words, "roles": dict(naming.roles), "turned": naming.turned}
        audit.record("bank.columns_named", f"column_mapping:{row.id}", after=after)

    transaction(write)
    return look_again(upload_id, by=by)


def mappings() -> list[ColumnMapping]:
    """All columns that people named."""
    return rows.every()


def switch_mapping(mapping_id: int, on: bool, *, by: int) -> None:
    """Read files by these columns, or no more. Flushes; audited. Raises NotFound."""
    row = rows.lock_mapping(mapping_id)
    row.active, row.changed_at, row.changed_by = on, clock.now(), by
    db.session.flush()
    audit.record("bank.columns_switched", f"column_mapping:{mapping_id}", after={"active": on})


def _to_name(upload_id: int) -> UploadInfo:
    info = uploads.upload(upload_id)
    if info.state is UploadState.MADE:
        raise IllegalMove(f"upload {upload_id}", info.state.value, "read by other columns")
    return info


def _guess(all_rows: Sequence[Row]) -> Naming:
    at = mapped.heading_of(all_rows)
    roles = guessed(all_rows[at].cells) if at >= 0 else {}
    return Naming(at + 1, {role: column for role, column in roles.items() if role in ROLES})


def _as_they_stand(all_rows: Sequence[Row], naming: Naming) -> NamedFile:
    width = min(max((len(row.cells) for row in all_rows[: mapped.HEAD]), default=0), _WIDEST)
    below = [row for row in all_rows[naming.heading :] if any(cell.strip() for cell in row.cells)]
    sample = tuple((row.number, tuple(row.cell(at) for at in range(width))) for row in below[:_SAMPLE])
    headings = all_rows[naming.heading - 1].cells if 0 < naming.heading <= len(all_rows) else ()
    return NamedFile(naming, tuple(cell.strip() for cell in headings[:width]), sample, width)


def _check(naming: Naming, width: int) -> None:
    if not 0 <= naming.heading <= mapped.HEAD:
        raise BadInput(f"Headings stand in one of the first {mapped.HEAD} rows, or nowhere.", field="heading")
    if any(not 0 <= at < width for at in naming.roles.values()):
        raise BadInput("The file has fewer columns than that.")
    if len(set(naming.roles.values())) < len(naming.roles):
        raise BadInput("A column holds one thing only.")
    if "date" not in naming.roles:
        raise BadInput("Say which column holds the day.")
    if not {"amount", "credit", "debit"} & naming.roles.keys():
        raise BadInput("Say which column holds the amount, or money in and money out.")


def _with(found: NamedFile, *, problem: str, row: int | None = None) -> NamedFile:
    return NamedFile(found.naming, found.headings, found.sample, found.width, problem=problem, row=row)
