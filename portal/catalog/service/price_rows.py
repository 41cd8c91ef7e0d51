"""Rows of price lists: what they would do, and how they are written (docs/rules/imports.md I6, I7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from portal.accounts import service as accounts
from portal.catalog.models import PriceList
from portal.catalog.queries import money_rows as queries
from portal.catalog.queries import prices
from portal.catalog.reader import sheets
from portal.catalog.types import ROWS_AT_ONCE, Outcome, RowPlan
from portal.catalog.types.money_rows import KnownList, ListFacts, SaidList, list_key, price_plan, said_of, wanted_list
from portal.platform import audit
from portal.platform.db import db

Rows = Sequence[Mapping[str, str]]


def plans(rows: Rows, start: int = 0, end: int | None = None) -> Iterator[RowPlan]:
    """What rows would do as the lists stand; a price that stands in the file twice is wrong there."""
    first_of: dict[tuple[str, str, str], str] = {}
    for row in rows:
        first_of.setdefault(_place(row), row.get("#", ""))
    said = said_of(rows)
    wanted, faults = _wanted(said)
    some = rows[start:end]
    for at in range(0, len(some), ROWS_AT_ONCE):
        part = some[at : at + ROWS_AT_ONCE]
        skus = {row.get("code", "").upper() for row in part}
        known = _known({list_key(row.get("list", "")) for row in part}, skus)
        products = {sku: name for sku, (_, name) in queries.names_of(skus).items()}
        for row in part:
            key = list_key(row.get("list", ""))
            made = price_plan(row, said[key], known.get(key), wanted.get(key), faults[key], products, sheets.FORMULA)
            yield _once(made, first_of[_place(row)], row.get("#", ""))


def _place(row: Mapping[str, str]) -> tuple[str, str, str]:
    return list_key(row.get("list", "")), row.get("code", "").upper(), row.get("from_quantity", "") or "1"


def _once(made: RowPlan, first: str, line: str) -> RowPlan:
    if made.outcome is Outcome.WRONG or first == line:
        return made
    words = f"code: the same price stands in line {first} already"
    return replace(made, outcome=Outcome.WRONG, changes=(), reasons=(words,), listed=None)


def _wanted(said: Mapping[str, SaidList]) -> tuple[dict[str, ListFacts], dict[str, list[str]]]:
    """Each list of the table as it would be, and what is wrong with it."""
    facts = _facts(queries.all_lists(), said)
    codes = {
        code
        for each in said.values()
        for code in each.cells.get("customers", "").replace(",", " ").replace(";", " ").upper().split()
    }
    there = set(accounts.ids_by_code(codes)) if codes else set()
    wanted: dict[str, ListFacts] = {}
    faults: dict[str, list[str]] = {}
    for key, each in said.items():
        made, faults[key] = wanted_list(each, facts.get(key), there)
        if made is not None:
            wanted[key] = made
    return wanted, faults


def _facts(lists: Iterable[PriceList], keys: Iterable[str]) -> dict[str, ListFacts]:
    """The lists that there are among these, by key."""
    wanted = set(keys)
    mine = [each for each in lists if list_key(each.name) in wanted]
    owners = queries.customers_of_lists(each.id for each in mine)
    names = accounts.customers_by_id({number for each in owners.values() for number in each})
    return {
        list_key(each.name): ListFacts(
            each.name, each.currency, each.valid_from, each.valid_to, each.everybody,
            frozenset(names[number].code for number in owners[each.id] if number in names),
        )
        for each in mine
    }  # fmt: skip


def _known(keys: set[str], skus: set[str]) -> dict[str, KnownList]:
    """The lists that there are among these, with their prices of these products."""
    lists = {each.id: each for each in queries.all_lists() if list_key(each.name) in keys}
    facts = _facts(lists.values(), keys)
    found: dict[str, dict[tuple[str, int], int]] = {key: {} for key in facts}
    for (list_id, sku, quantity), (_, cents) in queries.prices_of_lists(lists, skus).items():
        found[list_key(lists[list_id].name)][sku, quantity] = cents
    return {key: KnownList(each, found[key]) for key, each in facts.items()}


def save(rows: Rows, start: int, end: int, by: str) -> tuple[int, int]:
    """Write a part of the rows: lists that are new or change, then their prices; how many changed and how many are new."""
    said = said_of(rows)
    keys = {list_key(row.get("list", "")) for row in rows[start:end]}
    ids = {list_key(each.name): each.id for each in queries.all_lists() if list_key(each.name) in keys}
    for list_id in sorted(ids.values()):
        prices.lock_list(list_id)
    made = [each for each in plans(rows, start, end) if each.outcome in {Outcome.NEW, Outcome.CHANGED}]
    wanted, _ = _wanted(said)
    for key in sorted({list_key(each.listed.list_name) for each in made if each.listed is not None}):
        ids[key] = _write_list(ids.get(key), wanted[key], by)
    _write_prices(made, ids)
    for key, count in Counter(list_key(each.listed.list_name) for each in made if each.listed is not None).items():
        audit.record("price-list.imported", f"price-list:{ids[key]}", after={"prices": count, "by": by})
    changed = sum(each.outcome is Outcome.CHANGED for each in made)
    return changed, len(made) - changed


def _write_list(list_id: int | None, facts: ListFacts, by: str) -> int:
    """A list as the table wants it; the list, when there is one, is locked."""
    row = prices.price_list(list_id) if list_id is not None else None
    before = None if row is None else _facts([row], [list_key(row.name)])[list_key(row.name)]
    if row is not None and before == facts:
        return row.id
    if row is None:
        row = PriceList(name=facts.name, currency=facts.currency)
        db.session.add(row)
    row.valid_from, row.valid_to, row.everybody = facts.first_day, facts.last_day, facts.everybody
    db.session.flush()
    ids = accounts.ids_by_code(facts.customers | (before.customers if before else frozenset()))
    for code in sorted(facts.customers - (before.customers if before else frozenset())):
        prices.add_customer(row.id, ids[code])
    for code in sorted((before.customers if before else frozenset()) - facts.customers):
        prices.remove_customer(row.id, ids[code])
    action = "price-list.created" if before is None else "price-list.changed"
    after = {**facts.cells(), "name": facts.name, "by": by}
    audit.record(action, f"price-list:{row.id}", before=before.cells() if before else None, after=after)
    return row.id


def _write_prices(made: Sequence[RowPlan], ids: Mapping[str, int]) -> None:
    listed = [each.listed for each in made if each.listed is not None]
    products = queries.names_of(each.sku for each in listed)
    there = queries.prices_of_lists(ids.values(), [each.sku for each in listed])
    queries.write_prices(
        [
            {
                "list_id": ids[list_key(each.list_name)], "product_id": products[each.sku][0],
                "from_quantity": each.from_quantity, "price_cents": each.price.cents,
            }
            for each in listed
            if each.price is not None
        ]
    )  # fmt: skip
    gone = [(ids[list_key(each.list_name)], each.sku, each.from_quantity) for each in listed if each.price is None]
    queries.remove_prices(there[place][0] for place in gone if place in there)
