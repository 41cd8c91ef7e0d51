"""One value for each field out of what labels and sentences offer, with a confidence that means something.

A field that two places contradict is kept with little confidence: a person will look.
Source: docs/rules/reading.md, D10 and D12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from portal.proofs.extract import amounts, dates, values
from portal.proofs.extract.fields import Candidate, Damaged
from portal.proofs.extract.labels import squeezed
from portal.proofs.extract.lines import Line, Token, paragraphs_of
from portal.proofs.extract.spots import BELOW, Spot
from portal.proofs.extract.values import Value
from portal.proofs.extract.wording import tells_of_payment

#: kinds whose values are never the payment's amount or date
_DISTRACTORS = {"fee", "balance", "limit", "amount_total", "amount_words"}
#: kinds of label whose values may hold a date that is not the payment's
_NOT_DATING = {
    "date_other", "document_id", "trace_id", "reference_number", "reference", "reference_any", "own_reference",
    "beneficiary_account", "payer_account", "account_any", "fee", "balance", "limit", "branch",
}  # fmt: skip
_CLEAR = 0.85
_CONTRADICTED = 0.4
#: a longer cell is a sentence, and only one that tells of the payment dates it
_SHORT = 14
_MACHINE = re.compile(r"[0-9]{9,}|[A-Z0-9]{8,}-?[0-9]*|.*/.*[0-9]{8,}.*")


def main_page(found: Sequence[Candidate]) -> int:
    """The page that carries the payment: the one whose labels give the most different fields."""
    fields: dict[int, set[str]] = {}
    for candidate in found:
        if candidate.clarity >= _CLEAR:
            fields.setdefault(candidate.page, set()).add(candidate.field)
    if not fields:
        return 1
    return max(fields, key=lambda page: (("amount" in fields[page]), len(fields[page]), -page))


def best(found: Sequence[Candidate], field: str) -> tuple[Candidate, float] | None:
    """The value that the clearest label vouches for and its confidence; lowered when another clear one differs."""
    offered = [candidate for candidate in found if candidate.field == field]
    if not offered:
        return None
    first = max(offered, key=lambda one: (round(one.clarity, 1), one.certainty, -one.value.tokens[0].y0))
    rivals = {
        squeezed(one.value.text) if field != "amount" else one.value.text
        for one in offered
        if one.clarity >= _CLEAR and one.clarity >= first.clarity - 0.05
    }
    confidence = min(first.certainty, 0.99)
    return first, confidence * _CONTRADICTED if len(rivals) > 1 else confidence


def references(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with "Reference number" decided: the bank's own number, or what the payer typed.

    It is the bank's where a payer's reference is printed beside it or where it looks made by a machine.
    """
    typed = any(one.field == "reference" and one.clarity > 0.9 for one in found)
    traced = any(one.field == "trace_id" for one in found)
    settled: list[Candidate] = []
    for one in found:
        if one.field != "reference_number":
            settled.append(one)
            continue
        is_banks = (typed and not traced) or (
            not traced and _MACHINE.fullmatch(one.value.text.replace(" ", "")) is not None
        )
        if is_banks:
            traced_value = values.trace(one.value.tokens)
            if traced_value is not None:
                settled.append(Candidate("trace_id", traced_value, "ZAR", 0.95, one.spot, one.kind))
        elif not typed:
            settled.append(Candidate("reference", one.value, "ZAR", one.clarity, one.spot, one.kind))
    return settled


def unlabelled_amount(
    lines: Sequence[Line], spots: Sequence[Spot], damaged: Sequence[Damaged], page: int
) -> Candidate | None:
    """The one amount with a currency that no label claims: printed large, or told in a sentence.

    None where a labelled amount is damaged: another figure must not take its place.
    """
    if damaged:
        return None
    taken = _tokens_of(spots, _DISTRACTORS)
    offered: list[tuple[float, Candidate]] = []
    for tokens in paragraphs_of(lines, page):
        text = values.joined(tokens)
        for figure in amounts.figures_in(text):
            part = tuple(_between(tokens, figure.start, figure.end))
            if any(id(token) in taken for token in part):
                continue
            if not figure.has_currency or figure.money.cents <= 0 or _is_small_print(text, figure.start):
                continue
            value = Value(figure.money.plain, part, 1.0 if figure.has_cents else 0.7)
            made = Candidate("amount", value, figure.money.currency, 0.8, None, "unlabelled")
            offered.append((max(token.height for token in part), made))
    if not offered:
        return None
    different = {one.value.text for _, one in offered}
    tallest = max(height for height, _ in offered)
    large = [one for height, one in offered if height > 0.9 * tallest]
    first = large[0]
    if len(different) == 1:
        return first
    if len({one.value.text for one in large}) == 1 and tallest > 1.25 * min(height for height, _ in offered):
        return Candidate("amount", first.value, first.currency, 0.6, None, "largest")
    return None


def unlabelled_date(lines: Sequence[Line], spots: Sequence[Spot], page: int) -> Candidate | None:
    """The date when the page prints only one outside its small print (a letter's date, a line under a title)."""
    taken = _tokens_of(spots, _NOT_DATING)
    offered: list[Candidate] = []
    for tokens in paragraphs_of(lines, page):
        text = values.joined(tokens)
        if len(tokens) > _SHORT and not tells_of_payment(text):
            continue
        for dated in dates.dates_in(text):
            part = tuple(_between(tokens, dated.start, dated.end))
            if any(id(token) in taken for token in part):
                continue
            value = Value(dated.day.isoformat(), part, 0.95)
            offered.append(Candidate("date", value, "ZAR", 0.8, None, "unlabelled"))
    different = {one.value.text for one in offered}
    return offered[0] if len(different) == 1 else None


def _is_small_print(text: str, start: int) -> bool:
    """Figures that limits, fees and prices are told with: ``up to R5 000``, ``a fee of R10``."""
    before = text[:start].lower()[-40:]
    return bool(
        re.search(r"\b(?:up to|limit|fee|fees|charge|charges|cost|costs|balance|avail\w*|minimum|maximum|over|above|"
                  r"less than|more than|per|from only|saldo|fooi|koste|beskikbaar|tot)\b[^.]*$", before)
    )  # fmt: skip


def _tokens_of(spots: Iterable[Spot], kinds: set[str]) -> set[int]:
    """The words that stand behind or beside labels of these kinds; where nothing does, those below."""
    found: set[int] = set()
    for spot in spots:
        if spot.label.kind in kinds:
            near = [place for place in spot.places if place.how != BELOW] or spot.places[:1]
            found |= {id(token) for place in near for token in place.tokens}
    return found


def _between(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    found, at = [], 0
    for token in tokens:
        if at < end and start < at + len(token.text):
            found.append(token)
        at += len(token.text) + 1
    return found
