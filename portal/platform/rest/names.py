"""Names of shapes in the description: two features have shapes of one name, told apart by the feature's."""

from __future__ import annotations

import json
import re
from typing import Any

_DOTTED = re.compile(r"portal\.(\w+)\.(?:\w+\.)*(\w+)")


def plain(described: dict[str, Any]) -> dict[str, Any]:
    """The same without dots in names: ``portal.invoices.types.State`` is ``InvoicesState``."""
    text = _DOTTED.sub(lambda found: found[1].capitalize() + found[2], json.dumps(described, ensure_ascii=False))
    named: dict[str, Any] = json.loads(text)
    return named
