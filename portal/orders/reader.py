"""Reads a photo or signature that proves a delivery and makes a picture of ours of it: nothing hidden stays in it."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from portal.orders.errors import NotEvidence

#: a stranger's picture may be a bomb (reliability.md E15)
MOST_PIXELS = 40_000_000
LARGEST_BYTES = 8 * 1024 * 1024
#: longest side, in pixels: a signature and the stamp beside it stay legible
SIDE = 1600


def webp(data: bytes) -> bytes:
    """WebP bytes of a JPEG, PNG or WebP picture, upright and without what cameras write into it.

    Raises NotEvidence for anything else, for more than 8 MB and for more than 40 million pixels.
    """
    if len(data) > LARGEST_BYTES:
        raise NotEvidence("The picture is too large. Send one of at most 8 MB.", field="evidence")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NotEvidence("The picture has too many pixels. Send a smaller one.", field="evidence")
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        words = "This is not a picture that we read. Send a JPEG, PNG or WebP."
        raise NotEvidence(words, field="evidence") from None
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
