"""A single line that was looked at again, read as the field it is."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from portal.proofs.extract import values
from portal.proofs.extract.lines import Token
from portal.proofs.types import Word


def parse_line(field: str, words: Sequence[tuple[str, float]], known: str | None) -> tuple[str, float] | None:
    """The field's value in these words and the least confidence among them; None when they hold none.

    words: text and confidence (0 to 1), left to right.
    known: the first reading; of free text, the run of words most like it is taken, since a closer look sees neighbours.
    """
    tokens = tuple(Token(Word(text, (0, 0, 0, 0), 1, sure), 0, 0, 0, 0) for text, sure in words if text.strip(" .:|"))
    if not tokens:
        return None
    if field == "amount":
        found = values.amount(tokens)
        value = found[0] if found else None
    elif field in ("reference", "trace_id"):
        value = values.PARSERS[field](_likest(tokens, known) if known else tokens)
    else:
        value = values.PARSERS[field](tokens)
    if value is None or not value.tokens:
        return None
    return value.text, value.fit * min(token.word.confidence for token in value.tokens)


def _likest(tokens: Sequence[Token], known: str) -> Sequence[Token]:
    """The run of words most like the text that was read first; of equals the longest."""
    wanted = "".join(known.split()).upper()
    runs = [tokens[first:last] for first in range(len(tokens)) for last in range(first + 1, len(tokens) + 1)]
    return max(runs, key=lambda run: (fuzz.ratio("".join(token.text for token in run).upper(), wanted), len(run)))
