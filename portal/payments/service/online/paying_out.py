"""What a gateway collected arrives at our bank in one sum."""

from __future__ import annotations

from datetime import date

from portal.core.errors import BadInput
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments.types.online import CLEARING, LABELS
from portal.platform import audit


def record_payout(
    code: str, amount: Money, bank_account_id: int, day: date, *, source: str, fee: Money | None = None
) -> int:
    """Book that a gateway paid out to our bank; gives the journal's id. Flushes.

    fee: what it kept for itself of the money that this pays out, where its notices do not say.
    source: what shows it, like ``bank-line:7/1``; the same source is booked once (AlreadyPosted). Undone by the
    journal's counter-entry. Raises BadInput for nothing or for a gateway nobody knows, PeriodClosed.
    Source: docs/rules/ledger.md, L26.
    """
    if code not in CLEARING:
        raise BadInput("Choose the gateway that paid out.", field="gateway")
    if amount.cents <= 0:
        raise BadInput("A payout is more than nothing.", field="amount")
    if amount.currency != HOME:
        raise BadInput(f"Gateways pay out in {HOME} only.", field="amount")
    kept = fee or Money.zero(HOME)
    if kept.cents < 0 or kept.currency != HOME:
        raise BadInput("What the gateway kept is not below nothing. Write it like 12.50.", field="fee")
    account = ledger.our_account(bank_account_id)
    words = f"{LABELS[code]} paid out to {account.masked}"
    journal_id = ledger.post_payout(source, CLEARING[code], bank_account_id, amount, day, words, kept)
    after = {"gateway": code, "cents": amount.cents, "fee_cents": kept.cents, "journal": journal_id}
    audit.record("gateway.payout", source, after=after)
    return journal_id
