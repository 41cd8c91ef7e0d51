"""The total of a till slip or an invoice: so that a person sees what such a document says, never to pay anything with.

Source: docs/rules/reading.md, D15 (a slip is no proof of payment).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.money import Money
from portal.proofs.extract import amounts
from portal.proofs.extract.fields import Candidate
from portal.proofs.extract.lines import Line, Token
from portal.proofs.extract.values import Value, joined

#: wording of the line that carries the total, the most telling first
_TOTALS = (
    re.compile(
        r"\b(?:round(?:ed)?\s?total|total\s?rounded|total after round\w*|total incl\w* (?:of )?round\w*)\b", re.I
    ),
    re.compile(r"\b(?:grand|nett?|final)\s?(?:total|amount)(?=\b|[^a-z])", re.I),
    re.compile(r"\b(?:total|amount|balance)\s?(?:due|payable|to pay|paid)\b|\btotaal verskuldig\b", re.I),
    re.compile(r"\btotal\b.{0,12}\binc|\btotal sales?\b|\btotal amount\b|\btotal amt\b|\btotal price\b", re.I),
    re.compile(r"\b(?:total|totaal|t0tal)(?=\b|[^a-z])", re.I),
)
_NEVER = re.compile(
    r"\bsub|\btax(?:es)?\b(?!.*inc)|\bexcl|\bbefore\b|\bqty\b|\bquantity\b|\bitems?\b|\bdiscount|\bsavings?\b|\bpoints?\b|"
    r"\bcash\b|\bchange\b|\brounding\b(?!.*total)|\b(?:gst|vat) (?:summary|amount|amt)\b|\btotal (?:gst|vat|tax)\b|"
    r"\bsupplies\b",
    re.I,
)  # fmt: skip
_TENDERED = re.compile(r"^\W*(?:cash|tender(?:ed)?|amount tendered|kontant|card|visa|master\w*|paid)\b", re.I)
_CHANGE = re.compile(r"^\W*(?:change|wisselgeld|balance)\b", re.I)
_ROUNDING = re.compile(r"\bround", re.I)
_FIGURE = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)[.,]\s?([0-9]{2})(?![0-9])")
#: behind the rand's sign a space parts thousands; without it, it parts a quantity from a price
_RAND_FIGURE = re.compile(r"(?:\bR|\bZAR) ?([0-9]{1,3}(?: [0-9]{3})+)[.,]([0-9]{2})(?![0-9])")
#: how sure a total is by its wording alone, and where the slip's own arithmetic says the same
_TOLD, _PROVED = 0.6, 0.85
_LINES_BELOW = 1


@dataclass(frozen=True, slots=True)
class _Total:
    """A figure on a line that tells a total: how telling its wording is (0 the most), and on which line it stands."""

    rank: int
    at: int
    money: Money
    tokens: tuple[Token, ...]


def slip_total(lines: Sequence[Line], page: int) -> Candidate | None:
    """The figure on the line that tells the total most clearly; of several such lines the last.

    What a slip adds up itself outweighs wording: cash less change, and a total with its rounding.
    """
    here = [(at, line) for at, line in enumerate(lines) if line.page == page and line.cells]
    totals = [total for at, line in here if (total := _total(lines, at, line)) is not None]
    if not totals:
        return None
    proved = _proved(totals, [line for _, line in here])
    best = max(proved or totals, key=lambda total: (-total.rank, total.at))
    value = Value(best.money.plain, best.tokens, 0.8)
    return Candidate("amount", value, "ZAR", _PROVED if proved else _TOLD, None, "slip")


def _total(lines: Sequence[Line], at: int, line: Line) -> _Total | None:
    tokens = _tokens(line)
    text = joined(tokens).replace("!", "l")
    if _NEVER.search(text):
        return None
    rank = next((rank for rank, pattern in enumerate(_TOTALS) if pattern.search(text)), None)
    if rank is None:
        return None
    for candidate in (tokens, *(_tokens(below) for below in lines[at + 1 : at + 1 + _LINES_BELOW])):
        money = _figure(candidate)
        if money is not None:
            return _Total(rank, at, money, tuple(candidate))
        if joined(candidate[-1:])[-1:].isdigit():
            break  # a figure that cannot be read; the next line's is another one
    return None


def _proved(totals: Sequence[_Total], lines: Sequence[Line]) -> list[_Total]:
    """The totals that the slip's other figures lead to."""
    paid, change, rounding = (_first_figure(lines, pattern) for pattern in (_TENDERED, _CHANGE, _ROUNDING))
    if paid is not None and change is not None:
        exact = [total for total in totals if total.money.cents == paid.cents - change.cents]
        if exact:
            return exact
    if rounding is not None and 0 < rounding.cents < 5:
        cents = {total.money.cents for total in totals}
        return [
            total
            for total in totals
            if cents & {total.money.cents - rounding.cents, total.money.cents + rounding.cents}
        ][-1:]
    return []


def _first_figure(lines: Sequence[Line], pattern: re.Pattern[str]) -> Money | None:
    for line in lines:
        text = joined(_tokens(line))
        match = _FIGURE.search(text) if pattern.search(text) else None
        if match is not None:
            return Money.parse(f"{match[1].replace(',', '')}.{match[2]}")
    return None


def _figure(tokens: Sequence[Token]) -> Money | None:
    """The last amount with cents of a line; a currency nobody listed may stand before it."""
    text = joined(tokens)
    matches = list(_RAND_FIGURE.finditer(text)) or list(_FIGURE.finditer(text))
    if not matches:
        return None
    figure = amounts.only_figure(f"{matches[-1][1]}.{matches[-1][2]}")
    return figure.money if figure is not None and figure.money.cents > 0 else None


def _tokens(line: Line) -> list[Token]:
    return [token for cell in line.cells for token in cell.tokens]
