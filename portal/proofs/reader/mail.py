"""What a mail carries: documents, or its own words where a bank writes the notice into the mail itself.

Source: docs/rules/reading.md, D1 and D21.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable
from email.message import EmailMessage
from html.parser import HTMLParser

from portal.core import clock
from portal.platform import typeset

_TEMPLATE = "proofs/mail_text.typ"
_HEADERS = (b"from:", b"to:", b"subject:", b"date:", b"received:", b"return-path:", b"message-id:")
_DEPTH = 3
#: an amount of money, by which a mail's own words are a notice and not a greeting
_AMOUNT = re.compile(r"(?:\b(?:R|ZAR|USD)|\$)\s?\d[\d ,.\u00a0]*\d")
_MOST_LINES, _LONGEST_LINE, _LONGEST_TITLE = 120, 200, 120
#: what parts a label from its value on one line of text
_APART = re.compile(r"\t+| {3,}|(?<=:) {2,}")
_BLOCKS = frozenset({"p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})


def looks_like_mail(data: bytes) -> bool:
    """Whether the first lines are a mail's."""
    lines = data[:4096].lower().splitlines()
    return sum(any(line.startswith(name) for line in lines) for name in _HEADERS) >= 2


def opened(data: bytes) -> EmailMessage:
    """The mail in these bytes."""
    return email.message_from_bytes(data, policy=email.policy.default)


def attachments(message: EmailMessage, depth: int = 0) -> list[bytes]:
    """The bytes of every part, those of mails inside the mail too."""
    bodies: list[bytes] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        if depth < _DEPTH and part.get_filename("").lower().endswith(".eml") and looks_like_mail(payload):
            bodies.extend(attachments(opened(payload), depth + 1))
        else:
            bodies.append(payload)
    return bodies


def words_on_pages(message: EmailMessage) -> bytes | None:
    """The mail's own words as a PDF when they speak of an amount; None when they do not."""
    lines = _lines_of(message)
    if not any(_AMOUNT.search(line) for line in lines):
        return None
    title = str(message["Subject"] or "E-mail").strip()[:_LONGEST_TITLE] or "E-mail"
    cells = [[cell.strip() for cell in _APART.split(line) if cell.strip()] for line in lines]
    return typeset.pdf(_TEMPLATE, {"title": title, "lines": cells}, at=clock.now())


def _lines_of(message: EmailMessage) -> list[str]:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        text = body.get_content() if body is not None else ""
    except (KeyError, LookupError, ValueError):  # a part that lies about its kind or its letters
        return []
    if body is not None and body.get_content_subtype() == "html":
        text = _shown(text)
    lines = (re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", line).lstrip("> ").rstrip() for line in str(text).splitlines())
    return [line[:_LONGEST_LINE] for line in lines if line][:_MOST_LINES]


def _shown(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "\n".join(_tidied(parser.parts))


def _tidied(parts: Iterable[str]) -> list[str]:
    return ["\t".join(" ".join(cell.split()) for cell in line.split("\t")) for line in "".join(parts).splitlines()]


class _Text(HTMLParser):
    """What a person sees of HTML: a line for each block and row, a wide gap between cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))
