"""The second engine: the PP-OCR networks of RapidOCR, run by onnxruntime on one core.

Slower than tesseract and far better on photos. Its networks are taken from rapidocr's wheel; rapidocr's own code is not
imported, because loading it takes four times as long as loading the networks.
Source: docs/rules/reading.md, D18.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from portal.proofs.reader.tesseract import EngineFailed, EngineMissing, Seen
from portal.proofs.reader.text_lines import TextLine, line_around, lines_on, strip_of

NAME = "rapidocr"
_FINDER, _READER = "*_det_small.onnx", "*_rec_small.onnx"
#: the longer edge in pixels on which lines are looked for; more finds no more of them on our pages
_LOOKED_AT = 960
_STRIP = 48
#: what the reading network was taught with: narrower strips get room on their right
_NARROWEST = 160
#: lines longer than so many heights are prose; reading one costs as much as ten values
PROSE = 26
#: a line of words this clear needs no second reading
_CLEAR, _CLEAR_WORD, _FEW = 0.75, 0.9, 4


def read_words(
    picture: Image.Image,
    known: Sequence[Seen] = (),
    *,
    is_small_print: Callable[[str], bool] = lambda _text: False,
    until: float = float("inf"),
) -> tuple[list[Seen], list[Seen]]:
    """The words of a level picture, and those of ``known`` that need no other reading.

    known: what the first engine saw, in the same pixels; lines it read clearly are not read again.
    is_small_print: whether a line's text begins the small print; nothing below it is read again.
    until: `time.monotonic()` after which no other line is begun.
    Raises EngineMissing, EngineFailed.
    """
    lines = find_lines(picture)
    held = [[word for word in known if line.holds(*_middle(word.box))] for line in lines]
    doubtful = [at for at, words in enumerate(held) if not _is_clear(words, lines[at].ratio)]
    seen: list[Seen] = []
    kept: list[Seen] = [word for at, words in enumerate(held) if at not in set(doubtful) for word in words]
    bottom = min((lines[at].top for at in range(len(lines)) if is_small_print(_text(held[at]))), default=float("inf"))
    # values first: prose only while there is time
    for at in sorted(doubtful, key=lambda at: (lines[at].ratio > PROSE, lines[at].top)):
        if lines[at].top >= bottom or time.monotonic() >= until:
            kept.extend(held[at])
            continue
        words = read_line(picture, lines[at])
        if is_small_print(_text(words)):
            bottom = min(bottom, lines[at].top)
        seen.extend(words)
    return seen, kept


def find_lines(picture: Image.Image) -> list[TextLine]:
    """Where lines of text stand, top first. Raises EngineMissing, EngineFailed."""
    factor = min(1.0, _LOOKED_AT / max(picture.size))
    wide, high = (max(32, round(side * factor / 32) * 32) for side in picture.size)
    small = picture.convert("RGB").resize((wide, high), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return lines_on(_run(_FINDER, np.asarray(small))[0, 0], picture.size)


def read_place(picture: Image.Image, box: tuple[float, float, float, float]) -> list[Seen]:
    """The words of one line whose letters fill a box, in pixels of a level picture."""
    return read_line(picture, line_around(box, picture.size))


def read_line(picture: Image.Image, line: TextLine) -> list[Seen]:
    """The words of one line, left to right, each with the confidence of its least clear sign and its average one."""
    strip = strip_of(picture, line, _STRIP)
    wide = strip.shape[1]
    if wide < _NARROWEST:
        strip = np.pad(strip, ((0, 0), (0, _NARROWEST - wide), (0, 0)), constant_values=127)
    chances = _run(_READER, strip)[0]
    return _words(line, _signs(chances), len(chances) * wide / strip.shape[1])


def _signs(chances: NDArray[np.float32]) -> list[tuple[str, float, float]]:
    """Each sign with its confidence and its place in steps of the network: repeats and blanks are no signs."""
    letters = _letters()
    best = chances.argmax(axis=1)
    starts = np.flatnonzero((best != 0) & (np.diff(best, prepend=0) != 0))
    found = []
    for start in starts:
        end = start + 1
        while end < len(best) and best[end] == best[start]:
            end += 1
        sure = float(chances[start:end, best[start]].max())
        found.append((letters[best[start] - 1], sure, float(start + end) / 2))
    return found


def _words(line: TextLine, signs: Sequence[tuple[str, float, float]], steps: float) -> list[Seen]:
    """The signs parted at spaces; a word reaches half a sign beyond the middles of its first and last."""
    found: list[Seen] = []
    word: list[tuple[str, float, float]] = []
    for sign in (*signs, (" ", 1.0, steps)):
        if sign[0] != " ":
            word.append(sign)
            continue
        if word:
            half = max((word[-1][2] - word[0][2]) / max(len(word) - 1, 1) / 2, 0.5)
            start, end = max(0.0, (word[0][2] - half) / steps), min(1.0, (word[-1][2] + half) / steps)
            sure = [confidence for _, confidence, _ in word]
            text = unicodedata.normalize("NFKC", "".join(letter for letter, _, _ in word))
            found.append(Seen(text, line.part(start, end), (min(sure) + sum(sure) / len(sure)) / 2))
        word = []
    return found


def _is_clear(words: Sequence[Seen], ratio: float) -> bool:
    """Whether the first engine's words of a line may stay: plain prose or a label, read without doubt."""
    if not words or any(letter.isdigit() for word in words for letter in word.text):
        return False
    least = min(word.confidence for word in words)
    if len(words) >= _FEW or ratio > PROSE:
        return sum(word.confidence for word in words) / len(words) >= _CLEAR and least > _CLEAR / 2
    return least >= _CLEAR_WORD and all(word.text.strip(".:,()&'/-").isalpha() for word in words)


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _text(words: Sequence[Seen]) -> str:
    return " ".join(word.text for word in sorted(words, key=lambda word: word.box[0]))


def _run(which: str, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A network's answer to a picture (height × width × 3, RGB)."""
    session = _session(which)
    given = picture[:, :, ::-1].astype(np.float32) / 127.5 - 1
    try:
        (answer,) = session.run(None, {session.get_inputs()[0].name: given.transpose(2, 0, 1)[None]})
    except (RuntimeError, MemoryError) as error:  # onnxruntime's errors are RuntimeErrors
        raise EngineFailed(str(error)) from error
    return np.asarray(answer, dtype=np.float32)


@cache
def _letters() -> list[str]:
    return [*_session(_READER).get_modelmeta().custom_metadata_map["character"].splitlines(), " "]


@cache
def _session(which: str) -> onnxruntime.InferenceSession:
    """The network, loaded: one thread, and no memory kept for the next picture."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(_network(which)), options, providers=["CPUExecutionProvider"])
    except RuntimeError as error:
        raise EngineMissing(str(error)) from error


def _network(which: str) -> Path:
    package = find_spec("rapidocr")
    folder = Path(package.origin).parent / "models" if package is not None and package.origin else None
    found = sorted(folder.glob(which)) if folder is not None else []
    if not found:
        raise EngineMissing(f"no {which} beside rapidocr")
    return found[0]
