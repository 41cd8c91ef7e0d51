"""Sheets and papers become PDFs through typst, with the fonts of this folder and nobody else's."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

import pypdf
import segno
import typst

from portal.demo.drawing.facts import ProofFacts, Style
from portal.demo.drawing.sheets import Sheet, sheet_of, wording_of
from portal.platform import fonts

FOLDER = Path(__file__).parent
LAYOUTS = FOLDER / "layouts"
_one_at_a_time = Lock()  # a compiler keeps its world between runs


@cache
def _compiler(layout: str) -> typst.Compiler:
    faces = typst.Fonts(include_system_fonts=False, font_paths=[fonts.FOLDER])
    return typst.Compiler(LAYOUTS / f"{layout}.typ", root=LAYOUTS, font_paths=faces)


def typeset(layout: str, data: object, **extra: str) -> bytes:
    """The PDF of `layouts/<layout>.typ` showing `data`, which reaches it as JSON text and is never run."""
    return _compiled(layout, "pdf", {"sheet": json.dumps(data), **extra})


def typeset_png(layout: str, drawing: str, *, ppi: float = 72.0) -> bytes:
    """The PNG of a layout that shows an SVG drawing; at 72 ppi one pixel for each point."""
    return _compiled(layout, "png", {"drawing": drawing}, ppi)


def _compiled(layout: str, kind: Literal["pdf", "png"], inputs: dict[str, str], ppi: float = 72.0) -> bytes:
    with _one_at_a_time:
        made = _compiler(layout).compile(format=kind, ppi=ppi, sys_inputs=inputs, pdf_tags=False)
    if not isinstance(made, bytes):
        raise TypeError("one page is one piece of bytes")
    return made


@lru_cache(maxsize=64)
def proof_pdf(facts: ProofFacts, style: Style) -> tuple[bytes, Sheet]:
    """The proof as its bank would send it, before anything happens to it."""
    sheet, _ = sheet_of(facts, style)
    pdf = typeset("main", asdict(sheet), code=_qr(sheet.code or sheet.title))
    words = wording_of(style)
    return signed_by(pdf, words["producer"], words["creator"], facts.paid_on), sheet


def signed_by(pdf: bytes, producer: str, creator: str, day: date) -> bytes:
    """The same PDF, naming the program that a bank would have made it with, on that day."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    writer.root_object.pop("/Metadata", None)
    made = f"D:{day:%Y%m%d}101530+02'00'"
    writer.metadata = {"/Producer": producer, "/Creator": creator, "/CreationDate": made, "/ModDate": made}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _qr(text: str) -> str:
    svg = io.BytesIO()
    segno.make(text or "proof", error="m", micro=False).save(svg, kind="svg", border=0)
    return svg.getvalue().decode()
