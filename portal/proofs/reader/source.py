"""What kind of document some bytes are: decided by their content, never by a name.

Source: docs/rules/reading.md, D1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import filetype

from portal.proofs.reader import mail, refusal
from portal.proofs.reader.refusal import Unreadable

PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif")
#: a PDF may have some bytes before its mark (mail gateways put them there); readers allow 1024
_PDF_MARK_WITHIN = 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One readable document: its kind and its bytes (the inner ones when it came inside a mail)."""

    media_type: str
    data: bytes
    #: documents that came in the same mail and are not read
    others: int = 0
    #: set from the words of a mail that carries no document
    is_words_of_a_mail: bool = False


def unwrap(data: bytes) -> Source:
    """The document in these bytes; for a mail, the first PDF it carries, else its largest picture, else its own words.

    Raises Unreadable for anything else, with words for the sender.
    """
    found = _found_in(data)
    return found if isinstance(found, Source) else Source(PDF, mail.on_pages(found), is_words_of_a_mail=True)


def check(data: bytes) -> None:
    """Raise Unreadable, with words for the sender, when these bytes hold no document. Sets and decodes nothing."""
    _found_in(data)


def _found_in(data: bytes) -> Source | list[str]:
    """The document, or the lines of a mail that is one itself."""
    if not data:
        raise Unreadable(refusal.EMPTY)
    media_type = sniff(data)
    if media_type is not None:
        return Source(media_type, data)
    if mail.looks_like_mail(data):
        return _carried_by(data)
    raise Unreadable(refusal.WRONG_TYPE)


def sniff(data: bytes) -> str | None:
    """The media type of a PDF or a picture we read, from its first bytes; None for anything else."""
    head = data[:_PDF_MARK_WITHIN]
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    guessed = filetype.guess_mime(head[:262])
    if guessed in PICTURES:
        return str(guessed)
    if b"%PDF-" in head and not head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<svg", b"%!ps")):
        return PDF
    return None


def _carried_by(data: bytes) -> Source | list[str]:
    message = mail.opened(data)
    found = [Source(kind, body) for body in mail.attachments(message) if (kind := sniff(body)) is not None]
    if not found:
        if (lines := mail.notice_in(message)) is None:
            raise Unreadable(refusal.MAIL_WITHOUT_DOCUMENT)
        return lines
    papers = [source for source in found if source.media_type == PDF]
    chosen = papers[0] if papers else max(found, key=lambda source: len(source.data))
    # beside a picture stand logos and icons, which are much smaller
    rivals = papers or [source for source in found if len(source.data) > len(chosen.data) / 2]
    return replace(chosen, others=len(rivals) - 1)
