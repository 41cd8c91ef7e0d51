"""What a mail carries: documents, or its own words where a bank writes the notice into the mail itself.

Source: docs/rules/reading.md, D1 and D21.
"""

from __future__ import annotations

import ctypes
import email
import email.policy
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from textwrap import wrap

import nh3
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable

#: points on the page
_A4, _MARGIN, _VALUES_AT, _SIZE, _LEADING = (595.0, 842.0), 50.0, 260.0, 10.0, 16.0
_ON_A_PAGE, _BROAD, _COLUMN = 46, 95, 45
_HEADERS = (b"from:", b"to:", b"subject:", b"date:", b"received:", b"return-path:", b"message-id:")
_DEPTH = 3
#: an amount of money, by which a mail's own words are a notice and not a greeting
_AMOUNT = re.compile(r"(?:\b(?:R|ZAR|USD)|\$)\s?\d[\d ,.\u00a0]*\d")
_MOST_LINES, _LONGEST_LINE, _LONGEST_TITLE, _LONGEST_TEXT = 120, 200, 120, 100_000
#: what parts a label from its value on one line of text
_APART = re.compile(r"\t+| {3,}|(?<=:) {2,}")
_BLOCKS = frozenset({"p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_CELLS, _UNSEEN = frozenset({"td", "th"}), {"script", "style", "title", "template"}
#: what email and html raise over such mails; deep nesting ends in RecursionError
_BREAKS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One part of a mail. attached: set down as an attachment, not shown in the text as a logo is."""

    name: str
    data: bytes
    attached: bool


def looks_like_mail(data: bytes) -> bool:
    """Whether the first lines are a mail's."""
    lines = data[:4096].lower().splitlines()
    return sum(any(line.startswith(name) for line in lines) for name in _HEADERS) >= 2


@contextmanager
def guarded() -> Iterator[None]:
    """Say Unreadable for what the standard library raises over a mail that breaks the grammar of mails."""
    try:
        yield
    except _BREAKS as error:
        raise Unreadable(refusal.MAIL_DAMAGED) from error


@guarded()
def opened(data: bytes) -> EmailMessage:
    """The mail in these bytes. Raises Unreadable, as everything here that looks into a mail."""
    return email.message_from_bytes(data, policy=email.policy.default)


@guarded()
def attachments(message: EmailMessage) -> list[bytes]:
    """The bytes of every part, those of mails inside the mail too."""
    return [each.data for each in _enclosed(message)]


@guarded()
def documents_in(data: bytes, is_paper: Callable[[bytes], bool], is_picture: Callable[[bytes], bool]) -> list[Enclosed]:
    """What in a mail may be a proof of its own: every PDF; without one every picture that is no mere logo; else its words."""
    message = opened(data)
    enclosed = list(_enclosed(message))
    papers = [each for each in enclosed if is_paper(each.data)]
    pictures = [each for each in enclosed if is_picture(each.data)]
    largest = max((len(each.data) for each in pictures), default=0)
    found = [*papers, *(each for each in pictures if each.attached or (not papers and 2 * len(each.data) > largest))]
    if not found and any(_AMOUNT.search(line) for line in lines_of(message)):
        found = [Enclosed("mail.eml", data, True)]
    return found


def _enclosed(message: EmailMessage, depth: int = 0) -> Iterator[Enclosed]:
    for part in message.walk():
        payload = None if part.is_multipart() else part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        name = part.get_filename("") or ""
        if depth < _DEPTH and name.lower().endswith(".eml") and looks_like_mail(payload):
            yield from _enclosed(opened(payload), depth + 1)
        else:
            yield Enclosed(name or "attachment", payload, part.get_content_disposition() == "attachment")


@guarded()
def notice_in(message: EmailMessage) -> list[str] | None:
    """The mail's subject and its own lines when they speak of an amount; None when they do not."""
    lines = lines_of(message)
    if not any(_AMOUNT.search(line) for line in lines):
        return None
    return [str(message["Subject"] or "E-mail").strip()[:_LONGEST_TITLE] or "E-mail", *lines]


def on_pages(lines: list[str]) -> bytes:
    """Lines of a mail as a PDF; what stands apart on a line stays apart."""
    rows = [[cell.strip() for cell in _APART.split(line) if cell.strip()] for line in lines]
    return _set([piece for row in rows for piece in _placed(row)])


def _placed(row: list[str]) -> list[list[tuple[float, str]]]:
    """The lines that a row takes, each as texts with how far from the left they begin: a label, and its value apart."""
    if len(row) == 2 and max(map(len, row)) <= _COLUMN:
        return [[(_MARGIN, row[0]), (_VALUES_AT, row[1])]]
    return [[(_MARGIN, part)] for part in wrap("   ".join(row), _BROAD)]


def _set(lines: list[list[tuple[float, str]]]) -> bytes:
    """The texts on A4 pages. PDFium sets them: it works in a forked child, where a typesetter's threads would be gone."""
    document = pdfium.PdfDocument.new()
    for start in range(0, len(lines), _ON_A_PAGE):
        page = document.new_page(*_A4)
        for nth, line in enumerate(lines[start : start + _ON_A_PAGE]):
            for left, text in line:
                written = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", _SIZE)
                letters = ctypes.create_string_buffer(text.encode("utf-16-le", "replace") + b"\0\0")
                raw.FPDFText_SetText(written, ctypes.cast(letters, raw.FPDF_WIDESTRING))
                raw.FPDFPageObj_Transform(written, 1, 0, 0, 1, left, _A4[1] - _MARGIN - nth * _LEADING)
                raw.FPDFPage_InsertObject(page, written)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


@guarded()
def lines_of(message: EmailMessage) -> list[str]:
    """What a mail says, line by line, without signs that quote; of HTML what is shown."""
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        text = str(body.get_content())[:_LONGEST_TEXT] if body is not None else ""
    except (LookupError, ValueError):  # a part that lies about its kind or its letters
        return []
    if body is not None and body.get_content_subtype() == "html":
        text = _shown(text)
    lines = (re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", line).lstrip("> ").rstrip() for line in text.splitlines())
    return [line[:_LONGEST_LINE] for line in lines if line][:_MOST_LINES]


def _shown(html: str) -> str:
    """Cleaned first, in time that grows with its length alone: what Python's parser is slow at, or breaks on, is gone."""
    parser = _Text()
    parser.feed(nh3.clean(html, tags=_BLOCKS | _CELLS, attributes={}, clean_content_tags=_UNSEEN))
    parser.close()
    return "\n".join(_tidied(parser.parts))


def _tidied(parts: Iterable[str]) -> list[str]:
    return ["\t".join(" ".join(cell.split()) for cell in line.split("\t")) for line in "".join(parts).splitlines()]


class _Text(HTMLParser):
    """What a person sees of HTML: a line for each block and row, a wide gap between cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append("\t" if tag in _CELLS else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))
