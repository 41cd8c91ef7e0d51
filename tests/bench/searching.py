"""How long a search takes in a catalogue of 100,000 products, on SQLite and on MariaDB."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from portal.catalog import service as catalog
from portal.catalog.models import Product, ProductWord
from portal.catalog.queries import search as index
from portal.catalog.types import index_words
from portal.core import clock
from portal.platform.db import db, transaction
from tests.application import TestApplication
from tests.bench.figures import Figure, Table, percentile
from tests.servers.mariadb import MariaDB

PRODUCTS = 100_000
ROUNDS = 15
#: milliseconds
MUST = 50
THINGS = ("hose", "bolt", "bearing", "valve", "glove", "cable", "pump", "seal", "fitting", "drill", "grease", "lamp")
KINDS = ("hydraulic", "steel", "copper", "rubber", "heavy", "long", "short", "yellow", "industrial", "galvanised")
SEARCHES = (
    "", "h", "bolt", "hydraulic hose", "yellow rubber glove", "steel bolt 4711", "p-04711", "p0471", "galvanised pump l",
    "hydrualic", "copper cabel", "nothing at all", "s s s",
)  # fmt: skip


def measure() -> list[Figure | Table]:
    """p95 of a page of results, over searches of every sort."""
    found: list[Figure | Table] = []
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        found.append(_figure("SQLite", Path(folder), None))
        server = MariaDB(Path(folder) / "mariadb")
        try:
            found.append(_figure("MariaDB", Path(folder) / "portal", server.database("bench_search")))
        finally:
            server.stop()
    return found


def _figure(name: str, folder: Path, url: str | None) -> Figure:
    folder.mkdir(exist_ok=True)
    application = TestApplication(folder, url)
    with application.app.app_context():
        transaction(_fill)
        db.session.execute(text("ANALYZE" if url is None else "ANALYZE TABLE product, product_word, word_slip"))
        db.session.commit()
        seconds = [_time(search) for _ in range(ROUNDS) for search in SEARCHES]
        db.session.remove()
    application.close()
    words = f"search, {PRODUCTS} products, {name}, p95"
    return Figure(words, percentile(seconds, 0.95) * 1000, "ms", MUST)


def _fill() -> None:
    draw = random.Random(360)
    shelves = [catalog.create_category(f"Shelf {at}").id for at in range(20)]
    base = {
        "description": "", "unit": "each", "pack": "", "currency": "ZAR", "vat_code": "standard", "active": True,
        "created_at": clock.now(), "version": 1, "pack_size": 1, "hazardous": False, "un_number": "",
    }  # fmt: skip
    rows: list[dict[str, Any]] = []
    for at in range(PRODUCTS):
        name = f"{draw.choice(KINDS)} {draw.choice(THINGS)} {draw.choice(KINDS)} {at}".capitalize()
        facts = {"sku": f"P-{at:05d}", "slug": f"p-{at}", "name": name, "price_cents": draw.randrange(100, 10**6)}
        rows.append({**base, **facts, "category_id": draw.choice(shelves)})
    for start in range(0, PRODUCTS, 5_000):
        db.session.execute(insert(Product), rows[start : start + 5_000])
    made = db.session.execute(select(Product.id, Product.sku, Product.name)).all()
    words = [{"product_id": each.id, "word": word} for each in made for word in index_words(each.sku, each.name)]
    for start in range(0, len(words), 20_000):
        db.session.execute(insert(ProductWord), words[start : start + 20_000])
    index.learn(frozenset((*KINDS, *THINGS)))


def _time(search: str) -> float:
    started = time.perf_counter()
    catalog.products(search)
    seconds = time.perf_counter() - started
    db.session.rollback()
    return seconds
