"""A file that was changed, cut off or made to do harm is refused, with its row where one can be named."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.banking import statements
from portal.banking.errors import StatementRefused
from tests.unit.banking import files
from tests.unit.banking.files import story
from tests.unit.banking.test_statements import LINES, TODAY, read, workbook


def refused(content: str | bytes, account: str | None = None) -> StatementRefused:
    with pytest.raises(StatementRefused) as caught:
        read(content, account)
    return caught.value


@given(st.integers(1, 11), st.integers(1, 10**9), st.integers(0, 50))
def test_a_changed_amount_is_named_by_its_row(place: int, by: int, seed: int) -> None:
    rows = files.fnb(story(seed=seed)).split("\r\n")
    cells = rows[3 + place].split(",")
    cells[2] = files.plain(round(float(cells[2]) * 100) + by)
    rows[3 + place] = ",".join(cells)
    assert refused("\r\n".join(rows)).row == 4 + place


@given(st.integers(1, 10))
def test_a_missing_row_is_named_by_the_one_that_follows(place: int) -> None:
    rows = files.fnb(LINES).split("\r\n")
    del rows[3 + place]
    assert refused("\r\n".join(rows)).row == 4 + place


@given(st.integers(200, 900))
def test_a_cut_file_is_refused_or_ends_with_a_whole_line(at: int) -> None:
    try:
        found = read(files.fnb(LINES)[:at])
    except StatementRefused:
        return
    whole = read(files.fnb(LINES))
    assert found.lines == whole.lines[: len(found.lines)]


@pytest.mark.parametrize("make", [files.mt940, files.camt053])
@given(place=st.integers(0, 11), by=st.integers(1, 10**6))
def test_entries_that_do_not_add_up_are_refused(make: object, place: int, by: int) -> None:
    assert callable(make)
    right = make(LINES)
    wrong = make([*LINES[:place], files.replace(LINES[place], amount=LINES[place].amount + by), *LINES[place + 1 :]])
    tail = ":62F:" if ":62F:" in right else "<Ntry>"
    if tail == ":62F:":
        wrong = wrong.split(tail)[0] + tail + right.split(tail)[1]
    else:
        wrong = right.split(tail)[0] + tail + wrong.split(tail, 1)[1]
    assert "add up" in refused(wrong).words


@pytest.mark.parametrize("make", [files.mt940, files.camt053, files.ofx, files.qif])
def test_half_a_file_is_refused(make: object) -> None:
    assert callable(make)
    text = make(LINES)
    assert refused(text[: len(text) * 2 // 3]).words


def test_a_file_of_another_account_is_refused() -> None:
    assert files.ACCOUNT in refused(files.fnb(LINES), "62000000001").words
    assert read(files.fnb(LINES, "0" + files.ACCOUNT), files.ACCOUNT).lines


def test_an_amount_that_is_a_formula_is_refused_with_its_row() -> None:
    assert refused(workbook(LINES, D5="=D4*2")).row == 5
    assert refused(files.fnb(LINES).replace(files.plain(LINES[2].amount), '"=1+1"', 1)).row == 6


def test_a_day_that_no_calendar_has_is_refused_with_its_row() -> None:
    assert refused(files.fnb(LINES).replace(f"{LINES[0].on:%Y/%m/%d}", "2026/02/30", 1)).row == 4


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
ABROAD = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, ABROAD])
def test_xml_that_declares_entities_is_refused_unread(declared: str) -> None:
    text = files.camt053(LINES).replace("<Document", declared + "<Document", 1)
    assert "entities" in refused(text).words
    assert "entities" in refused(text.encode("utf-16")).words
    assert "entities" in refused(declared + files.ofx(LINES)).words


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (80 * 1024 * 1024))
    began = time.monotonic()
    assert "40 MB" in refused(out.getvalue()).words
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\0\0\0", "empty"), (b"%PDF-1.7 x", "PDF"), (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"), (b"PK\x03\x04 no zip", "damaged"),
        (bytes(range(256)) * 40, "not text"), (b"hello, this is no statement", "No table"),
        (b"\xff\xfe\x41", "encoding"), (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old Excel"), (b"Date,Amount\n", "No table"),
        (b"Date,Description,Amount,Balance\n", "no lines"), (b'Date,Description,Amount,Balance\n2026-01-01,"x', "quotation"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused_in_plain_words(content: bytes, words: str) -> None:
    assert words in refused(content).words


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for start in (
        b"",
        b"Date,Description,Amount,Balance\n",
        b"OFXHEADER:100\n<OFX>",
        b"!Type:Bank\n",
        b":20:x\n:60F:",
        b"<?xml",
    ):
        try:
            statements.read(start + content, today=date(2026, 1, 1))
        except StatementRefused:
            continue
    assert TODAY
