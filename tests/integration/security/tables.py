"""Tables that staff upload, with a text in a cell and in the name of the file."""

from __future__ import annotations

import io
from typing import Any

from tests.integration.security.filled import as_browsers_send
from tests.integration.security.things import World


def product_table(world: World, text: str) -> dict[str, Any]:
    cell = text.replace('"', '""')
    return _file(text, f'code,description\n{world.spare.sku},"{cell}"\n')


def price_table(world: World, text: str) -> dict[str, Any]:
    cell = text.replace('"', '""')
    return _file(text, f'list,code,price,currency,first_day\n"{cell}",{world.spare.sku},1.00,ZAR,2026-01-01\n')


def rate_table(_world: World, text: str) -> dict[str, Any]:
    cell = text.replace('"', '""')
    return _file(text, f'day,rate\n"{cell}",18.20\n')


def _file(text: str, table: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(table.encode("utf-8", "replace")), as_browsers_send(f"{text}.csv"))}
