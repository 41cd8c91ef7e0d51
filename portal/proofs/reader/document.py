"""One document, from bytes to pages of words: the text layer where there is one, else the engine.

Source: design.md 6 (the reader's order), proofs.md 3.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pypdfium2 as pdfium
from PIL import Image

from portal.proofs.reader import ocr, pdf, pictures, tesseract
from portal.proofs.reader.fingerprint import picture_hash
from portal.proofs.reader.ocr import Sheet, turned
from portal.proofs.reader.source import PDF, Source, unwrap
from portal.proofs.types import Box, Page

TEXT = "text"
SHOWN_WIDTH = 1080
_HASHED_WIDTH = 360


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read: where it came from, its pages with their pictures, and its look."""

    source: Source
    sheets: tuple[Sheet, ...]
    picture_hash: str | None
    #: pages the document has; only the first few are read
    page_count: int

    @property
    def engine(self) -> str:
        """The engine that read it; "text" only when no page needed another."""
        engines = {sheet.page.engine for sheet in self.sheets}
        return TEXT if engines <= {TEXT} else tesseract.NAME


def read_document(data: bytes) -> Document:
    """Read the bytes somebody sent.

    Raises Unreadable with words for the sender, EngineMissing when the engine cannot run.
    """
    source = unwrap(data)
    if source.media_type == PDF:
        return _read_pdf(source)
    sheet = ocr.read_picture(pictures.open_picture(source.data), 1)
    return Document(source, (sheet,), picture_hash(sheet.picture), 1)


def page_image(data: bytes, number: int, rotation: int = 0) -> bytes:
    """Page `number` (from 1) as WebP, at most 1080 pixels wide, upright as the boxes of its reading are.

    rotation: `Page.rotation` of the reading, in degrees clockwise.
    Raises Unreadable when there is no such page or it cannot be drawn.
    """
    source = unwrap(data)
    if source.media_type != PDF:
        picture = turned(pictures.open_picture(source.data), rotation)
    else:
        with pdf.opened(source.data) as document:
            if not 1 <= number <= len(document):
                raise pdf.Unreadable(pdf.refusal.NO_PAGES)
            picture = turned(pdf.picture_of(document[number - 1], SHOWN_WIDTH, 2 * SHOWN_WIDTH), rotation)
    picture.thumbnail((SHOWN_WIDTH, 4 * SHOWN_WIDTH), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def look_again(sheet: Sheet, box: Box) -> list[tesseract.Seen]:
    """Read one line of the page once more, alone and larger.

    box: in fractions of the page. Returns its words as the engine sees them now.
    """
    width, height = sheet.picture.size
    tall = (box[3] - box[1]) * height
    margin_y, margin_x = tall * 0.35, tall * 0.8
    place = (
        max(0, int(box[0] * width - margin_x)), max(0, int(box[1] * height - margin_y)),
        min(width, int(box[2] * width + margin_x)), min(height, int(box[3] * height + margin_y)),
    )  # fmt: skip
    line = sheet.picture.crop(place).convert("L")
    factor = max(1.0, 72 / max(line.height, 1))
    larger = line.resize((max(1, round(line.width * factor)), max(1, round(line.height * factor))), Image.Resampling.BICUBIC)
    return tesseract.read_words(_framed(ocr.evened(larger)), tesseract.LINE)


def _framed(line: Image.Image) -> Image.Image:
    frame = Image.new("L", (line.width + 40, line.height + 40), 245)
    frame.paste(line, (20, 20))
    return frame


def _read_pdf(source: Source) -> Document:
    with pdf.opened(source.data) as document:
        sheets = tuple(_read_page(document[at], at + 1) for at in range(pdf.pages_to_read(document)))
        count = len(document)
    return Document(source, sheets, picture_hash(sheets[0].picture), count)


def _read_page(page: pdfium.PdfPage, number: int) -> Sheet:
    words = pdf.words_of(page, number)
    picture = pdf.picture_of(page)
    if pdf.is_plausible(words):
        return Sheet(Page(number, picture.width, picture.height, words, TEXT), picture)
    sheet = ocr.read_picture(picture, number)
    return sheet
