"""Pictures from strangers, decoded within bounds: formats we name, pixels we can afford.

Source: docs/rules/reading.md, D2 (a 21 kB PNG can decode to 800 MB).
"""

from __future__ import annotations

import io
import warnings

import pi_heif
from PIL import Image, ImageOps

from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable

# a JPEG with several frames (MPO) opens as JPEG; its first frame is read
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS = 40_000_000
#: pixels kept for reading: more only costs time and memory
MAX_WIDTH, MAX_HEIGHT = 2200, 6000
KEPT_PIXELS = 7_000_000

pi_heif.register_heif_opener()


def open_picture(data: bytes) -> Image.Image:
    """The picture turned upright by its EXIF tag, RGB, shrunk to what reading needs.

    The header is judged before any pixel is decoded.
    Raises Unreadable for damaged bytes, other formats and more than 40 million pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # we judge the size ourselves; broken EXIF is no news
            return _decode(data)
    except Image.DecompressionBombError as error:
        raise Unreadable(refusal.TOO_MANY_PIXELS.format(width="?", height="?")) from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError) as error:
        # what Pillow's decoders raise for broken files
        raise Unreadable(refusal.DAMAGED) from error


def _decode(data: bytes) -> Image.Image:
    picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Unreadable(refusal.TOO_MANY_PIXELS.format(width=width, height=height))
    if picture.format in ("JPEG", "MPO"):
        # decodes at half or a quarter of the size where the picture is far larger than what is kept
        picture.draft("RGB", (MAX_WIDTH, MAX_WIDTH))
    picture.load()
    picture = shrink(picture)
    return ImageOps.exif_transpose(_as_rgb(picture))


def shrink(picture: Image.Image) -> Image.Image:
    """The same picture with no more pixels than reading needs."""
    width, height = picture.size
    long_edge, short_edge = max(width, height), min(width, height)
    factor = min(1.0, MAX_HEIGHT / long_edge, MAX_WIDTH / short_edge, (KEPT_PIXELS / (width * height)) ** 0.5)
    if factor >= 1.0:
        return picture
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if picture.mode in ("P", "1"):
        picture = picture.convert("RGB")
    smaller = picture.resize(size, Image.Resampling.BOX if factor < 0.5 else Image.Resampling.LANCZOS)
    smaller.info.update(picture.info)
    exif = picture.getexif()
    if exif:
        smaller.info["exif"] = exif.tobytes()
    return smaller


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I;16", "I;16B", "I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, (255, 255, 255))
        paper.paste(with_alpha, (0, 0), with_alpha.getchannel("A"))
        paper.info.update(picture.info)
        return paper
    return picture if picture.mode == "RGB" else picture.convert("RGB")
