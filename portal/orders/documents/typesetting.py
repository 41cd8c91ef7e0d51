"""What every paper of this feature is set with: the shared head, our typeface, days in words."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import typst

from portal.core import clock
from portal.core.company import Company
from portal.core.money import NBSP
from portal.platform import fonts

_TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "orders"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def typeset(template: str, values: dict[str, object], made_at: datetime) -> bytes:
    """PDF/UA-1 bytes of a template below templates/orders, the same for the same values."""
    day = clock.day_of(made_at)
    values = {**values, "made": {"year": day.year, "month": day.month, "day": day.day}}
    made = typst.compile(
        str(_TEMPLATES / template),
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        timestamp=int(made_at.timestamp()),
    )
    return bytes(made)


def company_of(us: Company) -> dict[str, object]:
    """Our side of a paper."""
    return {
        "name": us.name,
        "address": list(us.address),
        "vat_number": us.vat_number,
        "registration": us.registration,
        "phone": us.phone,
        "email": us.email,
    }


def day_words(day: date) -> str:
    """``16 March 2026``."""
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]}{NBSP}{day.year}"


def moment_words(moment: datetime) -> str:
    """``16 March 2026, 14:32`` on the South-African clock."""
    return f"{day_words(clock.day_of(moment))}, {moment.astimezone(clock.SAST):%H:%M}"
