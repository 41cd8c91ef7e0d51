"""The extractor: pages of words in, fields with confidences out. No picture, no file, no clock.

Source: docs/rules/reading.md, D10 to D17.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.core.money import Money
from portal.proofs.extract import abroad, choose, wording
from portal.proofs.extract.banks import issuer
from portal.proofs.extract.batches import batch
from portal.proofs.extract.contradictions import contradictions
from portal.proofs.extract.fields import Candidate, Damaged, candidates, field_value, named_by
from portal.proofs.extract.general import heading_kinds, label_table
from portal.proofs.extract.labels import Lexicon
from portal.proofs.extract.layouts import Layout, all_layouts, recognised
from portal.proofs.extract.lines import Line, Token, box_around, lines_of
from portal.proofs.extract.normal import reference_normal
from portal.proofs.extract.sections import Sections
from portal.proofs.extract.slips import slip_total
from portal.proofs.extract.spots import Spot, spots_in
from portal.proofs.extract.tables import tables_in
from portal.proofs.extract.values import joined
from portal.proofs.extract.wording import Said
from portal.proofs.extract.wrapped import unwrapped
from portal.proofs.extract.written import written_cents
from portal.proofs.types import FIELD_NAMES, PROOF_OF_PAYMENT, Box, FieldValue, Page, Signal

_FROM_LABELS = (
    "amount", "date", "reference", "beneficiary_account", "beneficiary_name", "beneficiary_bank", "payer_name",
    "payer_account", "payment_type", "trace_id",
)  # fmt: skip

#: how clear a label must be to name the amount of a slip; documents whose total is looked for
_LABELLED, _SLIPS = 0.85, ("receipt", "invoice", "quotation", "other")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read: the fields, what was odd about them, and where an amount stands that could not be read."""

    fields: dict[str, FieldValue | None]
    signals: tuple[Signal, ...]
    text: str
    layout: str | None
    #: field → page and box of a labelled value that could not be read
    damaged: dict[str, tuple[int, Box]]
    #: the beneficiary's branch code as printed; no field of a reading, but it must fit the bank
    branch: FieldValue | None
    #: fields that a label names for which no value was seen, not even a damaged one
    unanswered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Document:
    """The document as the extractor sees it."""

    lines: tuple[Line, ...]
    spots: list[Spot]
    found: list[Candidate]
    damaged: list[Damaged]
    layout: Layout | None
    page: int
    engine: str


def read_fields(pages: Sequence[Page], without: Collection[str] = ()) -> Extraction:
    """Read the fields of a payment document.

    pages: words with boxes in fractions of each page.
    without: names of banks whose layouts are switched off (to see how the general extractor does alone).
    """
    lines = lines_of(pages)
    text = "\n".join(line.text for line in lines)
    layout = recognised(text, without)
    lexicon = _lexicon(layout.id if layout else None)
    lines = unwrapped(lines, lexicon)
    tabled, taken = tables_in(lines, lexicon)
    spots = sorted(
        [*(spot for spot in spots_in(lines, lexicon) if spot.line not in taken), *tabled], key=lambda spot: spot.line
    )
    sections = Sections(lines, spots)
    found, damaged = candidates(spots, sections, layout)
    found = choose.references(found)
    page = choose.main_page(found)
    engines = {sheet.number: sheet.engine for sheet in pages}
    document = _Document(
        lines, spots, [one for one in found if one.page == page], [one for one in damaged if one.tokens[0].word.page == page],
        layout, page, engines.get(page, "text"),
    )  # fmt: skip
    fields = _fields(document)
    branch = _branch(document, fields)
    signals = [
        *_words_signals(document, fields), *(_several_payments(found, document) or batch(lines)),
        *contradictions(fields, branch), *abroad.foreign_bank(lines),
    ]  # fmt: skip
    unread = {
        one.field: (page, box_around(one.tokens)) for one in reversed(document.damaged) if fields[one.field] is None
    }
    asked = named_by(spots, sections, page)
    unanswered = frozenset(name for name in asked if name in fields and fields[name] is None and name not in unread)
    return Extraction(fields, tuple(signals), text, layout.id if layout else None, unread, branch, unanswered)


@lru_cache(maxsize=64)
def _lexicon(layout_id: str | None) -> Lexicon:
    own = next((layout.labels for layout in all_layouts() if layout.id == layout_id), {})
    return Lexicon(heading_kinds(), label_table(), own)


def _fields(document: _Document) -> dict[str, FieldValue | None]:
    fields: dict[str, FieldValue | None] = dict.fromkeys(FIELD_NAMES)
    chosen: dict[str, Candidate] = {}
    for name in _FROM_LABELS:
        picked = choose.best(document.found, name) or _without_label(document, name)
        if picked is not None and not (document.layout and name in document.layout.never):
            chosen[name] = picked[0]
            fields[name] = field_value(picked[0], picked[1], document.engine)
    amount = chosen.get("amount")
    if amount is not None and fields["amount"] is not None:
        told = abroad.currency_told(document.spots, document.page)
        printed = told[0] if told is not None and told[0] != "ZAR" else amount.currency
        fields["currency"] = _as(printed, fields["amount"].confidence, fields["amount"])
    if fields["reference"] is not None:
        normal = reference_normal(fields["reference"].value)
        fields["reference_normal"] = (
            _as(normal, fields["reference"].confidence, fields["reference"]) if normal else None
        )
    fields["payer_name"] = fields["payer_name"] or _payer(document)
    fields["payer_bank"] = _issuer(document, chosen)
    fields["status"], fields["document_type"] = _said(document, fields)
    if amount is None or amount.clarity < _LABELLED or _is_a_slip(fields):
        fields["amount"] = _of_a_slip(document, fields) or fields["amount"]
    reference = fields["reference"]
    if _is_a_slip(fields) and reference is not None and not any(letter.isdigit() for letter in reference.value):
        fields["reference"] = fields["reference_normal"] = None  # a heading of its columns, as "Description | Qty"
    return fields


def _is_a_slip(fields: dict[str, FieldValue | None]) -> bool:
    """A slip's or an invoice's "amount" heads a column of prices; its total is what was paid or is due."""
    sort = fields["document_type"]
    return sort is not None and sort.value in ("receipt", "invoice", "quotation")


def _of_a_slip(document: _Document, fields: dict[str, FieldValue | None]) -> FieldValue | None:
    """The total, where the document is a till slip or an invoice and no label names an amount paid."""
    sort = fields["document_type"]
    if sort is None or sort.value not in _SLIPS:
        return None
    total = slip_total(document.lines, document.page)
    return field_value(total, total.certainty, document.engine) if total is not None else None


def _without_label(document: _Document, name: str) -> tuple[Candidate, float] | None:
    if name == "amount":
        found = choose.unlabelled_amount(
            document.lines, document.spots, [one for one in document.damaged if one.field == "amount"], document.page
        )
    elif name == "date":
        found = choose.unlabelled_date(document.lines, document.spots, document.page)
    else:
        return None
    return (found, found.certainty) if found is not None else None


def _branch(document: _Document, chosen: dict[str, FieldValue | None]) -> FieldValue | None:
    """The branch code nearest to the beneficiary's bank: a letterhead or a stamp names the issuer's own branch."""
    anchor = chosen.get("beneficiary_bank") or chosen.get("beneficiary_account")
    offered: list[FieldValue] = []
    for spot in document.spots:
        if spot.label.kind != "branch" or spot.page != document.page or not spot.places:
            continue
        tokens = spot.places[0].tokens
        value = "".join(letter for letter in joined(tokens) if letter.isdigit())
        if 5 <= len(value) <= 8 and (made := _from_tokens(value, 0.95, tokens, document.engine)) is not None:
            offered.append(made)
    if anchor is None or not offered:
        return None
    return min(offered, key=lambda one: abs(one.box[1] - anchor.box[1]) + abs(one.box[0] - anchor.box[0]))


def _payer(document: _Document) -> FieldValue | None:
    if document.layout and "payer_name" in document.layout.never:
        return None
    said = wording.payer_in([line for line in document.lines if line.page == document.page])
    if said is None:
        return None
    name, tokens = said
    return _from_tokens(name, 0.93, tokens, document.engine)


def _issuer(document: _Document, chosen: dict[str, Candidate]) -> FieldValue | None:
    values = [token for one in chosen.values() for token in one.value.tokens]
    labelled = choose.best(document.found, "payer_bank")
    found = issuer(document.lines, values)
    if document.layout is not None:
        tokens = found.tokens if found and found.name == document.layout.bank else _first_words(document)
        return _from_tokens(document.layout.bank, 0.99, tokens, document.engine, engine_matters=False)
    if found is not None:
        return _from_tokens(found.name, found.confidence, found.tokens, document.engine, engine_matters=False)
    return field_value(labelled[0], labelled[1] * 0.9, document.engine) if labelled else None


def _said(document: _Document, fields: dict[str, FieldValue | None]) -> tuple[FieldValue | None, FieldValue | None]:
    lines = [line for line in document.lines if line.page == document.page]
    last = max((token_line(document.lines, one) for one in document.found), default=0)
    status = _labelled_status(document) or wording.status_in(lines, last)
    unlike = wording.status_in(lines, last)
    if unlike is not None and unlike.value != wording.MADE:
        status = unlike
    if any(one.kind == "date_scheduled" for one in document.found) and (status is None or status.value == wording.MADE):
        status = Said("scheduled", 0.9, document.found[0].value.tokens)
    kinds = {_kind_group(name) for name, value in fields.items() if value is not None}
    kinds |= {_kind_group(one.field) for one in document.damaged}
    sort = wording.document_type(lines, kinds)
    is_open = any(
        spot.label.kind == "status" and spot.page == document.page and spot.is_set_off for spot in document.spots
    )
    if is_open and _labelled_status(document) is None and (status is None or status.value == wording.MADE):
        status = None  # a status stands there that could not be read
    elif status is None and sort is not None and sort.value == PROOF_OF_PAYMENT and wording.claims(sort):
        status = Said(wording.MADE, 0.7, sort.tokens)
    return _said_field(status, document), _said_field(sort, document)


def _labelled_status(document: _Document) -> Said | None:
    for one in document.found:
        if one.field == "status":
            seen = any(token.word.confidence < 1.0 for token in one.value.tokens)
            return Said(wording.status_of(one.value.text, seen=seen), 0.97, one.value.tokens)
    return None


def token_line(lines: Sequence[Line], candidate: Candidate) -> int:
    """The line on which a candidate's value stands."""
    first = candidate.value.tokens[0]
    return next((line.at for line in lines if any(first in cell.tokens for cell in line.cells)), 0)


def _words_signals(document: _Document, fields: dict[str, FieldValue | None]) -> list[Signal]:
    """Words against figures: a contradiction is a signal, agreement makes the amount surer."""
    written = written_cents(document.lines, document.spots, document.page)
    amount = fields["amount"]
    if written is None or amount is None:
        return []
    cents, tokens = written
    if Money.parse(amount.value) == Money.zar(cents):
        sure = max(amount.confidence, 0.98)
        fields["amount"] = FieldValue(amount.value, sure, amount.page, amount.box, amount.engine)
        return []
    words = f"The amount in words says {Money.zar(cents)}, the figures say {Money.parse(amount.value)}."
    return [Signal("words_differ", "bad", words, document.page, box_around(tokens))]


def _several_payments(found: Sequence[Candidate], document: _Document) -> list[Signal]:
    """Another page of the document tells of another payment."""
    own = {one.value.text for one in found if one.page == document.page and one.field == "amount"}
    for one in found:
        elsewhere = one.page != document.page and one.field == "amount" and one.clarity >= 0.9
        if elsewhere and own and one.value.text not in own:
            words = (
                f"Page {one.page} names another amount, {Money.parse(one.value.text)}: there may be several payments."
            )
            return [Signal("several_payments", "warn", words, one.page, box_around(one.value.tokens))]
    return []


def _kind_group(name: str) -> str:
    groups = {"beneficiary_account": "account", "payer_account": "account", "beneficiary_name": "beneficiary"}
    return groups.get(name, name)


def _said_field(said: Said | None, document: _Document) -> FieldValue | None:
    if said is None:
        return None
    tokens = said.tokens or _first_words(document)
    return _from_tokens(said.value, said.clarity, tokens, document.engine, engine_matters=False) if tokens else None


def _first_words(document: _Document) -> tuple[Token, ...]:
    lines = [line for line in document.lines if line.page == document.page] or list(document.lines)
    return lines[0].cells[0].tokens if lines else ()


def _from_tokens(
    value: str, clarity: float, tokens: Sequence[Token], engine: str, *, engine_matters: bool = True
) -> FieldValue | None:
    if not tokens:
        return None
    worst = min(token.word.confidence for token in tokens) if engine_matters else 1.0
    return FieldValue(value, round(clarity * worst, 3), tokens[0].word.page, box_around(tokens), engine)


def _as(value: str, confidence: float, at: FieldValue) -> FieldValue:
    return FieldValue(value, confidence, at.page, at.box, at.engine)
