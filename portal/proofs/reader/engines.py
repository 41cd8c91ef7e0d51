"""Engines that see words on a picture, behind one small interface; the second is optional.

Source: docs/rules/reading.md, D18.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol

from PIL import Image

from portal.proofs.reader.tesseract import Seen

PixelBox = tuple[float, float, float, float]


class SecondEngine(Protocol):
    """What the pipeline asks of an engine that is asked when the first one is in doubt. All in pixels."""

    NAME: str

    def read_place(self, picture: Image.Image, box: PixelBox) -> list[Seen]:
        """The words of one line whose letters fill the box. Raises EngineMissing, EngineFailed."""
        ...

    def read_words(
        self,
        picture: Image.Image,
        known: Sequence[Seen] = (),
        *,
        is_small_print: Callable[[str], bool] = ...,
        until: float = ...,
    ) -> tuple[list[Seen], list[Seen]]:
        """The words of a level picture, and those known ones that need no other reading. Raises as above."""
        ...


def second_engine_installed() -> bool:
    """Whether the packages of the second engine are there; nothing is loaded."""
    return all(find_spec(name) is not None for name in ("cv2", "onnxruntime", "rapidocr"))


@cache
def second_engine() -> SecondEngine | None:
    """RapidOCR, loaded when it is first asked for; None where its packages are not installed.

    Load it only in the process that reads: its libraries start threads, which a fork leaves behind.
    """
    if not second_engine_installed():
        return None
    from portal.proofs.reader import rapid  # 150 MB and a third of a second

    return rapid
