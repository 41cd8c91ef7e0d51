"""Pictures are decoded within bounds and stand as their EXIF tag says."""

from __future__ import annotations

import io
import resource

import pytest
from PIL import Image

from portal.proofs.reader import page_image
from portal.proofs.reader.fingerprint import picture_hash
from portal.proofs.reader.pictures import KEPT_PIXELS, open_picture
from portal.proofs.reader.refusal import Unreadable
from tests.unit.proofs import papers


@pytest.mark.parametrize("size", [(13_000, 13_000), (20_000, 20_000)])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]):
    data = papers.flood_png(*size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable, match="too many pixels"):
        open_picture(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
    assert len(data) < 100_000


def test_a_large_picture_is_kept_no_larger_than_reading_needs():
    found = open_picture(papers.flood_png(6_000, 5_000))
    assert found.width * found.height <= KEPT_PIXELS * 1.01


def test_the_exif_tag_turns_the_picture():
    drawn = papers.picture(())
    exif = Image.Exif()
    exif[0x0112] = 6
    data = papers.saved(drawn.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    assert open_picture(data).size == drawn.size


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_colour_mode_becomes_rgb(mode: str):
    drawn = papers.picture(()).convert("L") if mode == "I;16" else papers.picture(()).convert(mode)
    data = papers.saved(drawn.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert open_picture(data).mode == "RGB"


def test_what_is_transparent_is_paper():
    drawn = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert open_picture(papers.saved(drawn)).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("keep", [20, 200, 2000])
def test_a_torn_picture_is_refused_as_damaged(keep: int):
    with pytest.raises(Unreadable, match="damaged"):
        open_picture(papers.saved(papers.picture(), "PNG")[:keep])


def test_the_page_picture_is_small_webp_turned_as_the_reading_says():
    wide = papers.picture().resize((1600, 800))
    shown = Image.open(io.BytesIO(page_image(papers.saved(wide), 1, 90)))
    assert shown.format == "WEBP"
    assert shown.width == 800 and shown.height == 1600
    assert Image.open(io.BytesIO(page_image(papers.saved(wide), 1))).width == 1080


def test_pictures_that_look_alike_have_hashes_that_differ_little():
    drawn = papers.picture()
    same = Image.open(io.BytesIO(papers.saved(drawn.resize((620, drawn.height // 2)), "JPEG", quality=50)))
    other = papers.picture((("Nothing", "alike"),)).rotate(180)
    distance = [bin(int(picture_hash(drawn), 16) ^ int(picture_hash(one), 16)).count("1") for one in (same, other)]
    assert len(picture_hash(drawn)) == 16
    assert distance[0] <= 6 < distance[1]
