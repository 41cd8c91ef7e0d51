"""Runs migrations on the application's own database, inside one transaction where the database can do that."""

from __future__ import annotations

from alembic import context

from portal.platform.db import Moment, db


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our own column types as what they are to the database."""
    if kind == "type" and isinstance(item, Moment):
        autogen_context.imports.add("from portal.platform.db import Moment")  # type: ignore[attr-defined]
        return "Moment()"
    return False


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """The lease of whoever migrates is there before the first migration and belongs to none."""
    return not (kind == "table" and name == "migration_lease")


def run() -> None:
    """Bring the database of the current application to the wanted revision."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
