"""Readings and cases with plain defaults: one customer, three open invoices, two accounts of ours, a clean notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from portal.core.money import Money
from portal.proofs import match, verdict
from portal.proofs.types import (
    FIELD_NAMES,
    Case,
    EarlierProof,
    FieldValue,
    OpenInvoice,
    OurAccount,
    Outcome,
    Page,
    Reading,
    Signal,
    Verdict,
    Word,
)

TODAY = date(2026, 3, 16)
BOX = (0.4, 0.2, 0.6, 0.22)
FNB = OurAccount("FNB", "250655", "62841790356", "360Degree Supply (Pty) Ltd")
STANDARD = OurAccount("Standard Bank", "051001", "023417908", "360Degree Supply (Pty) Ltd")
FIELDS = {
    "amount": "1317.78", "currency": "ZAR", "date": "2026-03-14", "reference": "INV-2026-02805",
    "beneficiary_account": "..790356", "beneficiary_bank": "FIRST NATIONAL BANK", "payer_bank": "Nedbank",
    "status": "made", "document_type": "proof_of_payment", "trace_id": "5TG59DVQ",
}  # fmt: skip


def invoice(number="INV-2026-02805", reference="360H997WW", balance="1317.78", issued=date(2026, 3, 1), currency="ZAR"):
    return OpenInvoice(number, reference, Money.parse(balance, currency), issued, date(2026, 4, 1))


FIRST = invoice()
SECOND = invoice("INV-2026-04163", "360AA76H7", "1430.84", date(2026, 2, 20))
THIRD = invoice("INV-2026-00622", "360E3KNCX", "211.68", date(2026, 2, 10))


def field(value, *, confidence=0.98, engine="text"):
    return FieldValue(value, confidence, 1, BOX, engine)


def page_of(*lines):
    """A page whose lines stand one below the other: ``(top, text)`` in fractions of the page."""
    words = tuple(
        Word(word, (0.1 + 0.05 * at, top, 0.14 + 0.05 * at, top + 0.01), 1, 0.98)
        for top, text in lines
        for at, word in enumerate(text.split())
    )
    return Page(1, 1000, 1414, words, "text")


def reading(*, engine="text", confidence=0.98, signals=(), text="", ok=True, picture_hash=None, pages=(), **fields):
    """A clean notice for the first invoice; a field given as None is not printed."""
    values = FIELDS | fields
    made = {
        name: value if isinstance(value, FieldValue) else field(value, confidence=confidence, engine=engine)
        for name, value in values.items()
        if value is not None
    }
    return Reading(
        ok=ok, error=None if ok else "Too blurred to read.", engine=engine, pages=tuple(pages), text=text,
        fields={name: made.get(name) for name in FIELD_NAMES}, signals=tuple(signals), ms=5, layout="ned",
        picture_hash=picture_hash,
    )  # fmt: skip


def case(*, invoices=(FIRST, SECOND, THIRD), accounts=(FNB, STANDARD), earlier=(), **more):
    made = Case(
        today=TODAY, customer_code="C0235", customer_name="Zandvliet Hydraulics BK", our_accounts=tuple(accounts),
        open_invoices=tuple(invoices), earlier_proofs=tuple(earlier),
    )  # fmt: skip
    return replace(made, **more)


def earlier(**facts):
    """The same payment as the clean notice, shown before in another file."""
    known = {
        "id": "prf_first", "sha256": "a" * 64, "amount": Money.zar(1317_78), "date": date(2026, 3, 14),
        "bank": "Nedbank", "trace_id": "5TG59DVQ", "payer_account": None,
    }  # fmt: skip
    return EarlierProof(**(known | facts))


def judged(read=None, known=None) -> Verdict:
    read, known = read or reading(), known or case()
    return verdict.judge(read, known, match.match(read, known))


def outcome(found: Verdict, code: str) -> Outcome:
    return next(check.outcome for check in found.checks if check.code == code)


def words(found: Verdict, code: str) -> str:
    return next(check.words for check in found.checks if check.code == code)


def signal(severity, code="edited_pdf"):
    return Signal(code, severity, "The file was saved again after the bank made it.")
