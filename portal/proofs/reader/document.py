"""One document, from bytes to pages of words: the text layer where there is one, else the engine.

Source: docs/rules/reading.md, D5.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial

from PIL import Image

from portal.proofs.reader import ocr, pdf, pictures, tesseract
from portal.proofs.reader.fingerprint import picture_hash
from portal.proofs.reader.ocr import Sheet, turned
from portal.proofs.reader.source import PDF, Source, unwrap
from portal.proofs.types import Page

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
        page = pdf.page_of(source.data, number)
        picture = turned(pdf.picture_of(page, SHOWN_WIDTH, 2 * SHOWN_WIDTH), rotation)
    picture.thumbnail((SHOWN_WIDTH, 4 * SHOWN_WIDTH), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _read_pdf(source: Source) -> Document:
    document = pdf.opened(source.data)
    sheets = tuple(_read_page(source, at + 1) for at in range(pdf.pages_to_read(document)))
    seen = picture_hash(pdf.picture_of(pdf.page_of(source.data, 1), _HASHED_WIDTH, 2 * _HASHED_WIDTH))
    return Document(source, sheets, seen, len(document))


def _read_page(source: Source, number: int) -> Sheet:
    page = pdf.page_of(source.data, number)
    words = pdf.words_of(source.data, number)
    if pdf.is_plausible(words):
        return Sheet(Page(number, *pdf.drawn_size(page), words, TEXT), partial(pdf.drawn, source.data, number))
    return ocr.read_picture(pdf.picture_of(page), number)
