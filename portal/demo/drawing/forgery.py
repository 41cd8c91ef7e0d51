"""Proofs that somebody tampered with, as forgers do it, so that the tests know what must be noticed.

The genuine document says `facts.amount`; the forged one shows `to` in its place, except where told otherwise.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import cast

import pypdf
import pypdfium2
from PIL import Image, ImageDraw
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from portal.core.money import Money
from portal.demo.drawing import pictures, screens
from portal.demo.drawing.facts import Drawn, Form, ProofFacts, Style
from portal.demo.drawing.proofs import draw, dress, file_name, printed
from portal.demo.drawing.sheets import wording_of, written
from portal.demo.drawing.typesetting import proof_pdf

_RUN = re.compile(rb"q 1 0 0 -1 (\S+) (\S+) cm(?:(?!\nQ).)*?\bBT\b.*?\nET\nQ\n?", re.DOTALL)
_DPI = 170
_NO_PICTURES = {Form.PDF, Form.PDF_ENCRYPTED, Form.PDF_PAGE2, Form.EML}
Box = tuple[float, float, float, float]  # left, top, right, bottom in points from the top left corner


class Forgery(StrEnum):
    """What was done to the document."""

    IMAGE_AMOUNT = "image_amount"  # other digits on a flat patch, pasted into a grainy picture
    CLEAN_IMAGE_AMOUNT = "clean_image_amount"  # the same in a clean screenshot: only the typeface tells
    PDF_AMOUNT = "pdf_amount"  # the file edited and saved again by another program
    TEXT_LAYER = "text_layer"  # the machine reads one sum, the eye another
    WORDS = "words"  # figures and words disagree


def forge(drawn: Drawn, kind: Forgery | str, *, to: Money | None = None) -> Drawn:
    """A forged copy of a drawn proof that claims `to` (left out: ten times as much).

    IMAGE_AMOUNT keeps the drawing's form if it is a picture and makes a phone screenshot of a PDF; the others give PDFs.
    For TEXT_LAYER the hidden text claims `to` and the visible page the genuine amount.
    Raises ValueError for files that are not drawn proofs.
    """
    if drawn.facts is None or drawn.style is None or drawn.form is None:
        raise ValueError("only a drawn proof can be forged")
    claimed = to or drawn.facts.amount * 10
    return _FORGERS[Forgery(kind)](drawn.facts, drawn.style, drawn.form, claimed)


def amount_box(pdf: bytes, amount: str) -> Box:
    """Where the amount is printed on page one. Raises ValueError when it is not there."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        text = page.get_textpage()
        found = text.search(amount).get_next()
        if found is None:
            raise ValueError(f"{amount!r} is not printed")
        start, count = found
        boxes = [text.get_charbox(index) for index in range(start, start + count)]
        high = page.get_height()
        return (
            min(box[0] for box in boxes),
            high - max(box[3] for box in boxes),
            max(box[2] for box in boxes),
            high - min(box[1] for box in boxes),
        )
    finally:
        document.close()


def _without_text(content: bytes, box: Box, high: float) -> bytes:
    """A page's content without the run of text that starts in the box. Typst sets each run with its own matrix."""
    kept, gone = bytearray(), 0
    last = 0
    for run in _RUN.finditer(content):
        x, y = float(run[1]), high - float(run[2])
        if abs(x - box[0]) < 2.5 and box[1] < y < box[3] + 3:
            kept += content[last : run.start()]
            last, gone = run.end(), gone + 1
    if gone != 1:
        raise ValueError(f"the amount stands {gone} times at {box}")
    return bytes(kept + content[last:])


def _named(data: bytes, media_type: str, facts: ProofFacts, style: Style, form: Form, shown: Money) -> Drawn:
    fields = printed(facts, style) | {"amount": shown.plain}
    return Drawn(data, media_type, file_name(facts, style, form, media_type), fields, style, form, facts)


def _image_amount(facts: ProofFacts, style: Style, form: Form, claimed: Money) -> Drawn:
    """A scan whose amount is painted over and written again in another face, then passed on."""
    return _repainted(facts, style, form, claimed, grainy=True)


def _clean_image_amount(facts: ProofFacts, style: Style, form: Form, claimed: Money) -> Drawn:
    """The same done to a clean picture, where no grain betrays the patch."""
    return _repainted(facts, style, form, claimed, grainy=False)


def _repainted(facts: ProofFacts, style: Style, form: Form, claimed: Money, *, grainy: bool) -> Drawn:
    pdf, sheet = proof_pdf(facts, style)
    page = pictures.page_of(pdf, dpi=_DPI)
    if grainy:
        page = pictures.grainy(page, facts.random("grain"))
    with Image.open(io.BytesIO(pictures.jpeg(page, 70 if grainy else 45))) as squeezed:
        page = squeezed.convert("RGB")
    _paint(page, amount_box(pdf, sheet.amount), written(claimed, wording_of(style)["amount"]), style)
    kept = form if form not in _NO_PICTURES else Form.SCREENSHOT_PHONE
    data, media_type = dress(pdf, facts, style, kept, page=page)
    return _named(data, media_type, facts, style, kept, claimed)


def _paint(page: Image.Image, box: Box, text: str, style: Style) -> None:
    """A flat patch over the box (in points) and the text on it, as large as what stood there."""
    left, top, right, bottom = (side * _DPI / 72 for side in box)
    paper = page.getpixel((max(int(left) - 6, 0), int((top + bottom) / 2)))
    draw_on = ImageDraw.Draw(page)
    draw_on.rectangle((left - 2, top - 4, right + 3, bottom + 4), fill=paper)
    other = "IBMPlexSans-Regular" if style not in (Style.STANDARD_WEB, Style.CARD) else "Arimo-Regular"
    face = screens.face(other, round((bottom - top) * 1.34))
    anchor, x = ("rs", right) if style is Style.STANDARD_WEB else ("ls", left)
    draw_on.text((x, bottom), text, fill=(18, 18, 20), font=face, anchor=anchor)


def _pdf_amount(facts: ProofFacts, style: Style, _form: Form, claimed: Money) -> Drawn:
    """An incremental update: the glyphs of the amount taken out, Helvetica put in, another producer in the file."""
    pdf, sheet = proof_pdf(facts, style)
    box = amount_box(pdf, sheet.amount)
    writer = pypdf.PdfWriter(io.BytesIO(pdf), incremental=True)
    page = writer.pages[0]
    high = float(page.mediabox.height)
    old = page.get_contents()
    if old is None:
        raise ValueError("an empty page")
    text = written(claimed, wording_of(style)["amount"])
    baseline, size = high - box[3], (box[3] - box[1]) * 1.36
    edit = f"\nq BT 0.05 g /FEdit {size:.2f} Tf 1 0 0 1 {box[0]:.2f} {baseline:.2f} Tm ({text}) Tj ET Q\n"
    stream = DecodedStreamObject()
    stream.set_data(_without_text(old.get_data(), box, high) + edit.encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    fonts = cast("DictionaryObject", cast("DictionaryObject", page["/Resources"])["/Font"])
    fonts[NameObject("/FEdit")] = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    writer.add_metadata({"/Producer": "PDF Editor Pro 11.2", "/ModDate": f"D:{facts.paid_on:%Y%m%d}193000+02'00'"})
    out = io.BytesIO()
    writer.write(out)
    return _named(out.getvalue(), "application/pdf", facts, style, Form.PDF, claimed)


def _text_layer(facts: ProofFacts, style: Style, _form: Form, claimed: Money) -> Drawn:
    """The page's text claims one sum; a picture of the genuine page lies over it."""
    genuine, _ = proof_pdf(facts, style)
    false, _ = proof_pdf(replace(facts, amount=claimed, trace_id=printed(facts, style).get("trace_id")), style)
    cover = pictures.picture_pdf(pictures.page_of(genuine, dpi=150), dpi=150, quality=75)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(false))
    writer.pages[0].merge_page(pypdf.PdfReader(io.BytesIO(cover)).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return _named(out.getvalue(), "application/pdf", facts, style, Form.PDF, facts.amount)


def _words(facts: ProofFacts, style: Style, form: Form, claimed: Money) -> Drawn:
    """Figures raised by somebody who forgot the words. Only for styles that print words."""
    if not any("{words}" in row[2] for row in wording_of(style)["rows"]):
        raise ValueError(f"{style} prints no amount in words")
    return draw(replace(facts, amount=claimed, words_of=facts.amount), style=style, form=form)


_FORGERS: dict[Forgery, Callable[[ProofFacts, Style, Form, Money], Drawn]] = {
    Forgery.IMAGE_AMOUNT: _image_amount,
    Forgery.CLEAN_IMAGE_AMOUNT: _clean_image_amount,
    Forgery.PDF_AMOUNT: _pdf_amount,
    Forgery.TEXT_LAYER: _text_layer,
    Forgery.WORDS: _words,
}
