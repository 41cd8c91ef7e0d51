"""Amounts written out in words, in English and Afrikaans.

Source: docs/rules/reading.md, signal words_differ; wording as banks print it on cheques.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

_ENGLISH = {
    "zero": 0, "nil": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_AFRIKAANS = {
    "nul": 0, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vyf": 5, "ses": 6, "sewe": 7, "agt": 8, "ag": 8, "nege": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vyftien": 15, "sestien": 16,
    "sewentien": 17, "seventien": 17, "agtien": 18, "agttien": 18, "negentien": 19, "neentien": 19, "twintig": 20,
    "dertig": 30, "veertig": 40, "vyftig": 50, "sestig": 60, "sewentig": 70, "seventig": 70, "tagtig": 80,
    "negentig": 90, "neentig": 90, "seween": 7, "negeen": 9,
}  # fmt: skip
_UNITS = {**_ENGLISH, **_AFRIKAANS}
_SCALES = {
    "hundred": 100, "honderd": 100, "thousand": 1000, "duisend": 1000, "million": 1_000_000, "miljoen": 1_000_000,
    "billion": 1_000_000_000, "miljard": 1_000_000_000,
}  # fmt: skip
_JOINERS = {"and", "en", "a", "only", "slegs", "of"}
_WHOLE = {"rand", "rands", "zar"}
_PART = {"cent", "cents", "sent"}
_KNOWN = sorted({*_UNITS, *_SCALES, *_JOINERS, *_WHOLE, *_PART}, key=len, reverse=True)
_LONG = [word for word in _KNOWN if len(word) >= 4]
_CLOSE_ENOUGH = 82


def cents_of(text: str) -> int | None:
    """Whole cents of ``Twelve thousand six hundred and ninety-four rand and seventeen cents``; None when not clear.

    Words damaged by the engine are read when only one number word is near; a word that is none spoils it all.
    """
    words: list[str] = []
    for piece in re.split(r"[^a-zA-Z0-9]+", text.lower()):
        if not piece:
            continue
        parts = _parts(piece)
        if parts is None:
            return None
        words.extend(parts)
    return _cents(words)


def _parts(piece: str) -> list[str] | None:
    """A word, or a compound like ``tweehonderd``, as number words; None when it is no number."""
    if piece.isdigit():
        return [piece] if len(piece) <= 2 else None
    parts = _compound(piece)
    if parts is not None:
        return parts
    near = process.extract(piece, _LONG, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH, limit=2)
    if near and (len(near) == 1 or near[0][1] > near[1][1] + 4):
        return [near[0][0]]
    return _damaged_compound(piece)


def _compound(piece: str) -> list[str] | None:
    if piece in _KNOWN:
        return [piece]
    for word in _KNOWN:
        if len(word) > 1 and piece.startswith(word):
            rest = _compound(piece[len(word) :])
            if rest is not None:
                return [word, *rest]
    return None


def _damaged_compound(piece: str) -> list[str] | None:
    """``vyttigduisend``: one part whole, the other near to exactly one number word."""
    for scale in ("honderd", "duisend", "miljoen"):
        head, mark, tail = piece.partition(scale)
        if not mark or not head:
            continue
        near = process.extractOne(head, _LONG, scorer=fuzz.ratio, score_cutoff=75)
        rest = [] if not tail else _compound(tail)
        if near and rest is not None:
            return [near[0], scale, *rest]
    return None


def _cents(words: list[str]) -> int | None:
    rands = next((at for at, word in enumerate(words) if word in _WHOLE), None)
    if rands is None or rands == 0:
        return None
    whole = _number(words[:rands])
    rest = [word for word in words[rands + 1 :] if word not in _PART and word not in _JOINERS]
    part = _number(rest) if rest else 0
    if whole is None or part is None or part > 99:
        return None
    return whole * 100 + part


def _number(words: list[str]) -> int | None:
    """``two hundred and fifty seven thousand``: groups below a scale are added, then multiplied.

    None for no number, and for words of another sum within it.
    """
    total, group, seen = 0, 0, False
    for word in words:
        if word in _JOINERS:
            continue
        seen = True
        if word.isdigit():
            group += int(word)
        elif word in _UNITS:
            group += _UNITS[word]
        elif word not in _SCALES:
            return None
        elif _SCALES[word] == 100:
            group = (group or 1) * 100
        else:
            total, group = total + (group or 1) * _SCALES[word], 0
    return total + group if seen else None
