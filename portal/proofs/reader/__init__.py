"""From a stranger's bytes to pages of words with boxes."""

from portal.proofs.reader.closer import LOOKS, look_again, look_at
from portal.proofs.reader.document import Document, page_image, read_document
from portal.proofs.reader.engines import SecondEngine, second_engine, second_engine_installed
from portal.proofs.reader.letterforms import faintly_shown, plainly_shown
from portal.proofs.reader.ocr import Sheet, words_on
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.tesseract import EngineFailed, EngineHung, EngineMissing, Seen

__all__ = [
    "LOOKS",
    "Document", "EngineFailed", "EngineHung", "EngineMissing", "SecondEngine", "Seen", "Sheet", "Unreadable", "faintly_shown", "look_again", "look_at",
    "page_image", "plainly_shown", "read_document", "second_engine", "second_engine_installed", "words_on",
]  # fmt: skip
