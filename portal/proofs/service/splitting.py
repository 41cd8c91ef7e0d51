"""Which invoices a proof pays, as the clerk sees and changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.errors import BadInput
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.payments import service as payments
from portal.proofs.types import Outcome, Reading, Share, Verdict
from portal.proofs.types.review import PERSON
from portal.proofs.types.stored import Acceptance, ProofDetail, ProofInfo


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One open invoice: what it still owes, and how much of the proof pays it."""

    number: str
    reference: str
    due_on: date
    balance: Money
    part: Money | None
    #: what the clerk typed, kept after an error
    typed: str | None = None


def proposed(info: ProofInfo, verdict: Verdict | None) -> list[SplitRow]:
    """The customer's open invoices, oldest first, with what the verdict proposes; else with what the sender ticked."""
    shares = {share.invoice: share.amount for share in (verdict.allocations or verdict.suggested)} if verdict else {}
    claimed = set(info.claimed_invoices)
    promised = payments.promised_by_invoice(info.customer_id)
    rows = []
    for one in invoices.open_of(info.customer_id):
        rest = one.balance - promised.get(one.id, Money.zero(one.balance.currency))
        if rest.cents <= 0:
            continue
        part = shares.get(one.number)
        if part is None and not shares and one.number in claimed and info.amount is not None:
            part = min(rest, info.amount) if info.amount.currency == rest.currency else None
        rows.append(SplitRow(one.number, one.reference, one.due_on, rest, part))
    return rows


def doubt(
    info: ProofInfo, verdict: Verdict | None, reading: Reading | None, accepted: Acceptance, split: list[SplitRow]
) -> str | None:
    """Why whoever accepts this has to say why; None when it is what was read and proposed, and nothing fails.

    split: what is proposed, as `proposed` gives it.
    Source: docs/rules/review.md, Q4.
    """
    if verdict is None or reading is None:
        return "The computer could not read it."
    if any(check.outcome is Outcome.FAIL for check in verdict.checks):
        return "A check does not fit."
    if (accepted.amount, accepted.paid_on) != (info.amount, info.paid_on):
        return "The amount or the day is not the one that was read."
    if any((field := reading.fields.get(name)) is not None and field.engine == PERSON for name in ("amount", "date")):
        return "The amount or the day was typed by hand."
    parts = {row.number: row.part for row in split if row.part is not None}
    if {share.invoice: share.amount for share in accepted.shares} != parts:
        return "The invoices are not the proposed ones."
    if any(part.currency != accepted.amount.currency for part in parts.values()):
        return "The invoices are in another currency."
    if total(parts.values(), accepted.amount.currency) != accepted.amount:
        return "Part of the amount pays no invoice."
    return None


def is_certain(detail: ProofDetail, split: list[SplitRow]) -> bool:
    """Whether a clerk may accept with one key what the page proposes."""
    if detail.info.amount is None or detail.info.paid_on is None:
        return False
    offered = Acceptance(detail.info.amount, detail.info.paid_on, shares_of(split), "")
    return doubt(detail.info, detail.verdict, detail.reading, offered, split) is None


def form_values(detail: ProofDetail) -> dict[str, object]:
    """What the accept form starts with."""
    return {"version": detail.info.version, "amount": detail.info.amount, "paid_on": detail.info.paid_on, "why": ""}


def shares_from(sent: Mapping[str, str], split: list[SplitRow]) -> tuple[list[SplitRow], list[str]]:
    """The split as the clerk sent it (fields ``share-<number>``), and what is wrong with it in words."""
    rows: list[SplitRow] = []
    errors: list[str] = []
    for row in split:
        typed = sent.get(f"share-{row.number}", "").strip()
        part: Money | None = None
        if typed:
            try:
                part = Money.parse(typed, row.balance.currency)
            except BadInput as error:
                errors.append(f"{row.number}: {error.words}")
        rows.append(SplitRow(row.number, row.reference, row.due_on, row.balance, part if part else None, typed))
    return rows, errors


def accepted_amount(typed: Money, info: ProofInfo, split: list[SplitRow]) -> Money:
    """The amount that a clerk typed, in the currency of the invoices it pays; of none, in that of the document.

    Raises BadInput for invoices in several currencies: they never mix. Source: docs/rules/matching.md, M3.
    """
    currencies = {row.part.currency for row in split if row.part is not None}
    if len(currencies) > 1:
        raise BadInput("These invoices are in several currencies. A payment is in one.", field="amount")
    document = info.amount.currency if info.amount is not None else typed.currency
    return Money(typed.cents, currencies.pop() if currencies else document)


def shares_of(split: list[SplitRow]) -> tuple[Share, ...]:
    """The parts that pay something."""
    return tuple(Share(row.number, row.part) for row in split if row.part is not None)
