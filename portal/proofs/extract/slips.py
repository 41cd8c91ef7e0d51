"""The total of a till slip or an invoice: so that a person sees what such a document says, never to pay anything with.

Source: docs/rules/reading.md, D15 (a slip is no proof of payment).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.proofs.extract import amounts
from portal.proofs.extract.fields import Candidate
from portal.proofs.extract.lines import Line, Token
from portal.proofs.extract.values import Value, joined

#: wording of the line that carries the total, the most telling first
_TOTALS = (
    re.compile(r"\b(?:rounded total|total rounded|total after round\w*|total incl\w* (?:of )?round\w*)\b", re.I),
    re.compile(r"\b(?:grand|nett?|final) (?:total|amount)\b", re.I),
    re.compile(r"\b(?:total|amount) (?:due|payable|to pay|paid)\b|\btotaal verskuldig\b", re.I),
    re.compile(r"\btotal\b.{0,12}\bincl|\btotal sales?\b|\btotal amount\b|\btotal amt\b|\btotal price\b", re.I),
    re.compile(r"\b(?:total|totaal|t0tal)\b", re.I),
)
_NEVER = re.compile(
    r"\bsub|\btax(?:es)?\b(?!.*incl)|\bexcl|\bbefore\b|\bqty\b|\bquantity\b|\bitems?\b|\bdiscount|\bsavings?\b|\bpoints?\b|\bcash\b|\bchange\b|"
    r"\brounding\b(?!.*total)|\b(?:gst|vat) (?:summary|amount|amt)\b|\btotal (?:gst|vat|tax)\b",
    re.I,
)  # fmt: skip
_FIGURE = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)[.,]\s?([0-9]{2})(?![0-9])")
_LINES_BELOW = 1


def slip_total(lines: Sequence[Line], page: int) -> Candidate | None:
    """The figure on the line that tells the total most clearly; of several such lines the last."""
    best: tuple[int, int, Candidate] | None = None
    for at, line in enumerate(lines):
        if line.page != page or not line.cells:
            continue
        tokens = _tokens(line)
        rank = _rank(joined(tokens))
        if rank is None:
            continue
        found = _figure(tokens) or next(
            (figure for below in lines[at + 1 : at + 1 + _LINES_BELOW] if (figure := _figure(_tokens(below)))), None
        )
        if found is not None and (best is None or (-rank, at) >= best[:2]):
            best = (-rank, at, found)
    return best[2] if best else None


def _rank(text: str) -> int | None:
    if _NEVER.search(text):
        return None
    return next((rank for rank, pattern in enumerate(_TOTALS) if pattern.search(text)), None)


def _figure(tokens: Sequence[Token]) -> Candidate | None:
    """The last amount with cents of a line; a currency nobody listed may stand before it."""
    matches = list(_FIGURE.finditer(joined(tokens)))
    if not matches:
        return None
    figure = amounts.only_figure(f"{matches[-1][1]}.{matches[-1][2]}")
    if figure is None or figure.money.cents <= 0:
        return None
    return Candidate("amount", Value(figure.money.plain, tuple(tokens), 0.8), "ZAR", 0.6, None, "slip")


def _tokens(line: Line) -> list[Token]:
    return [token for cell in line.cells for token in cell.tokens]
