"""The migration of the catalogue on a database that has products, orders and pictures already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from portal.platform.db import db
from tests.application import TestApplication

PRODUCT = (
    "INSERT INTO product (id, sku, slug, name, description, category_id, unit, pack, price_cents, currency, vat_code, "
    "picture_key, picture_hash, active, created_at, version) VALUES (1, 'HH-1', 'hose', 'Hose', '', 1, 'roll', '', "
    "100, 'ZAR', 'standard', 'documents/aa', 'aa', 1, '2026-01-01', 1)"
)


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A database as it was before the catalogue's migration, with something in it."""
    url: Any = None
    if request.param == "mariadb":
        url = request.getfixturevalue("mariadb_server").database("portal_catalogue")
    application = TestApplication(tmp_path, url)
    with application.app.app_context():
        flask_migrate.downgrade(revision="0003")
        db.session.execute(
            text("INSERT INTO category (id, slug, name, icon, position) VALUES (1, 'h', 'Hoses', 'x', 1)")
        )
        db.session.execute(text(PRODUCT))
        db.session.execute(text("INSERT INTO product_word (word, product_id) VALUES ('hose', 1)"))
        db.session.commit()
        db.session.remove()
        yield application.app
        db.session.remove()
    application.close()


def rows(statement: str) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


def test_products_keep_everything_and_their_picture_becomes_the_first(earlier: Flask) -> None:
    flask_migrate.upgrade()

    assert rows("SELECT sku, pack_size, hazardous, un_number FROM product") == [("HH-1", 1, 0, "")]
    assert rows("SELECT product_id, position, picture_key FROM product_picture") == [(1, 1, "documents/aa")]
    assert rows("SELECT word FROM product_word") == [("hose",)]

    flask_migrate.downgrade(revision="0003")

    assert rows("SELECT sku, picture_hash FROM product") == [("HH-1", "aa")]
    assert rows("SELECT slug FROM category") == [("h",)]
