"""The schema of the tests: made by the migrations, so that every test proves them."""

from __future__ import annotations

import flask_migrate
from sqlalchemy import text

from portal.platform.db import db


def build() -> None:
    """Bring the empty database of the current application to the newest revision."""
    flask_migrate.upgrade()
    db.session.remove()


def trigger_names() -> set[str]:
    """The triggers that the database has."""
    if db.engine.dialect.name == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        question = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    return set(db.session.scalars(text(question)))
