"""A look at one place of a page in a process of its own, for web requests: bounded in time and memory.

A web worker has threads, so it does not fork; it starts a program that reads the document from its input.
Source: docs/rules/reading.md, D4 and D9.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from portal.proofs.reader import pdf, pictures
from portal.proofs.reader.closer import LOOKS, look_again
from portal.proofs.reader.ocr import Sheet, turned
from portal.proofs.reader.source import PDF, unwrap
from portal.proofs.reader.tesseract import NAME
from portal.proofs.types import Box, Page

DEADLINE_S = 5.0
_MEMORY = 1200 << 20
_ROOT = Path(__file__).resolve().parents[3]
#: text and confidence of each word, left to right, for each look
Looks = list[list[tuple[str, float]]]


class TooSlow(Exception):
    """The look did not end in time, or ended badly."""


def look(data: bytes, number: int, rotation: int, box: Box, *, deadline_s: float = DEADLINE_S) -> Looks:
    """Look at a place of page `number` several times, each at another size.

    rotation: `Page.rotation` of the reading. box: in fractions of the upright page. Raises TooSlow.
    """
    asked = json.dumps({"number": number, "rotation": rotation, "box": box}).encode() + b"\n"
    environ = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        process_group=0, env=environ, cwd=_ROOT,
    )  # fmt: skip
    try:
        answer, _ = child.communicate(asked + data, timeout=deadline_s)
    except subprocess.TimeoutExpired as late:
        raise TooSlow from late
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # and the engine it started
        child.communicate()
    if child.returncode != 0:
        raise TooSlow
    return [[(text, sure) for text, sure in one] for one in json.loads(answer)]


def _be_the_child() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    sheet = _sheet(data, asked["number"], asked["rotation"])
    x0, y0, x1, y1 = asked["box"]
    seen = [look_again(sheet, (x0, y0, x1, y1), at) for at in range(LOOKS)]
    words = [[(w.text, w.confidence) for w in sorted(one, key=lambda w: w.box[0])] for one in seen]
    sys.stdout.write(json.dumps(words))


def _sheet(data: bytes, number: int, rotation: int) -> Sheet:
    """The upright page as its boxes are fractions of it, whichever engine read it first."""
    source = unwrap(data)
    if source.media_type == PDF:
        picture = turned(pdf.drawn(source.data, number), rotation)
    else:
        picture = turned(pictures.open_picture(source.data), rotation)
    return Sheet(Page(number, picture.width, picture.height, (), NAME, rotation), lambda: picture)


if __name__ == "__main__":
    _be_the_child()
