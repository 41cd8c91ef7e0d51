"""A single line that was looked at again, read as the field it is."""

from __future__ import annotations

from collections.abc import Sequence

from portal.proofs.extract import values
from portal.proofs.extract.lines import Token
from portal.proofs.types import Word


def parse_line(field: str, words: Sequence[tuple[str, float]], known: str | None) -> tuple[str, float] | None:
    """The field's value in these words and the least confidence among them; None when they hold none.

    words: text and confidence (0 to 1), left to right.
    known: the first reading; a second one of free text is cut to its number of words, since a closer look sees neighbours.
    """
    tokens = tuple(Token(Word(text, (0, 0, 0, 0), 1, sure), 0, 0, 0, 0) for text, sure in words if text.strip(" .:|"))
    if not tokens:
        return None
    if field == "amount":
        found = values.amount(tokens)
        value = found[0] if found else None
    elif field in ("reference", "trace_id"):
        wanted = len(known.split()) if known else len(tokens)
        value = values.PARSERS[field](tokens[-wanted:] if len(tokens) > wanted else tokens)
    else:
        value = values.PARSERS[field](tokens)
    if value is None or not value.tokens:
        return None
    return value.text, value.fit * min(token.word.confidence for token in value.tokens)
