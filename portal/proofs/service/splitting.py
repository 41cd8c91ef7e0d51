"""Which invoices a proof pays, as the clerk sees and changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.errors import BadInput
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.payments import service as payments
from portal.proofs.types import Outcome, Share
from portal.proofs.types.stored import ProofDetail


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


def proposed(detail: ProofDetail) -> list[SplitRow]:
    """The customer's open invoices, oldest first, with what the verdict proposes; else with what the sender ticked."""
    verdict = detail.verdict
    shares = {share.invoice: share.amount for share in (verdict.allocations or verdict.suggested)} if verdict else {}
    claimed = set(detail.info.claimed_invoices)
    promised = payments.promised_by_invoice(detail.info.customer_id)
    rows = []
    for one in invoices.open_of(detail.info.customer_id):
        rest = one.balance - promised.get(one.id, Money.zero(one.balance.currency))
        if rest.cents <= 0:
            continue
        part = shares.get(one.number)
        if part is None and not shares and one.number in claimed and detail.info.amount is not None:
            part = min(rest, detail.info.amount)
        rows.append(SplitRow(one.number, one.reference, one.due_on, rest, part))
    return rows


def is_certain(detail: ProofDetail, split: list[SplitRow]) -> bool:
    """Whether a clerk may accept without saying why: no check fails, and the split uses the whole amount."""
    if detail.verdict is None or detail.info.amount is None or detail.info.paid_on is None:
        return False
    if any(check.outcome is Outcome.FAIL for check in detail.verdict.checks):
        return False
    parts = [row.part for row in split if row.part is not None]
    return bool(parts) and total(parts, detail.info.amount.currency) == detail.info.amount


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


def shares_of(split: list[SplitRow]) -> tuple[Share, ...]:
    """The parts that pay something."""
    return tuple(Share(row.number, row.part) for row in split if row.part is not None)
