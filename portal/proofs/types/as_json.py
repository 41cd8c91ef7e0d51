"""Cases, readings and verdicts as JSON, in the shapes that machines read (design.md 9).

Amounts are decimal strings with two places, dates ISO, boxes ``[x0, y0, x1, y1]`` in fractions of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from portal.core.errors import BadInput
from portal.core.money import Money, NotMoney
from portal.proofs.types import (
    FIELD_NAMES,
    Box,
    Case,
    Check,
    EarlierProof,
    FieldValue,
    OpenInvoice,
    OurAccount,
    Outcome,
    Page,
    Reading,
    Share,
    Signal,
    Verdict,
    VerdictCode,
    Word,
)

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonObject = Mapping[str, JsonValue]


class BadCase(BadInput):
    """The JSON does not describe a case, a reading or a verdict; the words name the place."""


def case_from_json(data: JsonObject, sha256: str | None = None) -> tuple[Case, str | None]:
    """A case and the path of its document, relative to the case file; None where no file is named.

    sha256: of the document's bytes, hex, by whoever has them; it stands before one written in the case.
    Raises BadCase naming the first place that is missing or wrong.
    Source: design.md 9 (CASE.json); ``customer.reference``, ``max_age_days`` and ``sha256`` are ours and optional.
    """
    customer = _object(data, "customer")
    case = Case(
        today=_day(data, "today"),
        customer_code=_text(customer, "code"),
        customer_name=_text(customer, "name"),
        our_accounts=tuple(_our_account(item) for item in _objects(data, "our_accounts")),
        open_invoices=tuple(_open_invoice(item) for item in _objects(data, "open_invoices")),
        earlier_proofs=tuple(_earlier(item) for item in _objects(data, "earlier_proofs")),
        customer_reference=_text_or_none(customer, "reference"),
        max_age_days=_whole(data, "max_age_days", 60),
        sha256=sha256 or _text_or_none(data, "sha256"),
    )
    return case, _text_or_none(data, "file")


def case_to_json(case: Case, file: str | None = None) -> dict[str, JsonValue]:
    """The exact inputs of a verdict, to be stored beside it and judged again by `case_from_json`."""
    return {
        "file": file,
        "today": case.today.isoformat(),
        "customer": {"code": case.customer_code, "name": case.customer_name, "reference": case.customer_reference},
        "our_accounts": [
            {"bank": our.bank, "branch": our.branch, "number": our.number, "holder": our.holder}
            for our in case.our_accounts
        ],
        "open_invoices": [_open_invoice_json(invoice) for invoice in case.open_invoices],
        "earlier_proofs": [_earlier_json(earlier) for earlier in case.earlier_proofs],
        "max_age_days": case.max_age_days,
        "sha256": case.sha256,
    }


def verdict_to_json(verdict: Verdict, *, with_suggestion: bool = False) -> dict[str, JsonValue]:
    """The answer of ``flask proofs judge``.

    with_suggestion: also the split that a person may start from, as it is stored with a proof.
    """
    told: dict[str, JsonValue] = {
        "verdict": verdict.verdict.value,
        "allocations": _shares_json(verdict.allocations),
        "left_over": verdict.left_over.plain,
        "checks": [_check_json(check) for check in verdict.checks],
        "signals": [signal_to_json(signal) for signal in verdict.signals],
        "duplicate_of": verdict.duplicate_of,
    }
    return told | {"suggested": _shares_json(verdict.suggested)} if with_suggestion else told


def verdict_from_json(data: JsonObject) -> Verdict:
    """A stored verdict. Amounts were stored without their currency, which is ZAR unless ``currency`` says so.

    Raises BadCase when the JSON is not what `verdict_to_json` writes.
    """
    currency = _text_or_none(data, "currency") or "ZAR"
    return Verdict(
        verdict=VerdictCode(_text(data, "verdict")),
        allocations=_shares(data, "allocations", currency),
        left_over=_money(data, "left_over", currency),
        checks=tuple(_check_from(item) for item in _objects(data, "checks")),
        signals=tuple(_signal_from(item) for item in _objects(data, "signals")),
        duplicate_of=_text_or_none(data, "duplicate_of"),
        suggested=_shares(data, "suggested", currency),
    )


def reading_to_json(reading: Reading, file: str | None = None) -> dict[str, JsonValue]:
    """The answer of ``flask proofs read`` with what is needed beyond it to judge the reading again."""
    return {
        "file": file,
        "ok": reading.ok,
        "error": reading.error,
        "engine": reading.engine,
        "pages": len(reading.pages),
        "ms": reading.ms,
        "text": reading.text,
        "fields": {name: _field_json(reading.fields.get(name)) for name in FIELD_NAMES},
        "signals": [signal_to_json(signal) for signal in reading.signals],
        "layout": reading.layout,
        "versions": dict(reading.versions),
        "picture_hash": reading.picture_hash,
        "page_sizes": [[page.number, page.width, page.height, page.engine, page.rotation] for page in reading.pages],
        "words": [[word.text, word.page, word.confidence, *word.box] for page in reading.pages for word in page.words],
    }


def reading_from_json(data: JsonObject) -> Reading:
    """A stored reading, equal to the one that `reading_to_json` was given.

    Raises BadCase when the JSON is not what `reading_to_json` writes.
    """
    fields = _object(data, "fields")
    return Reading(
        ok=data.get("ok") is True,
        error=_text_or_none(data, "error"),
        engine=_text(data, "engine"),
        pages=_pages_from(data),
        text=_text(data, "text"),
        fields={name: _field_from(fields, name) for name in FIELD_NAMES},
        signals=tuple(_signal_from(item) for item in _objects(data, "signals")),
        ms=_whole(data, "ms", 0),
        layout=_text_or_none(data, "layout"),
        versions={name: str(value) for name, value in _object(data, "versions").items()},
        picture_hash=_text_or_none(data, "picture_hash"),
    )


def signal_to_json(signal: Signal) -> dict[str, JsonValue]:
    """One signal; page and box only where it has a place."""
    found: dict[str, JsonValue] = {"code": signal.code, "severity": signal.severity, "words": signal.words}
    if signal.page is not None:
        found["page"] = signal.page
    if signal.box is not None:
        found["box"] = list(signal.box)
    return found


def _shares_json(shares: Sequence[Share]) -> list[JsonValue]:
    return [{"invoice": share.invoice, "amount": share.amount.plain} for share in shares]


def _shares(data: JsonObject, name: str, currency: str) -> tuple[Share, ...]:
    return tuple(Share(_text(item, "invoice"), _money(item, "amount", currency)) for item in _objects(data, name))


def _open_invoice_json(invoice: OpenInvoice) -> JsonObject:
    return {
        "number": invoice.number,
        "reference": invoice.reference,
        "balance": invoice.balance.plain,
        "currency": invoice.balance.currency,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
    }


def _earlier_json(earlier: EarlierProof) -> JsonObject:
    return {
        "id": earlier.id,
        "sha256": earlier.sha256,
        "amount": earlier.amount.plain if earlier.amount is not None else None,
        "currency": earlier.amount.currency if earlier.amount is not None else None,
        "date": earlier.date.isoformat() if earlier.date else None,
        "bank": earlier.bank,
        "trace_id": earlier.trace_id,
        "payer_account": earlier.payer_account,
        "picture_hash": earlier.picture_hash,
    }


def _check_json(check: Check) -> JsonObject:
    return {
        "code": check.code,
        "rule": check.rule,
        "outcome": check.outcome.value,
        "expected": check.expected,
        "found": check.found,
        "page": check.page,
        "box": list(check.box) if check.box else None,
        "words": check.words,
    }


def _field_json(value: FieldValue | None) -> JsonObject | None:
    if value is None:
        return None
    return {
        "value": value.value,
        "confidence": value.confidence,
        "page": value.page,
        "box": list(value.box),
        "engine": value.engine,
    }


def _our_account(item: JsonObject) -> OurAccount:
    return OurAccount(
        bank=_text(item, "bank"),
        branch=_text_or_none(item, "branch") or "",
        number=_text(item, "number"),
        holder=_text_or_none(item, "holder") or "",
    )


def _open_invoice(item: JsonObject) -> OpenInvoice:
    return OpenInvoice(
        number=_text(item, "number"),
        reference=_text_or_none(item, "reference") or "",
        balance=_money(item, "balance", _text_or_none(item, "currency") or "ZAR"),
        issued_on=_day(item, "issued_on"),
        due_on=_day(item, "due_on"),
    )


def _earlier(item: JsonObject) -> EarlierProof:
    currency = _text_or_none(item, "currency") or "ZAR"
    return EarlierProof(
        id=_text(item, "id"),
        sha256=_text_or_none(item, "sha256"),
        amount=_money(item, "amount", currency) if item.get("amount") is not None else None,
        date=_day(item, "date") if item.get("date") is not None else None,
        bank=_text_or_none(item, "bank"),
        trace_id=_text_or_none(item, "trace_id"),
        payer_account=_text_or_none(item, "payer_account"),
        picture_hash=_text_or_none(item, "picture_hash"),
    )


def _check_from(item: JsonObject) -> Check:
    return Check(
        code=_text(item, "code"),
        rule=_text(item, "rule"),
        outcome=Outcome(_text(item, "outcome")),
        expected=_text_or_none(item, "expected"),
        found=_text_or_none(item, "found"),
        page=_whole(item, "page", 1) if item.get("page") is not None else None,
        box=_box_or_none(item.get("box")),
        words=_text(item, "words"),
    )


def _signal_from(item: JsonObject) -> Signal:
    return Signal(
        code=_text(item, "code"),
        severity=_text(item, "severity"),
        words=_text(item, "words"),
        page=_whole(item, "page", 1) if item.get("page") is not None else None,
        box=_box_or_none(item.get("box")),
    )


def _field_from(fields: JsonObject, name: str) -> FieldValue | None:
    item = fields.get(name)
    if item is None:
        return None
    found = _as_object(item, name)
    box = _box_or_none(found.get("box"))
    if box is None:
        raise BadCase(f"{name}.box is missing.")
    return FieldValue(
        value=_text(found, "value"),
        confidence=_number(found.get("confidence"), f"{name}.confidence"),
        page=_whole(found, "page", 1),
        box=box,
        engine=_text(found, "engine"),
    )


def _pages_from(data: JsonObject) -> tuple[Page, ...]:
    words: dict[int, list[Word]] = {}
    for item in _list(data, "words"):
        row = _row(item, 7, "words")
        x0, y0, x1, y1 = (_number(value, "words") for value in row[3:])
        page = int(_number(row[1], "words"))
        words.setdefault(page, []).append(Word(str(row[0]), (x0, y0, x1, y1), page, _number(row[2], "words")))
    pages = []
    for item in _list(data, "page_sizes"):
        row = _row(item, 5, "page_sizes")
        number, width, height, rotation = (int(_number(row[at], "page_sizes")) for at in (0, 1, 2, 4))
        pages.append(Page(number, width, height, tuple(words.get(number, ())), str(row[3]), rotation))
    return tuple(pages)


def _row(item: JsonValue, length: int, place: str) -> Sequence[JsonValue]:
    if not isinstance(item, Sequence) or isinstance(item, str) or len(item) != length:
        raise BadCase(f"{place}: each entry has {length} values.")
    return item


def _as_object(item: JsonValue, place: str) -> JsonObject:
    if not isinstance(item, Mapping):
        raise BadCase(f"{place} is not an object.")
    return item


def _object(data: JsonObject, name: str) -> JsonObject:
    if data.get(name) is None:
        raise BadCase(f"{name} is missing.")
    return _as_object(data[name], name)


def _list(data: JsonObject, name: str) -> Sequence[JsonValue]:
    found = data.get(name)
    if found is None:
        return ()
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise BadCase(f"{name} is not a list.")
    return found


def _objects(data: JsonObject, name: str) -> list[JsonObject]:
    return [_as_object(item, f"{name}[{at}]") for at, item in enumerate(_list(data, name))]


def _text(data: JsonObject, name: str) -> str:
    found = data.get(name)
    if not isinstance(found, str):
        raise BadCase(f"{name} is missing or is not text.")
    return found


def _text_or_none(data: JsonObject, name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _whole(data: JsonObject, name: str, otherwise: int) -> int:
    found = data.get(name, otherwise)
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadCase(f"{name} is not a whole number.")
    return found


def _number(found: JsonValue, place: str) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise BadCase(f"{place} is not a number.")
    return float(found)


def _day(data: JsonObject, name: str) -> date:
    try:
        return date.fromisoformat(_text(data, name))
    except ValueError as error:
        raise BadCase(f"{name} is not a day like 2026-03-15.") from error


def _money(data: JsonObject, name: str, currency: str) -> Money:
    try:
        return Money.parse(_text(data, name), currency)
    except (NotMoney, ValueError) as error:
        raise BadCase(f"{name}: {error}") from error


def _box_or_none(found: JsonValue) -> Box | None:
    if found is None:
        return None
    x0, y0, x1, y1 = (_number(value, "box") for value in _row(found, 4, "box"))
    return (x0, y0, x1, y1)
