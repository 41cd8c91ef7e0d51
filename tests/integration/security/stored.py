"""What the database holds, cell by cell, to see what a request changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy import Integer, String, event

from portal.platform.db import Base, db

Cell: TypeAlias = tuple[str, str, str]
#: the clock of a session, and the workers' own
_RESTLESS = {("user_session", "seen_at")}
_NOT_OURS = {"worker"}


def cells() -> dict[Cell, Any]:
    """Every value of every row: table, primary key and column → value."""
    db.session.rollback()
    found: dict[Cell, Any] = {}
    with db.engine.connect() as connection:
        for name, table in db.metadata.tables.items():
            if name in _NOT_OURS:
                continue
            keys = [column.name for column in table.primary_key.columns]
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings():
                key = "|".join(str(row[column]) for column in keys)
                found |= {(name, key, column): row[column] for column in row if (name, column) not in _RESTLESS}
    return found


@contextmanager
def strict_columns() -> Iterator[None]:
    """Inside, SQLite holds no more than the columns of MariaDB would: longer text and larger numbers fail."""
    event.listen(Base, "before_insert", _hold, propagate=True)
    event.listen(Base, "before_update", _hold, propagate=True)
    try:
        yield
    finally:
        event.remove(Base, "before_insert", _hold)
        event.remove(Base, "before_update", _hold)


def _hold(mapper: Any, _connection: Any, row: Any) -> None:
    for attribute in mapper.column_attrs:
        (column,), value = attribute.columns, getattr(row, attribute.key)
        where = f"{column.table.name}.{column.name}"
        if isinstance(value, str) and isinstance(column.type, String) and column.type.length:
            assert len(value) <= column.type.length, f"{where} holds {column.type.length}: {len(value)}"
        if isinstance(value, int) and isinstance(column.type, Integer):
            assert -(2**63) <= value < 2**63, f"{where}: {value}"
