"""PDFs whose small streams unpack to more than any page needs, found before anything draws them.

Source: docs/rules/reading.md, D4; reliability.md 5.2.3 (unpacked size).
"""

from __future__ import annotations

import re
import zlib

#: drawing and fonts of a whole document; a bank's notice has some hundred kilobytes, pictures are not counted
MOST_UNPACKED = 48 << 20
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
#: a stream's own description stands right before it
_HEAD = 400
_PACKED, _UNPACKED = 64 << 10, 1 << 20


def inflates_too_far(data: bytes) -> bool:
    """Whether the drawing of a PDF unpacks to more than MOST_UNPACKED bytes; pictures have bounds of their own."""
    left = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        head = data[max(0, found.start() - _HEAD) : found.start()]
        described = head[head.rfind(b" obj") + 1 :]
        if b"/Image" not in described and b"/Fl" in described:
            left -= _unpacked(data, found.end(), left)
        if left <= 0:
            return True
    return False


def _unpacked(data: bytes, at: int, most: int) -> int:
    """How many bytes a stream unpacks to, counted up to most; what is not packed as it says counts until it breaks."""
    unpacker, total = zlib.decompressobj(), 0
    while total < most and not unpacker.eof:
        packed = unpacker.unconsumed_tail or data[at : at + _PACKED]
        if not packed:
            break
        if not unpacker.unconsumed_tail:
            at += _PACKED
        try:
            total += len(unpacker.decompress(packed, _UNPACKED))
        except zlib.error:
            break
    return total
