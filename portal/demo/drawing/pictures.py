"""What happens to a page on its way to us: scanning, photographing, sending, turning. Pillow and numpy only.

Every function takes and gives RGB pictures; randomness comes from a seeded generator.
"""

from __future__ import annotations

import io
from random import Random

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float32]
Point = tuple[float, float]


def page_of(pdf: bytes, *, width: int | None = None, dpi: int = 150, page: int = 1) -> Image.Image:
    """One page of a PDF as RGB, at a resolution or at an exact width in pixels."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        leaf = document[page - 1]
        scale = width / leaf.get_width() if width else dpi / 72
        picture: Image.Image = leaf.render(scale=scale).to_pil()
        return picture.convert("RGB")
    finally:
        document.close()


def jpeg(picture: Image.Image, quality: int, *, dpi: int | None = None, turned: int | None = None) -> bytes:
    """JPEG bytes; `turned` writes an EXIF orientation (1 to 8) without moving a pixel."""
    out = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
    picture.save(out, "JPEG", quality=quality, dpi=(dpi, dpi) if dpi else (72, 72), exif=exif)
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    """PNG bytes."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def picture_pdf(picture: Image.Image, *, dpi: int, quality: int = 70) -> bytes:
    """A PDF of one page that is nothing but a JPEG: a scan. Written by hand, so that no clock gets into it."""
    body = jpeg(picture, quality)
    wide, high = (round(side * 72 / dpi, 2) for side in picture.size)
    draw = f"q {wide} 0 0 {high} 0 0 cm /Im0 Do Q".encode()
    image = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /ColorSpace /DeviceRGB "
        f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(body)} >>"
    ).encode()
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents 4 0 R "
            f"/Resources << /XObject << /Im0 5 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
            image + b"\nstream\n" + body + b"\nendstream",
        ],
        info=b"<< /Producer (Scan to PDF 3.2) /Creator (Office scanner) >>",
    )


def objects_pdf(objects: list[bytes], *, info: bytes | None = None) -> bytes:
    """A PDF file of these objects, numbered from 1; the first is its catalog."""
    every = [*objects, info] if info else objects
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(every, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(every) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    about = b" /Info %d 0 R" % len(every) if info else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(every) + 1, about, start)
    return bytes(out)


def scanned(picture: Image.Image, random: Random) -> Image.Image:
    """A flatbed scan: a little crooked, grey paper, dust and grain."""
    turned = picture.rotate(random.uniform(-0.9, 0.9), Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))
    pixels = _floats(turned.filter(ImageFilter.GaussianBlur(0.5)))
    pixels = 14 + pixels * 0.925
    return _grainy(pixels, random, 2.2)


def grainy(picture: Image.Image, random: Random) -> Image.Image:
    """A straight scan: only its grain shows."""
    return _grainy(6 + _floats(picture) * 0.955, random, 4.0)


def photographed(picture: Image.Image, random: Random, *, hard: bool = False) -> Image.Image:
    """A photo of the printed page lying on a table: perspective, tilt, falling light, noise; worse when `hard`."""
    effort = 1.7 if hard else 1.0
    size = (1380, 1840) if picture.height >= picture.width else (1840, 1380)
    table = _table(size, random)
    edge = 0.055
    fit = min(size[0] * (1 - 2 * edge) / picture.width, size[1] * (1 - 2 * edge) / picture.height)
    half = (picture.width * fit / 2, picture.height * fit / 2)
    middle = (size[0] / 2, size[1] / 2)
    tilt = random.choice((-1, 1)) * random.uniform(0.01, 0.028) * effort
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        px, py = x * half[0], y * half[1]
        px, py = px - py * tilt, py + px * tilt
        squeeze = 0.022 * effort
        corners.append(
            (middle[0] + px * (1 - random.uniform(0, squeeze)), middle[1] + py * (1 - random.uniform(0, squeeze)))
        )
    laid = _lay(picture, table, corners)
    if hard:
        laid = laid.filter(ImageFilter.GaussianBlur(0.8))
    pixels = _floats(laid.filter(ImageFilter.GaussianBlur(0.6))) * _light(size, random, 0.22 * effort)
    pixels *= np.array([1.0, 0.985, random.uniform(0.9, 0.95)], dtype=np.float32)  # a warm lamp
    return _grainy(pixels, random, 2.8 * effort)


def sent_by_chat(picture: Image.Image) -> Image.Image:
    """Shrunk to at most 1280 pixels, as chat programs do."""
    return shrunk(picture, 1280)


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """At most `longest` pixels on its longer side."""
    if max(picture.size) <= longest:
        return picture
    scale = longest / max(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)


def shaken(picture: Image.Image, random: Random) -> Image.Image:
    """So blurred that nobody can read it."""
    small = picture.resize((picture.width // 9, picture.height // 9), Image.Resampling.BILINEAR)
    back = small.resize(picture.size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(7))
    return _grainy(_floats(back) * 0.9, random, 5)


def darkened(picture: Image.Image) -> Image.Image:
    """Dark mode: lightness turned over, hues kept, black lifted to a dark grey."""
    pixels = _floats(picture)
    turned = pixels + (255 - pixels.max(axis=2, keepdims=True) - pixels.min(axis=2, keepdims=True))
    return _picture(18 + turned * (225 / 255))


_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
#: EXIF orientation that a viewer needs to show a picture upright after it was turned counter-clockwise by so much
EXIF_OF_TURN = {90: 6, 180: 3, 270: 8}


def turned(picture: Image.Image, degrees: int) -> Image.Image:
    """Turned counter-clockwise by 90, 180 or 270 degrees, without loss."""
    return picture.transpose(_TURNS[degrees])


def _floats(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"), dtype=np.float32).copy()


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


def _grainy(pixels: Pixels, random: Random, strength: float) -> Image.Image:
    noise = np.random.default_rng(random.getrandbits(63))
    grain = noise.standard_normal(pixels.shape[:2], dtype=np.float32) * strength
    return _picture(pixels + grain[..., None])


def _light(size: tuple[int, int], random: Random, depth: float) -> Pixels:
    """A lamp near one corner: brightness falls off across the picture. Shape height × width × 1."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0], dtype=np.float32), np.linspace(0, 1, size[1], dtype=np.float32))
    away = np.hypot(x - random.uniform(0.1, 0.9), y - random.uniform(0.0, 0.4)).astype(np.float32)
    light: Pixels = (1.02 - depth * away)[..., None]
    return light


def _table(size: tuple[int, int], random: Random) -> Image.Image:
    """A wooden table: long soft grains of one brown."""
    noise = np.random.default_rng(random.getrandbits(63))
    grain = noise.standard_normal((size[1] // 24, size[0] // 3)).astype(np.float32)
    stripes = Image.fromarray((128 + grain * 14).clip(0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    tone = np.array(random.choice(((122, 92, 66), (96, 88, 82), (140, 118, 94))), dtype=np.float32)
    return _picture(tone * (np.asarray(stripes, dtype=np.float32)[..., None] / np.float32(128)))


def _lay(picture: Image.Image, table: Image.Image, corners: list[Point]) -> Image.Image:
    """The page on the table with its corners at these points (clockwise from top left) and a soft shadow."""
    here = _coefficients(corners, picture.size)
    page = picture.transform(table.size, Image.Transform.PERSPECTIVE, here, Image.Resampling.BICUBIC)
    sheet = Image.new("L", picture.size, 255)
    mask = sheet.transform(table.size, Image.Transform.PERSPECTIVE, here, Image.Resampling.BILINEAR)
    shadow = mask.filter(ImageFilter.BoxBlur(14)).point(lambda value: value * 0.45)
    laid = Image.composite(Image.new("RGB", table.size, (20, 16, 12)), table, shadow)
    laid.paste(page, (0, 0), mask)
    return laid


def _coefficients(corners: list[Point], size: tuple[int, int]) -> tuple[float, ...]:
    """Pillow's eight numbers that bring each corner on the table back to the page's own corner."""
    wide, high = size
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (wide, 0), (wide, high), (0, high)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(wanted, dtype=np.float64))
    return tuple(float(value) for value in solved)
