"""The migrations make what the models say, with every rule the database keeps by itself, and can be taken back."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from app import FEATURES
from portal.platform.db import Trigger, db
from tests.application import TestApplication
from tests.schema import trigger_names


def declared_triggers() -> list[Trigger]:
    found: list[Trigger] = []
    for feature in ("platform", *FEATURES):
        if importlib.util.find_spec(f"portal.{feature}.models") is not None:
            found += getattr(importlib.import_module(f"portal.{feature}.models"), "TRIGGERS", ())
    return found


def test_the_migrated_database_has_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)

    assert [one for one in differences if "migration_lease" not in str(one)] == []


def test_the_migrated_database_has_every_declared_trigger(app: Flask) -> None:
    assert {trigger.name for trigger in declared_triggers()} == trigger_names()


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    url: Any = None
    if request.param == "mariadb":
        url = request.getfixturevalue("mariadb_server").database("portal_migrations")
    application = TestApplication(tmp_path, url)
    with application.app.app_context():
        yield application.app
        db.session.remove()
    application.close()


def test_up_down_and_up_again(fresh: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    with db.engine.connect() as connection:
        left = set(db.inspect(connection).get_table_names())
    assert left <= {"alembic_version", "migration_lease"}

    flask_migrate.upgrade()

    assert {trigger.name for trigger in declared_triggers()} == trigger_names()
