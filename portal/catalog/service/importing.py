"""Tables that staff upload: shown first, then written a thousand rows at a time (docs/rules/imports.md)."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.catalog.models import CatalogImport
from portal.catalog.queries import bulk
from portal.catalog.reader import sheets
from portal.catalog.service import price_rows, product_rows, rate_rows
from portal.catalog.types import COLUMNS, ROWS_AT_ONCE, ImportInfo, ImportKind, ImportState, Outcome, RowPlan
from portal.catalog.types.money_rows import PRICE_COLUMNS, RATE_COLUMNS
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove, NotFound
from portal.platform import audit, jobs, storage
from portal.platform.db import db, end_transaction

JOB = "catalog.import"
_PAGE = 50
log = logging.getLogger("portal.catalog")
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the rows of one kind of table are read and written. needed: the columns that every file has."""

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    plans: Callable[[Rows, int, int | None], Iterator[RowPlan]]
    save: Callable[[Rows, int, int, str], tuple[int, int]]


_KINDS = {
    ImportKind.PRODUCTS: _Kind(COLUMNS, ("code",), product_rows.plans, product_rows.save),
    ImportKind.PRICES: _Kind(PRICE_COLUMNS, ("list", "code", "price"), price_rows.plans, price_rows.save),
    ImportKind.RATES: _Kind(RATE_COLUMNS, ("day", "rate"), rate_rows.plans, rate_rows.save),
}


def columns_of(kind: ImportKind) -> tuple[str, ...]:
    """The columns that a table of this kind may have."""
    return _KINDS[kind].columns


def read_table(data: bytes, file_name: str, *, by: str, kind: ImportKind = ImportKind.PRODUCTS) -> ImportInfo:
    """Keep an uploaded table and count what it would do; nothing of the catalogue changes.

    Its rows are stored before the transaction's first statement. Raises NotATable, BadInput.
    Source: docs/rules/imports.md I1 to I4.
    """
    rows = sheets.rows_of(data)
    if not rows:
        raise BadInput("The file has a first line and no rows.", field="file")
    for name in _KINDS[kind].needed:
        if name not in rows[0]:
            columns = ", ".join(columns_of(kind))
            raise BadInput(f"The file has no column “{name}”. Its columns may be: {columns}.", field="file")
    end_transaction()
    kept = storage.put(json.dumps(rows, ensure_ascii=False).encode())
    counts = Counter(each.outcome for each in _KINDS[kind].plans(rows, 0, None))
    row = CatalogImport(
        kind=kind.value, file_name=file_name[:160], rows_key=kept.key, state=ImportState.PREVIEW.value, row_count=len(rows), by=by,
        new_count=counts[Outcome.NEW], changed_count=counts[Outcome.CHANGED],
        unchanged_count=counts[Outcome.UNCHANGED], wrong_count=counts[Outcome.WRONG], created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("catalog.import-read", f"import:{row.id}", after={"file": row.file_name, "rows": row.row_count})
    return bulk.import_info(row)


def imports(kind: ImportKind = ImportKind.PRODUCTS) -> list[ImportInfo]:
    """The last imports of a kind, newest first."""
    return bulk.last_imports(kind)


def an_import(import_id: int) -> ImportInfo:
    """One import. Raises NotFound."""
    row = bulk.an_import(import_id)
    if row is None:
        raise NotFound(f"no import {import_id}")
    return bulk.import_info(row)


def preview(import_id: int, wanted: Outcome | None, after: int) -> tuple[list[RowPlan], int | None]:
    """A page of what an import's rows would do now, from behind a place in the file; and the next page's place.

    wanted: only rows with this outcome. Raises NotFound.
    """
    row = bulk.an_import(import_id)
    if row is None:
        raise NotFound(f"no import {import_id}")
    rows, plans = _rows(row.rows_key), _KINDS[ImportKind(row.kind)].plans
    shown: list[RowPlan] = []
    for start in range(max(after, 0), len(rows), ROWS_AT_ONCE):
        for place, each in enumerate(plans(rows, start, start + ROWS_AT_ONCE), start):
            if wanted is None or each.outcome is wanted:
                if len(shown) == _PAGE:
                    return shown, place
                shown.append(each)
    return shown, None


def start(import_id: int) -> None:
    """Write an import's rows from now on, in the background; wrong rows are passed over.

    Raises NotFound, IllegalMove when it was started before.
    """
    row = bulk.lock_import(import_id)
    if row is None:
        raise NotFound(f"no import {import_id}")
    if row.state != ImportState.PREVIEW:
        raise IllegalMove(f"import {import_id}", row.state, ImportState.RUNNING.value)
    row.state = ImportState.RUNNING.value
    db.session.flush()
    audit.record("catalog.import-started", f"import:{import_id}")
    _ring(row)


def _ring(row: CatalogImport) -> None:
    payload = {"import_id": row.id, "position": row.position}
    jobs.enqueue(JOB, payload, dedupe=f"{JOB}:{row.id}:{row.position}")


def rows_at(import_id: int) -> list[dict[str, str]]:
    """All rows of an import; read outside any transaction."""
    found = bulk.an_import(import_id)
    key = found.rows_key if found else ""
    end_transaction()
    return _rows(key) if key else []


def write_rows(import_id: int, position: int, rows: Sequence[Mapping[str, str]]) -> None:
    """Write the next thousand rows and ask for those after them, all in the caller's one transaction.

    A part that is written already is left alone, so that a job may run twice. Source: docs/rules/imports.md I5.
    """
    row = bulk.lock_import(import_id)
    if row is None or row.state != ImportState.RUNNING or row.position != position:
        return
    end = position + ROWS_AT_ONCE
    started = time.perf_counter()
    updated, inserted = _KINDS[ImportKind(row.kind)].save(rows, position, end, row.by)
    seconds = time.perf_counter() - started
    row.position = min(end, row.row_count)
    if row.position < row.row_count:
        _ring(row)
    else:
        row.state, row.finished_at = ImportState.DONE.value, clock.now()
    db.session.flush()
    after = {"from": position, "updated": updated, "inserted": inserted}
    audit.record("catalog.import-written", f"import:{import_id}", after=after)
    log.info("Bulk save completed in %.3fs: Updated %d lines, Inserted %d new lines", seconds, updated, inserted)


def _rows(key: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(storage.read(key))
    return found
