"""Where banks let anybody verify a payment: addresses and what their forms ask for, as data beside this feature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from portal.proofs.types import Reading
from portal.proofs.types.review import BankPage
from portal.proofs.verdict.banks import bank_of

_FILE = "bank_pages.json"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One bank: where it verifies, what to look for there, and which of our fields its form calls what."""

    bank: str
    url: str
    look_for: str
    wants: dict[str, str]


def page_for(reading: Reading | None) -> BankPage | None:
    """The page of the bank that issued the document, with this document's values; None for a bank we do not know."""
    issuer = reading.value("payer_bank") if reading is not None else None
    found = _pages().get(bank_of(issuer) or "")
    if reading is None or found is None:
        return None
    values = ((label, reading.value(field)) for label, field in found.wants.items())
    return BankPage(found.bank, found.url, found.look_for, tuple((label, told) for label, told in values if told))


@cache
def _pages() -> Mapping[str, _Entry]:
    """By the bank's short name. Raises ValueError for an address that is not a bank's own and by https."""
    entries = [_Entry(**entry) for entry in json.loads((files("portal.proofs") / _FILE).read_text(encoding="utf-8"))]
    for entry in entries:
        address = urlsplit(entry.url)
        if address.scheme != "https" or not (address.hostname or "").endswith(".co.za"):
            raise ValueError(f"{_FILE}: {entry.url} is no bank's address")
    return {entry.bank: entry for entry in entries}
