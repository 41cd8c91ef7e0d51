"""From labels with values to the fields of a reading: whose account, which reference, how sure.

Source: docs/rules/reading.md, D10 to D13 and D17.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from portal.proofs.extract import values
from portal.proofs.extract.amounts import only_figure
from portal.proofs.extract.layouts import Layout
from portal.proofs.extract.lines import Token, box_around
from portal.proofs.extract.sections import Sections
from portal.proofs.extract.spots import BEHIND, BELOW, BESIDE, IN_TABLE, Place, Spot
from portal.proofs.extract.values import Value
from portal.proofs.types import FieldValue

#: kind of label → field and how clear such a label is; kinds that are decided by their section are not here
_CLEAR: dict[str, tuple[str, float]] = {
    "amount": ("amount", 1.0), "amount_total": ("amount", 0.48),
    "date": ("date", 1.0), "date_any": ("date", 0.93), "date_scheduled": ("date", 0.85),
    "reference": ("reference", 1.0), "reference_any": ("reference", 0.94),
    "trace_id": ("trace_id", 1.0),
    "beneficiary_account": ("beneficiary_account", 1.0), "payer_account": ("payer_account", 1.0),
    "beneficiary_name": ("beneficiary_name", 1.0), "payer_name": ("payer_name", 1.0),
    "beneficiary_bank": ("beneficiary_bank", 1.0), "payer_bank_label": ("payer_bank", 1.0),
    "payment_type": ("payment_type", 1.0), "status": ("status", 1.0),
}  # fmt: skip
_BY_PARTY = {
    "account_any": ("beneficiary_account", "payer_account"),
    "name_any": ("beneficiary_name", "payer_name"),
    "bank_any": ("beneficiary_bank", "payer_bank"),
}
#: labels under which some banks print to whom, others how much
_SUM_OR_NAME = {"youpaid", "youvepaid", "youhavepaid", "yousent", "youvesent", "paid", "sent", "betaal", "gestuur"}
#: "From: Cheque account ****1234" names an account, not a person
_PARTY_ACCOUNTS = {"party_beneficiary": "beneficiary_account", "party_payer": "payer_account"}
_HOW = {BEHIND: 1.0, BESIDE: 1.0, BELOW: 0.96, IN_TABLE: 0.98}
#: free text stands below its label only in documents that are laid out as cards
_FREE = {"reference", "beneficiary_name", "payer_name", "payment_type", "status", "beneficiary_bank", "payer_bank"}
_FREE_KINDS = _FREE | {"reference_any", "name_any", "bank_any", "party_beneficiary", "party_payer", "reference_number"}


#: fields that are looked for once more where their label stands but no value could be read
#: labels whose left edges are so near, in page widths, stand in one column
_SAME_COLUMN = 0.01
_WORTH_ANOTHER_LOOK = {"amount", "date", "beneficiary_account", "payer_account", "trace_id"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible value of a field."""

    field: str
    value: Value
    #: of amounts
    currency: str
    clarity: float
    spot: Spot | None
    kind: str

    @property
    def page(self) -> int:
        return self.value.tokens[0].word.page

    @property
    def certainty(self) -> float:
        """Clear label, fitting form, and words that the engine was sure of."""
        seen = [token.word.confidence for token in self.value.tokens]
        worst = min(seen)
        doubt = worst if self.field in ("amount", "date", "beneficiary_account") else (worst + fmean(seen)) / 2
        return self.clarity * self.value.fit * doubt


@dataclass(frozen=True, slots=True)
class Damaged:
    """A place where a field's value must stand, but cannot be read."""

    field: str
    tokens: tuple[Token, ...]


def candidates(
    spots: Sequence[Spot], sections: Sections, layout: Layout | None
) -> tuple[list[Candidate], list[Damaged]]:
    """Every value that a label vouches for, and the places where one stands that cannot be read."""
    cards, columns = _is_made_of_cards(spots), _columns_of_cards(spots)
    found: list[Candidate] = []
    damaged: list[Damaged] = []
    for spot in spots:
        in_cards = cards or any(page == spot.page and abs(x0 - spot.x0) < _SAME_COLUMN for page, x0 in columns)
        made = _candidate(spot, sections, layout, in_cards)
        if made is not None:
            found.append(made)
        elif (named := _field_of(spot, sections)) is not None and named[0] in _WORTH_ANOTHER_LOOK:
            damaged.extend(
                Damaged(named[0], place.tokens)
                for place in spot.places[:1]
                if place.how != BELOW and spot.is_set_off and _might_be(named[0], place.tokens)
            )
    return found, damaged


def named_by(spots: Sequence[Spot], sections: Sections, page: int) -> set[str]:
    """The fields whose labels stand on a page, set off from what is around them."""
    here = [spot for spot in spots if spot.page == page and spot.is_set_off]
    return {named[0] for spot in here if (named := _field_of(spot, sections)) is not None}


def _might_be(field: str, tokens: Sequence[Token]) -> bool:
    """Whether an amount might stand here that is damaged; masks of accounts are read as anything."""
    return field != "amount" or any(letter.isdigit() for letter in values.joined(tokens))


def field_value(candidate: Candidate, confidence: float, engine: str) -> FieldValue:
    """The candidate as the reading's field."""
    return FieldValue(
        candidate.value.text, round(confidence, 3), candidate.page, box_around(candidate.value.tokens), engine
    )


def _candidate(spot: Spot, sections: Sections, layout: Layout | None, cards: bool) -> Candidate | None:
    named = _field_of(spot, sections)
    if named is None:
        return None
    field, clarity = named
    for place in spot.places:
        if place.how == BELOW and spot.label.kind in _FREE_KINDS and not cards:
            continue
        if not _may_hold(spot, place):
            continue
        if spot.label.kind in _PARTY_ACCOUNTS and (account := values.account(place.tokens)) is not None:
            return Candidate(
                _PARTY_ACCOUNTS[spot.label.kind], account, "ZAR", 0.85 * _HOW[place.how], spot, spot.label.kind
            )
        if spot.label.phrase in _SUM_OR_NAME and (sum_told := _sum_alone(place)) is not None:
            return Candidate("amount", sum_told[0], sum_told[1], 0.85 * _HOW[place.how], spot, spot.label.kind)
        read = _read(field, place, layout)
        if read is None:
            if place.how in (BEHIND, BESIDE) and field == "amount":
                return None  # what stands beside the label is the amount; it is not looked for elsewhere
            continue
        value, currency = read
        if layout is not None and (form := layout.forms.get(field)) is not None and not form.fullmatch(value.text):
            clarity *= 0.8
        return Candidate(
            field,
            value,
            currency,
            clarity * _HOW[place.how] * (0.7 + 0.3 * spot.label.closeness),
            spot,
            spot.label.kind,
        )
    return None


def _sum_alone(place: Place) -> tuple[Value, str] | None:
    """The amount where a name is expected: ``You paid`` above ``R 1 500.00``."""
    figure = only_figure(values.joined(place.tokens))
    return values.amount(place.tokens) if figure is not None and (figure.has_currency or figure.has_cents) else None


def _field_of(spot: Spot, sections: Sections) -> tuple[str, float] | None:
    kind = spot.label.kind
    if kind in _BY_PARTY:
        beneficiary, payer = _BY_PARTY[kind]
        party = sections.party_of(spot)
        return (payer, 0.97) if party == "payer" else (beneficiary, 0.97 if party == "beneficiary" else 0.9)
    if kind in ("reference_any", "reference_number") and sections.party_of(spot) == "payer":
        return None  # under the payer's details stands the payer's own reference
    if kind == "reference_number":
        return "reference_number", 0.85
    if kind in ("party_beneficiary", "party_payer"):
        return ("beneficiary_name" if kind == "party_beneficiary" else "payer_name"), 0.8
    return _CLEAR.get(kind)


def _may_hold(spot: Spot, place: Place) -> bool:
    """A one-word label that runs on into a sentence is no label."""
    if spot.is_set_off or place.how != BEHIND:
        return True
    free = spot.label.kind in _FREE_KINDS
    return len(place.tokens) <= (6 if free else 8) and (len(spot.tokens) > 1 or not free or len(place.tokens) <= 3)


def _read(field: str, place: Place, layout: Layout | None) -> tuple[Value, str] | None:
    if field == "amount":
        return values.amount(place.tokens)
    if field == "reference_number":
        value = values.reference(place.tokens)
    elif field == "date":
        value = values.day(place.tokens, layout.date_form if layout else None)
    else:
        value = values.PARSERS[field](place.tokens)
    return (value, "ZAR") if value is not None else None


def _columns_of_cards(spots: Sequence[Spot]) -> list[tuple[int, float]]:
    """Pages and left edges of columns in which a number stands below its label and nothing beside it."""
    return [
        (spot.page, spot.x0)
        for spot in spots
        if (field := _kind_of_number(spot)) is not None
        and spot.places[:1]
        and spot.places[0].how == BELOW
        and _read(field, spot.places[0], None) is not None
    ]


def _kind_of_number(spot: Spot) -> str | None:
    """The field of a label that is set off and has a number, a day or an amount for its value."""
    field = _CLEAR.get(spot.label.kind, ("", 0.0))[0] or _BY_PARTY.get(spot.label.kind, ("", ""))[0]
    return field if spot.is_set_off and field in _WORTH_ANOTHER_LOOK else None


def _is_made_of_cards(spots: Sequence[Spot]) -> bool:
    """Whether amounts, dates and accounts stand below their labels here, rather than beside them."""
    below = beside = 0
    for spot in spots:
        field = _CLEAR.get(spot.label.kind, ("", 0.0))[0] or _BY_PARTY.get(spot.label.kind, ("",))[0]
        if field in ("amount", "date", "beneficiary_account", "payer_account", "trace_id") and spot.places:
            first = spot.places[0]
            if _read(field, first, None) is not None:
                below += first.how == BELOW
                beside += first.how != BELOW
    return below > beside
