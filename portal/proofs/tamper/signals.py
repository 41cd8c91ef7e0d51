"""Every check for tampering that fits a document, and what they found.

Source: docs/rules/reading.md, the table of signals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from portal.proofs.tamper import exif, paste, pdf_history, pdf_page, typeface
from portal.proofs.types import FieldValue, Page, Signal

_PDF = "application/pdf"
#: fields whose change would be worth a forger's while
GUARDED = ("amount", "reference", "beneficiary_account", "date", "beneficiary_name", "trace_id")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A document as it is looked at for tampering."""

    media_type: str
    data: bytes
    pages: Sequence[Page]
    #: upright picture of each page that an engine read, by its number
    pictures: Mapping[int, Image.Image]
    fields: Mapping[str, FieldValue | None]


def signals_of(suspect: Suspect) -> tuple[Signal, ...]:
    """What hints at tampering, gravest first. It says nothing of what is merely unusual for a bank."""
    found: list[Signal] = []
    guarded = [(name, value) for name in GUARDED if (value := suspect.fields.get(name)) is not None]
    if suspect.media_type == _PDF:
        found.extend(pdf_history.signals(suspect.data, suspect.fields.get("date")))
        printed = [(name, value) for name, value in guarded if value.engine == "text"]
        found.extend(pdf_page.signals(suspect.data, printed))
    else:
        found.extend(exif.signals(suspect.data))
    for page in suspect.pages:
        seen = [(name, value) for name, value in guarded if value.page == page.number and value.engine != "text"]
        if seen:
            picture = suspect.pictures[page.number]
            found.extend(paste.signals(picture, page, seen))
            found.extend(typeface.signals(picture, page, seen))
    order = {"bad": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda signal: order[signal.severity]))
