from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.catalog.errors import NotAPicture
from portal.catalog.reader import SIDE, webp
from portal.catalog.types import LONGEST_WORD, SortBy, index_words, next_prefix, plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hydraulic hose 1/2 inch", ("hydraulic", "hose", "1", "2", "inch")),
        ("Émulsion  VISCOSITÉ", ("emulsion", "viscosite")),
        ("HH-12-R2AT", ("hh", "12", "r2at")),
        ("hose hose HOSE", ("hose",)),
        ("½ ℓ", ("1", "2", "l")),
        ("!!! ---", ()),
    ],
)
def test_words_are_small_plain_and_once(text: str, words: tuple[str, ...]) -> None:
    assert plain_words(text) == words


def test_a_code_is_found_with_and_without_its_dashes() -> None:
    assert {"hh", "12", "r2at", "hh12r2at"} <= index_words("HH-12-R2AT", "Hose")


@given(st.text(max_size=200))
def test_no_word_is_longer_than_the_index_keeps(text: str) -> None:
    assert all(0 < len(word) <= LONGEST_WORD for word in index_words("A-1", text))


@given(prefix=st.text("abc019", min_size=1, max_size=5), rest=st.text("az09", max_size=5))
def test_every_word_with_a_beginning_lies_in_its_range(prefix: str, rest: str) -> None:
    assert prefix <= prefix + rest < next_prefix(prefix)


@pytest.mark.parametrize("text", [None, "", "size", "price desc"])
def test_an_order_of_nonsense_is_by_name(text: str | None) -> None:
    assert SortBy.of(text) is SortBy.NAME


def picture(kind: str, size: tuple[int, int] = (1200, 600), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#0b4a5b").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_any_usual_picture_becomes_our_size_of_webp(kind: str) -> None:
    with Image.open(io.BytesIO(webp(picture(kind)))) as made:
        assert made.format == "WEBP"
        assert made.size == (SIDE, SIDE // 2)


def test_what_is_transparent_stays_transparent() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(webp(out.getvalue()))) as made:
        assert made.convert("RGBA").getpixel((5, 5))[3] == 0


def test_where_the_picture_was_taken_is_not_kept() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at our gate"
    Image.new("RGB", (20, 10)).save(out, "JPEG", exif=exif)
    assert b"gate" in out.getvalue()
    assert b"gate" not in webp(out.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"%PDF-1.7",
        picture("GIF"),
        picture("BMP"),
        picture("PNG")[:200],
        b"\x00" * 9_000_000,
    ],
)
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(NotAPicture) as refused:
        webp(data)
    assert refused.value.field == "picture"


def test_a_flood_of_pixels_is_refused_before_it_is_decoded() -> None:
    flood = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(flood, "PNG")
    with pytest.raises(NotAPicture):
        webp(flood.getvalue())
