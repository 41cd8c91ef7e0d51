"""A reconciliation case from JSON, and the answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from portal.banking.errors import BadCase
from portal.banking.match.world import Answer, Case, Line, OnTheWay, Owed, Payer, Share
from portal.core.errors import BadInput
from portal.core.money import Money

_Object = Mapping[str, object]


def case_of(data: object) -> Case:
    """The case as values. Raises BadCase, saying where the JSON is not of the agreed form."""
    whole = _object(data, "the case")
    return Case(
        today=_date(whole, "today"),
        accounts=tuple(_text(each, "number") for each in _list(whole, "accounts")),
        customers=tuple(_payer(each) for each in _list(whole, "customers")),
        invoices=tuple(_invoice(each) for each in _list(whole, "open_invoices")),
        payments=tuple(_payment(each) for each in _list(whole, "payments")),
        lines=tuple(_line(each) for each in _list(whole, "lines")),
    )


def answer_as_json(answer: Answer) -> dict[str, object]:
    """One line's answer, amounts as decimal strings."""
    return {
        "line": answer.line,
        "outcome": answer.outcome.value,
        "payment": answer.payment,
        "allocations": [{"invoice": each.invoice, "amount": _plain(each.amount)} for each in answer.shares],
        "left_over": _plain(answer.left_over),
        "candidates": [
            {"payment": each.payment, "why": each.why} if each.payment else {"invoice": each.invoice, "why": each.why}
            for each in answer.candidates
        ],
        "reasons": list(answer.reasons),
        "rule": answer.rule,
    }


def _plain(cents: int) -> str:
    return Money.zar(cents).plain


def _payer(each: _Object) -> Payer:
    aliases = each.get("aliases") or []
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise BadCase("“aliases” is not a list of texts.")
    return Payer(_text(each, "code"), _text(each, "name"), _text(each, "reference"), tuple(aliases))


def _invoice(each: _Object) -> Owed:
    return Owed(
        _text(each, "number"), _text(each, "reference"), _text(each, "customer"), _cents(each, "balance"),
        _date(each, "issued_on"), _date(each, "due_on"),
    )  # fmt: skip


def _payment(each: _Object) -> OnTheWay:
    shares = tuple(Share(_text(share, "invoice"), _cents(share, "amount")) for share in _list(each, "invoices"))
    return OnTheWay(
        _text(each, "id"), _text(each, "customer"), _cents(each, "amount"), _text(each, "reference"),
        _date(each, "date"), _text(each, "state") == "verified", shares,
    )  # fmt: skip


def _line(each: _Object) -> Line:
    return Line(
        _text(each, "id"), _date(each, "date"), _cents(each, "amount"), _text(each, "description"),
        _text(each, "reference"),
    )  # fmt: skip


def _object(data: object, what: str) -> _Object:
    if not isinstance(data, dict):
        raise BadCase(f"In {what}: an object is expected.")
    return data


def _list(data: _Object, name: str) -> Sequence[_Object]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise BadCase(f"“{name}” is not a list.")
    return [_object(each, name) for each in found]


def _text(data: _Object, name: str) -> str:
    found = data.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise BadCase(f"“{name}” is not a text.")
    return found


def _date(data: _Object, name: str) -> date:
    try:
        return date.fromisoformat(_text(data, name))
    except ValueError:
        raise BadCase(f"“{name}” is not a date like 2026-03-14.") from None


def _cents(data: _Object, name: str) -> int:
    try:
        return Money.parse(_text(data, name)).cents
    except BadInput as error:
        raise BadCase(f"“{name}”: {error.words}") from None
