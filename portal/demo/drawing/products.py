"""Product pictures: flat drawings on warm paper in the brand's colours, one shape for each kind of product.

The shapes are SVG fragments of 600 × 450 in `shapes/`; their classes name paints, and an accent sets two
sizes of one thing apart. Rendered by typst, kept as WebP.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image

from portal.demo.drawing.typesetting import typeset_png

_SHAPES = Path(__file__).with_name("shapes")
#: accent, its dark and its light
ACCENTS = {
    "petrol": ("#0b4a5b", "#07333f", "#3c8496"),
    "copper": ("#a84a14", "#7a340c", "#d98a55"),
    "yellow": ("#e3ae2b", "#b5850f", "#f3d27a"),
    "green": ("#2f7550", "#1d5437", "#6bab88"),
    "blue": ("#2f5fa8", "#1f437c", "#7ea2da"),
    "red": ("#b3392f", "#84231b", "#dd7d74"),
    "orange": ("#d96a1c", "#a94d0d", "#f0a469"),
    "slate": ("#4d5a61", "#323c42", "#8b989f"),
}
_PAINTS = {
    "m": "#98a4a9", "l": "#c6ced1", "h": "#e3e8e9", "d": "#5c676d", "i": "#2a3237", "w": "#ffffff", "y": "#e8b83a",
    "k": "#b06a3a", "kl": "#d59a6c", "kd": "#7f4722", "gl": "#b9dbe4", "r": "#b3392f",
}  # fmt: skip
GROUND, DISC = "#f6f5f1", "#e9e6dc"


def kinds() -> tuple[str, ...]:
    """Every kind of product that has a shape."""
    return tuple(sorted(path.stem for path in _SHAPES.glob("*.svg")))


@lru_cache(maxsize=512)
def picture(kind: str, accent: str = "petrol") -> bytes:
    """The WebP of a product: 600 × 450, a few kilobytes, the same for the same arguments.

    accent: a name of `ACCENTS`. Raises KeyError for another one and FileNotFoundError for an unknown kind.
    """
    out = io.BytesIO()
    with Image.open(io.BytesIO(png(kind, accent))) as drawn:
        drawn.convert("RGB").save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def png(kind: str, accent: str = "petrol", *, width: int = 600) -> bytes:
    """The same as PNG, `width` pixels wide, for whoever encodes it again."""
    return typeset_png("picture", _svg(_shape(kind), ACCENTS[accent]), ppi=72 * width / 600)


@cache
def _shape(kind: str) -> str:
    return (_SHAPES / f"{kind}.svg").read_text(encoding="utf-8")


def _svg(shape: str, colours: tuple[str, str, str]) -> str:
    paints = _PAINTS | {"a": colours[0], "b": colours[1], "c": colours[2], "g": DISC}
    fills = "".join(f".{name}{{fill:{paint}}}" for name, paint in paints.items())
    strokes = "".join(
        f".s{name}{{fill:none;stroke:{paint};stroke-linecap:round;stroke-linejoin:round}}"
        for name, paint in paints.items()
    )
    rings = "".join(
        f'<ellipse cx="300" cy="232" rx="{240 + step * 46}" ry="{186 + step * 40}" fill="none" '
        f'stroke="{DISC}" stroke-width="3"/>'
        for step in range(1, 6)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 450" width="600" height="450">'
        f"<style>{fills}{strokes}</style>"
        f'<rect width="600" height="450" fill="{GROUND}"/>{rings}'
        f'<ellipse cx="300" cy="232" rx="240" ry="186" fill="{DISC}"/>'
        '<ellipse cx="300" cy="384" rx="170" ry="15" fill="#191d21" opacity=".10"/>'
        f"{shape}</svg>"
    )
