"""Words in any order, slips forgiven, and a plan that never reads the whole catalogue (docs/rules/search.md)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from portal.catalog import service as catalog
from portal.catalog.models import Product, ProductWord
from portal.catalog.queries import search as index
from portal.core import clock
from portal.platform.db import db, transaction
from tests.integration.catalog.test_catalog import draft_of, names
from tests.integration.orders.shop import Shop

HOSE = ["Hydraulic hose 1/2 inch SAE 100 R2AT"]


@pytest.mark.parametrize(
    ("search", "instead"),
    [
        ("hydrualic", ("hydraulic",)),
        ("hydralic hose", ("hydraulic",)),
        ("hydrauulic", ("hydraulic",)),
        ("hydrawlic", ("hydraulic",)),
        ("hydrualics", ()),
        ("hydrau1ic", ()),
    ],
)
def test_one_slip_is_forgiven_and_said(shop: Shop, search: str, instead: tuple[str, ...]) -> None:
    found = catalog.search_products(search)
    assert found.instead == ({search.split()[0]: instead} if instead else {})
    assert [each.name for each in found.page.items] == (HOSE if instead else [])


def test_a_word_that_is_known_is_never_repaired(shop: Shop) -> None:
    transaction(lambda: catalog.add(draft_of(shop.seal, sku="SK-9", name="Hoss clip")))
    assert names("hoss") == ["Hoss clip"]
    assert catalog.search_products("hoss").instead == {}


def test_the_order_of_words_does_not_matter(shop: Shop) -> None:
    assert names("inch hydr hose") == names("hose inch hydr") == HOSE


def test_the_page_says_what_it_looked_for_instead(shop: Shop, client: Any) -> None:
    page = client.get("/products?q=hydrualic").get_data(as_text=True)
    assert "Nothing begins with “hydrualic”, so this is “hydraulic”." in page


def test_a_slip_costs_eight_questions_at_most(shop: Shop, client: Any, count_queries: Any) -> None:
    with count_queries() as seen:
        assert client.get("/products?q=hydrualic+hosse+inhc").status_code == 200
    assert len(seen) <= 8, "\n".join(seen)


def many(shop: Shop, count: int) -> None:
    """So many more products, every one a bolt, every hundredth of steel."""
    now = clock.now()
    base = {
        "description": "", "category_id": shop.hose.category_id, "unit": "each", "pack": "", "currency": "ZAR",
        "vat_code": "standard", "active": True, "created_at": now, "version": 1, "pack_size": 1, "hazardous": False,
        "un_number": "",
    }  # fmt: skip
    rows = [
        {**base, "sku": f"B-{at:06d}", "slug": f"b-{at}", "name": f"Bolt {at:06d}", "price_cents": at + 1}
        for at in range(count)
    ]

    def write() -> None:
        db.session.execute(insert(Product), rows)
        made = db.session.execute(select(Product.id, Product.sku).where(Product.sku.startswith("B-"))).all()
        words = [{"product_id": each.id, "word": "bolt"} for each in made]
        words += [{"product_id": each.id, "word": "steel"} for each in made if each.sku.endswith("00")]
        db.session.execute(insert(ProductWord), words)

    transaction(write)
    db.session.execute(text("ANALYZE TABLE product, product_word" if maria() else "ANALYZE"))
    db.session.commit()


def maria() -> bool:
    return db.engine.dialect.name == "mysql"


def test_many_hits_are_paged_in_order_like_any_list(shop: Shop) -> None:
    many(shop, index.FEW + 50)
    first = catalog.products("bolt", limit=20)
    second = catalog.products("bolt", after=first.next, limit=20)
    assert [each.name for each in (*first.items, *second.items)] == [f"Bolt {at:06d}" for at in range(40)]
    assert len(catalog.products("steel bolt", limit=40).items) == 26


def sent_by(search: str) -> list[tuple[str, Any]]:
    """Each statement that a search sends, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def seen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", seen)
    try:
        catalog.products(search, limit=25)
    finally:
        event.remove(db.engine, "before_cursor_execute", seen)
    return sent


def plans_of(search: str) -> list[str]:
    """The plan of each statement that a search sends, as one text each."""
    sent, explain = sent_by(search), "EXPLAIN " if maria() else "EXPLAIN QUERY PLAN "
    connection = db.session.connection()
    return [
        "\n".join(str(dict(row)) for row in connection.exec_driver_sql(explain + statement, parameters).mappings())
        for statement, parameters in sent
    ]


def test_a_search_begins_with_its_rarest_word(shop: Shop) -> None:
    many(shop, 3_000)
    first = [parameters for statement, parameters in sent_by("bolt steel") if "DISTINCT" in statement]
    values = first[0].values() if isinstance(first[0], dict) else first[0]
    assert next(iter(values)) == "steel"


@pytest.mark.parametrize("search", ["steel", "steel bolt", "bolt", "b", ""])
def test_no_search_reads_the_whole_catalogue_or_sorts_it(shop: Shop, search: str) -> None:
    many(shop, 3_000)
    plans = plans_of(search)

    few = search.startswith("steel")
    # how common the words are, what has them, and the list; its rows when they are many
    assert len(plans) == (1 if not search else 3 if few else 4)
    for plan in plans:
        assert "SCAN product_word" not in plan, plan
        whole = [row for row in plan.splitlines() if "'type': 'ALL'" in row and "'<derived" not in row]  # counted words
        assert whole == []
    listing = plans[0 if not search else 2]
    if maria():
        assert ("PRIMARY" if few else "ix_product_name") in listing, listing
        assert few or "filesort" not in listing, listing
    else:
        wanted = ("INTEGER PRIMARY KEY",) if few else ("INDEX ix_product_name", "COVERING INDEX ix_product_name")
        assert any(f"USING {each}" in listing for each in wanted), listing
        assert few or "USE TEMP B-TREE FOR ORDER BY" not in listing, listing
