"""Hostile files have the properties they promise; building them costs little."""

from __future__ import annotations

import io
import time
import zipfile
import zlib

import pypdf
import pytest
from PIL import Image

from portal.demo.drawing import poison


@pytest.mark.parametrize("name", poison.POISON)
def test_a_poison_file_is_small_and_quickly_made(name: str) -> None:
    started = time.process_time()
    data = poison.POISON[name].build()

    assert time.process_time() - started < 3
    assert len(data) < 1_000_000


@pytest.mark.parametrize("name", sorted(set(poison.POISON) - {"locked_pdf"}))
def test_a_poison_file_is_the_same_every_time(name: str) -> None:
    assert poison.POISON[name].build() == poison.POISON[name].build()


def test_nothing_is_empty() -> None:
    assert poison.nothing() == b""


def test_the_wide_picture_has_169_million_pixels_in_a_small_file() -> None:
    data = poison.wide_png()
    with pytest.warns(Image.DecompressionBombWarning):
        size = Image.open(io.BytesIO(data)).size

    assert size == (13_000, 13_000)
    assert len(data) < 50_000


def test_a_smaller_wide_picture_decodes_to_white() -> None:
    picture = Image.open(io.BytesIO(poison.wide_png(500))).convert("L")

    assert picture.getextrema() == (255, 255)


def test_the_huge_page_is_8000_points_square_in_under_400_bytes() -> None:
    data = poison.huge_page_pdf()

    assert len(data) < 400
    assert pypdf.PdfReader(io.BytesIO(data)).pages[0].mediabox.width == 8000


def test_the_long_document_has_5000_pages() -> None:
    assert len(pypdf.PdfReader(io.BytesIO(poison.many_pages_pdf())).pages) == 5000


def test_the_locked_document_does_not_open_with_an_empty_password() -> None:
    reader = pypdf.PdfReader(io.BytesIO(poison.locked_pdf()))

    assert reader.is_encrypted and not reader.decrypt("")
    assert pypdf.PdfReader(io.BytesIO(poison.locked_pdf()), password="open sesame").pages[0].extract_text()


def test_the_broken_table_points_past_the_end() -> None:
    data = poison.broken_xref_pdf()
    start = int(data.split(b"startxref\n")[1].split()[0])

    assert data[start:].startswith(b"xref")
    assert int(data[start:].split()[3]) > len(data)


def test_the_loop_names_itself_as_its_predecessor() -> None:
    data = poison.looping_pdf()

    assert f"/Prev {data.index(b'xref')}".encode() in data


def test_the_truncated_picture_does_not_load() -> None:
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(poison.truncated_jpeg())).load()


@pytest.mark.parametrize(
    ("build", "kind"),
    [(poison.cmyk_jpeg, "JPEG"), (poison.gif_as_png, "GIF"), (poison.tiff_as_jpeg, "TIFF")],
)
def test_a_renamed_picture_is_what_its_bytes_say(build: object, kind: str) -> None:
    picture = Image.open(io.BytesIO(build()))  # type: ignore[operator]

    assert picture.format == kind
    if kind == "JPEG":
        assert picture.mode == "CMYK"


def test_the_polyglot_is_both_a_page_and_a_document() -> None:
    data = poison.html_and_pdf()

    assert data.startswith(b"<!doctype html><script>")
    assert b"%PDF-" in data[:1024]


def test_the_zip_is_no_document_and_not_even_a_zip() -> None:
    assert poison.zip_as_pdf().startswith(b"PK\x03\x04")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(poison.zip_as_pdf()))


def test_the_inflating_document_unpacks_to_hundreds_of_megabytes() -> None:
    data = poison.inflating_pdf()
    packed = data.split(b"stream\n")[1].split(b"\nendstream")[0]
    unpacker, size = zlib.decompressobj(), 0
    while not unpacker.eof:
        size += len(unpacker.decompress(packed, 16 << 20))
        packed = unpacker.unconsumed_tail

    assert size > 190_000_000


def test_the_script_runs_when_a_reader_opens_it() -> None:
    catalog = pypdf.PdfReader(io.BytesIO(poison.script_pdf())).root_object

    assert catalog["/OpenAction"]["/S"] == "/JavaScript"
