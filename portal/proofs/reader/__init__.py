"""From a stranger's bytes to pages of words with boxes."""

from portal.proofs.reader.closer import LOOKS, look_again, look_at
from portal.proofs.reader.document import Document, page_image, read_document
from portal.proofs.reader.ocr import Sheet
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.tesseract import EngineFailed, EngineMissing, Seen

__all__ = [
    "LOOKS",
    "Document", "EngineFailed", "EngineMissing", "Seen", "Sheet", "Unreadable", "look_again", "look_at", "page_image",
    "read_document",
]  # fmt: skip
