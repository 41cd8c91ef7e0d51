"""Products, prices and stock from a table: shown first, then written a thousand rows at a time (docs/rules/imports.md)."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.catalog.models import CatalogImport
from portal.catalog.queries import bulk, goods, search
from portal.catalog.reader import sheets
from portal.catalog.service import shelving
from portal.catalog.service.goods import words_of
from portal.catalog.types import (
    COLUMNS,
    ROWS_AT_ONCE,
    ImportInfo,
    ImportState,
    Outcome,
    ProductDraft,
    ProductInfo,
    RowPlan,
    plan,
)
from portal.core import clock, text
from portal.core.errors import BadInput, IllegalMove, NotFound
from portal.platform import audit, jobs, storage
from portal.platform.db import db, end_transaction

JOB = "catalog.import"
_PAGE = 50
log = logging.getLogger("portal.catalog")


def read_table(data: bytes, file_name: str, *, by: str) -> ImportInfo:
    """Keep an uploaded table and count what it would do; nothing of the catalogue changes.

    Its rows are stored before the transaction's first statement. Raises NotATable, BadInput.
    Source: docs/rules/imports.md I1 to I4.
    """
    rows = sheets.rows_of(data)
    if not rows:
        raise BadInput("The file has a first line and no rows.", field="file")
    if "code" not in rows[0]:
        raise BadInput(f"The file has no column “code”. Its columns may be: {', '.join(COLUMNS)}.", field="file")
    end_transaction()
    kept = storage.put(json.dumps(rows, ensure_ascii=False).encode())
    counts = Counter(each.outcome for each in _plans(rows))
    row = CatalogImport(
        file_name=file_name[:160], rows_key=kept.key, state=ImportState.PREVIEW.value, row_count=len(rows), by=by,
        new_count=counts[Outcome.NEW], changed_count=counts[Outcome.CHANGED],
        unchanged_count=counts[Outcome.UNCHANGED], wrong_count=counts[Outcome.WRONG], created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("catalog.import-read", f"import:{row.id}", after={"file": row.file_name, "rows": row.row_count})
    return bulk.import_info(row)


def imports() -> list[ImportInfo]:
    """The last imports, newest first."""
    return bulk.last_imports()


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
    rows = _rows(row.rows_key)
    shown: list[RowPlan] = []
    for start in range(max(after, 0), len(rows), ROWS_AT_ONCE):
        for place, each in enumerate(_plans(rows, start, start + ROWS_AT_ONCE), start):
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
    updated, inserted = _save(rows, position, end, by=row.by)
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


def _save(rows: Sequence[Mapping[str, str]], start: int, end: int, *, by: str) -> tuple[int, int]:
    """Write a part of the rows; how many products were changed and how many are new."""
    bulk.lock_by_sku(row.get("code", "").upper() for row in rows[start:end])
    plans = [each for each in _plans(rows, start, end) if each.outcome in {Outcome.NEW, Outcome.CHANGED}]
    shelves = {each.slug: each.id for each in goods.categories()}
    old = bulk.raw(each.sku for each in plans)
    changed = [each for each in plans if each.outcome is Outcome.CHANGED]
    new = [each for each in plans if each.outcome is Outcome.NEW]
    bulk.update_products([_values(each, shelves, old[each.sku]) for each in changed])
    bulk.insert_products(_with_addresses([_values(each, shelves, None) for each in new]))
    found = bulk.by_sku(each.sku for each in plans)
    described = [each for each in plans if any(change.field not in _WORDLESS for change in each.changes)]
    search.write_words({found[each.sku].id: words_of(each.draft) for each in described if each.draft})
    shelving.take_over({found[each.sku].id: (each.on_hand, each.reorder_level) for each in plans}, "imported", by=by)
    return len(changed), len(new)


#: Fields that are not among the words a product is found by.
_WORDLESS = frozenset(
    {"category", "unit", "pieces", "price", "price_usd", "vat", "on_sale", "on_hand", "reorder_level"}
)


def _values(row: RowPlan, shelves: Mapping[str, int], old: dict[str, Any] | None) -> dict[str, Any]:
    draft = row.draft
    if draft is None:
        raise ValueError("a wrong row is not written")
    base = old or {
        "sku": draft.sku, "slug": text.slug(draft.name), "created_at": clock.now(), "version": 0, "picture_key": None,
        "picture_hash": None, "specs": None,
    }  # fmt: skip
    return {
        **base,
        "name": draft.name,
        "description": draft.description,
        "category_id": shelves[draft.category],
        "unit": draft.unit,
        "pack": draft.pack,
        "pack_size": draft.pack_size,
        "price_cents": draft.price.cents,
        "currency": draft.price.currency,
        "usd_cents": draft.usd.cents if draft.usd else None,
        "vat_code": draft.vat_code.value,
        "active": draft.active,
        "barcode": draft.barcode,
        "hazardous": draft.hazardous,
        "un_number": draft.un_number,
        "version": int(base["version"]) + 1,
    }


def _with_addresses(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New products at addresses that nobody has: where a name is taken, the code stands behind it."""
    taken = bulk.slugs_taken(row["slug"] for row in rows)
    for row in rows:
        if row["slug"] in taken:
            row["slug"] = f"{row['slug']}-{text.slug(row['sku'])}"
        taken.add(row["slug"])
    return rows


def _rows(key: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(storage.read(key))
    return found


def _plans(rows: Sequence[Mapping[str, str]], start: int = 0, end: int | None = None) -> Iterator[RowPlan]:
    """What rows would do as the catalogue stands; a code or barcode that stands in the file twice is wrong there."""
    first_of: dict[str, str] = {}
    for row in rows:
        first_of.setdefault(row.get("code", "").upper(), row.get("#", ""))
        if row.get("barcode"):
            first_of.setdefault(f"barcode {row['barcode']}", row.get("#", ""))
    shelves = {key: each.slug for each in goods.categories() for key in (each.name.casefold(), each.slug)}
    some = rows[start:end]
    for at in range(0, len(some), ROWS_AT_ONCE):
        part = some[at : at + ROWS_AT_ONCE]
        known = bulk.by_sku(row.get("code", "").upper() for row in part)
        owners = bulk.owners_of(row.get("barcode", "") for row in part if row.get("barcode"))
        for row in part:
            yield _checked(row, known, owners, first_of, shelves)


def _checked(
    row: Mapping[str, str],
    known: Mapping[str, ProductInfo],
    owners: Mapping[str, str],
    first_of: Mapping[str, str],
    shelves: Mapping[str, str],
) -> RowPlan:
    sku = row.get("code", "").upper()
    made = plan(row, known.get(sku), shelves, sheets.FORMULA)
    barcode = made.draft.barcode if isinstance(made.draft, ProductDraft) else None
    reasons = []
    if first_of[sku] != row.get("#", ""):
        reasons.append(f"code: it stands in line {first_of[sku]} already")
    if barcode and row.get("barcode") and first_of[f"barcode {row['barcode']}"] != row.get("#", ""):
        reasons.append(f"barcode: it stands in line {first_of['barcode ' + row['barcode']]} already")
    if barcode and owners.get(barcode, sku) != sku:
        reasons.append(f"barcode: {owners[barcode]} has it")
    if not reasons:
        return made
    return replace(made, outcome=Outcome.WRONG, changes=(), reasons=(*made.reasons, *reasons), draft=None)
