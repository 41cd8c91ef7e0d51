"""Documents as PDF: a template and values in, bytes out. The only place that knows typst.

Every document is PDF/A-3a (kept for ever, tagged, with its data inside where it has some) and PDF/UA-1 (read aloud).
Values reach the template as JSON, so no text of a customer is ever read as typesetting.
Source: docs/decisions/0011-one-shape-for-pdf-and-xml.md.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import segno
import typst

from portal.core.money import NBSP
from portal.platform import fonts

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seal:
    """Where a document is proved genuine: the whole address, and a part of it that people can read."""

    url: str
    shown: str


def pdf(template: str, values: Mapping[str, object], *, at: datetime) -> bytes:
    """The document of a template below ``templates/``; the same bytes for the same values and moment."""
    made = typst.compile(
        str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    return bytes(made)


def qr(text: str) -> str:
    """A QR code as an SVG drawing, without the quiet zone that the page gives it."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(out, kind="svg", border=0, xmldecl=False, svgns=True, dark="#191d21")
    return out.getvalue().decode()


def long_day(value: date) -> str:
    """``1 March 2026``, which does not break."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def short_day(value: date) -> str:
    """``1 Mar 2026``, for columns."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1][:3]}{NBSP}{value.year}"


def account_number(number: str) -> str:
    """An account number in the groups in which people say it."""
    return NBSP.join((number[:2], number[2:6], number[6:])) if len(number) >= 9 else number


def issued(value: date) -> dict[str, int]:
    """The day in the document's properties."""
    return {"year": value.year, "month": value.month, "day": value.day}


def verify(seal: Seal | None) -> dict[str, str]:
    """Address and QR code of the page that proves the document; empty without a signature."""
    if seal is None:
        return {"url": "", "shown": "", "qr": ""}
    return {"url": seal.url, "shown": seal.shown, "qr": qr(seal.url)}
