"""Reads what staff upload with a product: pictures are made ours, papers must be PDF."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from portal.catalog.errors import NotADocument, NotAPicture

#: A stranger's picture may be a bomb: 40 million pixels are decoded at most (reliability.md E15).
MOST_PIXELS = 40_000_000
LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_DOCUMENT = 10 * 1024 * 1024
#: Longest side, in pixels: twice what the product page shows.
SIDE = 960


def webp(data: bytes) -> bytes:
    """WebP bytes of a JPEG, PNG or WebP picture, upright, at most 960 pixels wide and high.

    Raises NotAPicture for anything else, for more than 8 MB and for more than 40 million pixels.
    """
    if len(data) > LARGEST_BYTES:
        raise NotAPicture("The picture is too large. Send one of at most 8 MB.", field="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NotAPicture("The picture has too many pixels. Send a smaller one.", field="picture")
                upright = ImageOps.exif_transpose(opened)
                picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture("This is not a picture that we read. Send a JPEG, PNG or WebP.", field="picture") from None
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def check_pdf(data: bytes) -> None:
    """Raise NotADocument unless the bytes are a PDF of at most 10 MB; it is served as a download only."""
    if len(data) > LARGEST_DOCUMENT:
        raise NotADocument("The file is too large. Send a PDF of at most 10 MB.", field="file")
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise NotADocument("This is not a whole PDF. Save the paper as PDF and send it again.", field="file")
