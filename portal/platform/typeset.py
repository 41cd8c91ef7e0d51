"""Documents as PDF: a template and values in, bytes out. The only place that knows typst.

Every document is PDF/A-3a (kept for ever, tagged, with its data inside where it has some) and PDF/UA-1 (read aloud).
Values reach the template as JSON, so no text of a customer is ever read as typesetting.
Source: docs/decisions/0011-one-shape-for-pdf-and-xml.md.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import segno
import typst

from portal.platform import fonts

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STANDARDS = ["a-3a", "ua-1"]


def pdf(template: str, values: Mapping[str, object], *, at: datetime) -> bytes:
    """The document of a template below ``templates/``; the same bytes for the same values and moment."""
    made = typst.compile(
        str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
    return bytes(made)


def qr(text: str) -> str:
    """A QR code as an SVG drawing, without the quiet zone that the page gives it."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(out, kind="svg", border=0, xmldecl=False, svgns=True, dark="#191d21")
    return out.getvalue().decode()
