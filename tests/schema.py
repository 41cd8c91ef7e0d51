"""The tables and triggers, as the features declare them."""

from __future__ import annotations

import importlib
import importlib.util

from portal.platform.db import create_triggers, db


def build() -> None:
    """Every table and trigger in the database of the current application."""
    from app import FEATURES

    db.create_all()
    with db.engine.begin() as connection:
        for feature in ("platform", *FEATURES):
            if importlib.util.find_spec(f"portal.{feature}.models") is None:
                continue
            create_triggers(connection, getattr(importlib.import_module(f"portal.{feature}.models"), "TRIGGERS", ()))
