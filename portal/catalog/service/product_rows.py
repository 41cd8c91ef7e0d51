"""Rows of products, prices and stock: what they would do, and how they are written (docs/rules/imports.md I2 to I5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.catalog.queries import bulk, goods, search
from portal.catalog.reader import sheets
from portal.catalog.service import shelving
from portal.catalog.service.goods import words_of
from portal.catalog.types import ROWS_AT_ONCE, Outcome, ProductDraft, ProductInfo, RowPlan, plan
from portal.core import clock, text


def save(rows: Sequence[Mapping[str, str]], start: int, end: int, by: str) -> tuple[int, int]:
    """Write a part of the rows; how many products were changed and how many are new."""
    bulk.lock_by_sku(row.get("code", "").upper() for row in rows[start:end])
    made = [each for each in plans(rows, start, end) if each.outcome in {Outcome.NEW, Outcome.CHANGED}]
    shelves = {each.slug: each.id for each in goods.categories()}
    old = bulk.raw(each.sku for each in made)
    changed = [each for each in made if each.outcome is Outcome.CHANGED]
    new = [each for each in made if each.outcome is Outcome.NEW]
    bulk.update_products([_values(each, shelves, old[each.sku]) for each in changed])
    bulk.insert_products(_with_addresses([_values(each, shelves, None) for each in new]))
    found = bulk.by_sku(each.sku for each in made)
    described = [each for each in made if any(change.field not in _WORDLESS for change in each.changes)]
    search.write_words({found[each.sku].id: words_of(each.draft) for each in described if each.draft})
    shelving.take_over({found[each.sku].id: (each.on_hand, each.reorder_level) for each in made}, "imported", by=by)
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


def plans(rows: Sequence[Mapping[str, str]], start: int = 0, end: int | None = None) -> Iterator[RowPlan]:
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
