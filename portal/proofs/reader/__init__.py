"""From a stranger's bytes to pages of words with boxes."""

from portal.proofs.reader.document import Document, look_again, page_image, read_document
from portal.proofs.reader.ocr import Sheet
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.tesseract import EngineMissing

__all__ = ["Document", "EngineMissing", "Sheet", "Unreadable", "look_again", "page_image", "read_document"]
