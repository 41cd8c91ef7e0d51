"""The one place where the portal learns who we are: what administrators wrote, else COMPANY_… of the environment.

Source: docs/rules/content.md, C6 and C7.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from portal.content import queries
from portal.content.service import versions
from portal.core.company import VAT_NUMBER, Company
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.platform import config

KEY = "company"
#: what this process read last, for pages that say that the database does not answer
_last: dict[str, Company] = {}


def company() -> Company:
    """Who we are."""
    return from_rows({row.piece: row.body for row in queries.pieces([KEY])})


def company_known() -> tuple[Company, int]:
    """Who we are, and the number of the version that says so; 0 while nobody has written it."""
    for row in queries.pieces([KEY]):
        return _company(row.body), row.number
    return config.current().company, 0


def from_rows(bodies: dict[str, Any]) -> Company:
    """Who we are, when the rows are there already."""
    found = _company(bodies[KEY]) if KEY in bodies else config.current().company
    _last[KEY] = found
    return found


def known_before() -> Company:
    """Who we are as this process knew it last, without asking the database."""
    return _last.get(KEY) or config.current().company


def change_company(facts: Company, *, seen: int, by: Identity | None, note: str = "") -> None:
    """Write who we are; the facts of before are kept as a version. Flushes; audited.

    seen: the number of the version the form was filled in from.
    Raises BadInput for a VAT number that cannot be one, Conflict when somebody else wrote in the meantime.
    """
    if facts.vat_number and VAT_NUMBER.fullmatch(facts.vat_number) is None:
        words = "A South-African VAT number has 10 digits and starts with 4. Write it like 4123456789."
        raise BadInput(words, field="vat_number")
    versions.append(KEY, {**asdict(facts), "address": list(facts.address)}, seen=seen, by=by, note=note)


def _company(body: dict[str, Any]) -> Company:
    return Company(**{**body, "address": tuple(body.get("address", ()))})
