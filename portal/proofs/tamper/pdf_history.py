"""What a PDF says of its own history: who wrote it, and whether somebody wrote to it again.

Source: docs/rules/reading.md, signals pdf_….
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

import pypdfium2 as pdfium

from portal.proofs.types import FieldValue, Signal

#: programs people change PDFs with; banks do not make notices with them
_EDITORS = re.compile(
    r"pdfescape|sejda|ilovepdf|smallpdf|foxit.{0,20}(?:editor|phantom)|phantompdf|nitro|pdf-xchange|pdfelement|"
    r"wondershare|master pdf editor|pdffiller|dochub|soda pdf|pdf candy|pdf24|pdf ?architect|infix|able2extract|"
    r"inkscape|gimp|photoshop|illustrator|coreldraw|canva|figma|affinity|xodo|pdf expert|pdf\.online|hipdf|"
    r"acrobat (?:pro|standard|dc)|adobe acrobat [0-9x]+|pdfsam|movavi|icecream|updf|lightpdf|aspose|docfly",
    re.IGNORECASE,
)
#: programs people write letters with: a bank's notice never comes from them
_WRITERS = re.compile(
    r"microsoft.{0,3} ?(?:office )?(?:word|excel|powerpoint|publisher)|libreoffice|openoffice|google docs|wps (?:office|writer)|"
    r"\bpages\b|onlyoffice|\bwriter\b",
    re.IGNORECASE,
)
_PDF_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?([+\-Z])?(\d{2})?'?(\d{2})?")
_LATER = timedelta(minutes=10)


def signals(data: bytes, paid_on: FieldValue | None) -> list[Signal]:
    """Signals from the document's information, its revisions and its dates."""
    notes = _information(data)
    if notes is None:
        return []
    return [*_by_program(notes), *_by_revisions(data, notes), *_by_dates(notes, paid_on)]


def _information(data: bytes) -> Mapping[str, str] | None:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return None
    try:
        return {str(name): str(value) for name, value in document.get_metadata_dict().items()}
    finally:
        document.close()


def _by_program(notes: Mapping[str, str]) -> list[Signal]:
    programs = f"{notes.get('Producer', '')} / {notes.get('Creator', '')}"
    if (named := _EDITORS.search(programs)) is not None:
        return [Signal("pdf_editor", "warn", f"This PDF was written by a program that changes PDFs ({named[0]}).")]
    if (named := _WRITERS.search(programs)) is not None:
        words = f"This PDF was made by a word processor ({named[0]}), not by a bank's system."
        return [Signal("pdf_word_processor", "warn", words)]
    return []


def _by_revisions(data: bytes, notes: Mapping[str, str]) -> list[Signal]:
    """Each saving on top adds an end mark; a file made for the web has two from the start, a signature adds one."""
    ends = len(re.findall(rb"%%EOF", data))
    allowed = 1 + (b"/Linearized" in data[:4096]) + len(re.findall(rb"/ByteRange\s*\[", data))
    if ends <= allowed:
        return []
    created, changed = when(notes.get("CreationDate", "")), when(notes.get("ModDate", ""))
    later = created is not None and changed is not None and changed - created > _LATER
    words = "This PDF was saved again on top of the finished document" + (
        f", on {changed:%d %B %Y}." if later and changed is not None else "."
    )
    return [Signal("pdf_saved_again", "bad" if later else "warn", words)]


def _by_dates(notes: Mapping[str, str], paid_on: FieldValue | None) -> list[Signal]:
    created, changed = when(notes.get("CreationDate", "")), when(notes.get("ModDate", ""))
    found = []
    if created is not None and changed is not None and changed - created > _LATER:
        words = f"This PDF was made on {created:%d %B %Y %H:%M} and changed on {changed:%d %B %Y %H:%M}."
        found.append(Signal("pdf_changed_later", "warn", words))
    if (
        created is not None
        and paid_on is not None
        and date.fromisoformat(paid_on.value) > created.date() + timedelta(days=1)
    ):
        words = f"This PDF was made on {created:%d %B %Y}, before the payment it tells of."
        found.append(Signal("pdf_older_than_payment", "warn", words, paid_on.page, paid_on.box))
    return found


def when(text: str) -> datetime | None:
    """A PDF date like ``D:20260825201605+02'00'``; UTC where it names no zone; None when it is none."""
    match = _PDF_DATE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = UTC
    if match[7] in ("+", "-") and match[8]:
        offset = timedelta(hours=int(match[8]), minutes=int(match[9] or 0))
        if offset < timedelta(hours=24):
            zone = timezone(offset if match[7] == "+" else -offset)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
