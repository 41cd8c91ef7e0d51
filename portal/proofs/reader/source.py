"""What kind of document some bytes are: decided by their content, never by a name.

Source: docs/rules/reading.md, D1.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, replace
from email.message import EmailMessage

import filetype

from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable

PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif")
#: a PDF may have some bytes before its mark (mail gateways put them there); readers allow 1024
_PDF_MARK_WITHIN = 1024
_MAIL_HEADERS = (b"from:", b"to:", b"subject:", b"date:", b"received:", b"return-path:", b"message-id:")
_MAIL_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Source:
    """One readable document: its kind and its bytes (the inner ones when it came inside a mail)."""

    media_type: str
    data: bytes
    #: documents that came in the same mail and are not read
    others: int = 0


def unwrap(data: bytes) -> Source:
    """The document in these bytes; for a mail, the first PDF it carries, else its largest picture.

    Raises Unreadable for anything else, with words for the sender.
    """
    if not data:
        raise Unreadable(refusal.EMPTY)
    media_type = sniff(data)
    if media_type is not None:
        return Source(media_type, data)
    if _looks_like_mail(data):
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


def _looks_like_mail(data: bytes) -> bool:
    head = data[:4096].lower()
    lines = head.splitlines()
    return sum(any(line.startswith(name) for line in lines) for name in _MAIL_HEADERS) >= 2


def _carried_by(data: bytes) -> Source:
    message = email.message_from_bytes(data, policy=email.policy.default)
    found = [Source(kind, body) for body in _attachments(message, 0) if (kind := sniff(body)) is not None]
    if not found:
        raise Unreadable(refusal.MAIL_WITHOUT_DOCUMENT)
    papers = [source for source in found if source.media_type == PDF]
    chosen = papers[0] if papers else max(found, key=lambda source: len(source.data))
    # beside a picture stand logos and icons, which are much smaller
    rivals = papers or [source for source in found if len(source.data) > len(chosen.data) / 2]
    return replace(chosen, others=len(rivals) - 1)


def _attachments(message: EmailMessage, depth: int) -> list[bytes]:
    bodies: list[bytes] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        if depth < _MAIL_DEPTH and part.get_filename("").lower().endswith(".eml") and _looks_like_mail(payload):
            inner = email.message_from_bytes(payload, policy=email.policy.default)
            bodies.extend(_attachments(inner, depth + 1))
        else:
            bodies.append(payload)
    return bodies
