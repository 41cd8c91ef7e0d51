"""One document from bytes to a reading: in this process, or in a bounded child.

Source: docs/rules/reading.md, D4.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from portal.core.text import counted
from portal.proofs import verdict
from portal.proofs.extract import layouts_version, meant, read_fields
from portal.proofs.extract.lines import in_reading_order
from portal.proofs.pipeline.second_look import confirmed
from portal.proofs.pipeline.specimen import SPECIMEN
from portal.proofs.pipeline.visible import unlike_the_page
from portal.proofs.reader import (
    Document,
    EngineFailed,
    EngineHung,
    EngineMissing,
    Unreadable,
    read_document,
    refusal,
    sandbox,
)
from portal.proofs.tamper import Suspect, signals_of
from portal.proofs.types import FIELD_NAMES, FieldValue, Page, Reading, Signal
from portal.proofs.types.as_json import reading_from_json, reading_to_json

DEADLINE_S = 20.0
#: seconds after its start in which a reading may begin lines with the second engine
_SECOND_ENGINE_S = 14.0
#: address space a reading may add, per process; what it really uses stays far below
MEMORY_MB = 900
#: what a reading was made with, stored beside it so that it can be explained, replayed and recalled
VERSIONS = {"reader": "3", "extract": "3", "tamper": "2", "layouts": layouts_version(), "rules": verdict.VERSION}
_ENGINE_MISSING = "engine missing"
#: letters and digits; the day and the amount alone have more. An engine sees a letter in a sun or a stain, too
_LEAST_LEGIBLE = 10


def read(document: bytes | Path, *, without: Collection[str] = (), escalate: bool = True) -> Reading:
    """Read a document in this process.

    without: names of banks whose layouts are switched off. escalate: whether the second engine may be asked.
    Returns ``ok=False`` with words for the sender when it cannot be read. Raises EngineMissing when there is no engine
    on this machine, OSError when the file cannot be opened.
    """
    started, until = time.perf_counter(), time.monotonic() + _SECOND_ENGINE_S
    data = document.read_bytes() if isinstance(document, Path) else document
    try:
        reading = _read(read_document(data), without, escalate, until)
    except Unreadable as refused:
        reading = unread(refused.words)
    except EngineHung:
        reading = unread(refusal.TOO_LONG)
    except (EngineFailed, MemoryError):
        reading = unread(refusal.TOO_HEAVY)
    return replace(reading, ms=round((time.perf_counter() - started) * 1000))


def read_safely(
    document: bytes | Path,
    *,
    without: Collection[str] = (),
    escalate: bool = True,
    deadline_s: float = DEADLINE_S,
    memory_mb: int = MEMORY_MB,
) -> Reading:
    """Read a document in a child process that is killed, with all it started, when its time is over.

    Never raises for a bad document: that is a reading with ``ok=False``. Raises EngineMissing and OSError as `read`.
    """
    _warm()
    started = time.perf_counter()
    data = document.read_bytes() if isinstance(document, Path) else document
    try:
        answer = sandbox.run(lambda: _as_bytes(data, without, escalate), deadline_s=deadline_s, memory_mb=memory_mb)
    except sandbox.Stopped as stopped:
        words = refusal.TOO_LONG if stopped.why == "time" else refusal.TOO_HEAVY
        return replace(unread(words), ms=round((time.perf_counter() - started) * 1000))
    found = json.loads(answer)
    if _ENGINE_MISSING in found:
        raise EngineMissing(found[_ENGINE_MISSING])
    return reading_from_json(found)


@cache
def _warm() -> None:
    """Make once, for all the children of this process, what readings share: shapes of letters, patterns, lexicons.

    Made anew in every child they are more than half of what a text PDF takes.
    """
    read(SPECIMEN, escalate=False)


def unread(words: str) -> Reading:
    """The reading of a document that could not be read, with the reason in words for its sender."""
    fields = dict.fromkeys(FIELD_NAMES)
    return Reading(False, words, "none", (), "", dict(fields), (), 0, None, dict(VERSIONS))


def _as_bytes(data: bytes, without: Collection[str], escalate: bool) -> bytes:
    try:
        return json.dumps(reading_to_json(read(data, without=without, escalate=escalate))).encode()
    except EngineMissing as error:
        return json.dumps({_ENGINE_MISSING: str(error)}).encode()


def _legible(pages: Sequence[Page]) -> int:
    return sum(sign.isalnum() for page in pages for word in page.words for sign in word.text)


def _read(document: Document, without: Collection[str], escalate: bool, until: float) -> Reading:
    pages = tuple(sheet.page for sheet in document.sheets)
    looked = confirmed(document, read_fields(pages, without), without=without, escalate=escalate, until=until)
    if _legible(looked.pages) < _LEAST_LEGIBLE:
        return replace(unread(refusal.NO_TEXT), pages=pages, picture_hash=document.picture_hash)
    extraction = looked.extraction
    suspect = Suspect(  # the first engine's words: they fit their letters closer
        document.source.media_type, document.source.data, pages,
        {sheet.page.number: sheet.picture for sheet in document.sheets if sheet.page.engine != "text"},
        extraction.fields,
    )  # fmt: skip
    signals = (
        *extraction.signals, *_left_unread(document), *unlike_the_page(document, extraction), *signals_of(suspect),
    )  # fmt: skip
    return Reading(
        ok=True,
        error=None,
        engine=_engine_of(looked.pages),
        pages=tuple(_ordered(page) for page in looked.pages),
        text=extraction.text,
        fields={name: _weighed(value) for name, value in extraction.fields.items()},
        signals=signals,
        ms=0,
        layout=extraction.layout,
        versions=dict(VERSIONS),
        picture_hash=document.picture_hash,
    )


def _left_unread(document: Document) -> tuple[Signal, ...]:
    """What stands on pages, or in documents of the same mail, that nobody read may take back what is said."""
    found = []
    if document.page_count > (read_to := len(document.sheets)):
        words = f"The document has {document.page_count} pages, of which only the first {read_to} were read."
        found.append(Signal("pages_unread", "warn", words))
    if document.source.others:
        words = f"The mail carries {counted(document.source.others, 'more document')}, of which none was read."
        found.append(Signal("documents_unread", "warn", words))
    if document.source.is_words_of_a_mail:
        words = "These are the words of an e-mail, which anybody can write, and no document of a bank."
        found.append(Signal("mail_words", "warn", words))
    return tuple(found)


def _weighed(value: FieldValue | None) -> FieldValue | None:
    """The value with the share of such values that are right as its confidence."""
    return replace(value, confidence=meant(value.confidence)) if value is not None else None


def _engine_of(pages: Sequence[Page]) -> str:
    """The furthest that had to be gone: "text" only when no page needed an engine."""
    engines = {page.engine for page in pages}
    return next((engine for engine in ("rapidocr", "tesseract") if engine in engines), "text")


def _ordered(page: Page) -> Page:
    return replace(page, words=in_reading_order(page))
