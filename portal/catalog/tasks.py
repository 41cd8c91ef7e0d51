"""The catalogue's work in the background: tables are written a part at a time."""

from __future__ import annotations

from typing import Any

from portal.catalog.service import importing
from portal.platform import jobs


def register() -> None:
    """Tell the worker how an uploaded table is written."""
    jobs.register(
        importing.JOB, queue="imports", work=_read, effect=_write, words="Write a part of an imported table"
    )  # fmt: skip


def _read(payload: dict[str, Any]) -> list[dict[str, str]]:
    return importing.rows_at(payload["import_id"])


def _write(payload: dict[str, Any], rows: list[dict[str, str]]) -> None:
    importing.write_rows(payload["import_id"], payload["position"], rows)
