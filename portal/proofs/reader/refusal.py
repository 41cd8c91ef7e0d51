"""Why a document cannot be read, in words for the person who sent it."""

from __future__ import annotations

from portal.core.errors import BadInput


class Unreadable(BadInput):
    """The bytes are no document that can be read; the words say why and what to do instead."""


EMPTY = "The file is empty (0 bytes). Please choose the file again."
WRONG_TYPE = "This is not a PDF, a picture (JPEG, PNG, WebP, HEIC) or an e-mail (.eml) that carries one."
PASSWORD = "This PDF is locked with a password. Please send it without one, or as a screenshot."  # noqa: S105
DAMAGED = "The file is damaged and cannot be opened. Please send it again."
TOO_MANY_PIXELS = (
    "The picture has too many pixels ({width} × {height}). Please send a smaller one, up to 40 megapixels."
)
TOO_MANY_PAGES = "The PDF has {count} pages. Please send the page or two that show the payment."
NO_PAGES = "The PDF has no pages."
MAIL_WITHOUT_DOCUMENT = (
    "The e-mail carries no PDF or picture and names no amount. Please attach the proof of payment itself."
)
MAIL_DAMAGED = "The e-mail is damaged and cannot be opened. Please attach the proof of payment itself."
NO_TEXT = "No text could be read in this document. Please send a sharper picture, or the bank's own PDF."
TOO_LONG = "Reading took too long and was stopped. Please send the bank's own PDF, or a screenshot."
TOO_HEAVY = "Reading this document needs more memory than it may use. Please send a smaller one."
NO_ENGINE = "The text recognition is not available at the moment. The document is kept and will be read again."
