"""Booking what happens to money after it came: moved, given up, given back, or taken over from an earlier system."""

from __future__ import annotations

from datetime import date

from portal.core.money import Money
from portal.ledger import journals, queries
from portal.ledger.service.posting import payment_source, post
from portal.ledger.types import JournalKind


def post_deallocation(payment_id: int, part: str, customer_id: int, amount: Money, day: date, words: str) -> int:
    """Book that a part of a payment pays its invoice no more; once for each part. Source: docs/rules/ledger.md L5."""
    return post(journals.deallocation(f"{payment_source(payment_id)}/{part}", customer_id, amount, day, words))


def post_write_off(write_off_id: int, customer_id: int, amount: Money, day: date, words: str) -> int:
    """Book cents that were written off; once for each write-off. Source: docs/rules/ledger.md L16."""
    return post(journals.write_off(f"write-off:{write_off_id}", customer_id, amount, day, words))


def post_bad_debt(write_off_id: int, customer_id: int, amount: Money, vat: Money, day: date, words: str) -> int:
    """Book a lost debt, the VAT in it apart; once for each write-off. Source: docs/rules/ledger.md L17."""
    return post(journals.bad_debt(f"write-off:{write_off_id}", customer_id, amount, vat, day, words))


def post_refund(refund_id: int, customer_id: int, amount: Money, day: date, words: str) -> int:
    """Book that credit is going to be given back; once for each refund. Source: docs/rules/ledger.md L18."""
    return post(journals.refund(f"refund:{refund_id}", customer_id, amount, day, words))


def post_refund_paid(
    refund_id: int, customer_id: int, bank_account_id: int, amount: Money, day: date, words: str
) -> int:
    """Book that a refund left our bank; once for each refund. Source: docs/rules/ledger.md L18."""
    return post(journals.refund_paid(f"refund:{refund_id}", customer_id, bank_account_id, amount, day, words))


def post_refund_by_gateway(refund_id: int, customer_id: int, gateway: int, amount: Money, day: date, words: str) -> int:
    """Book that a gateway paid a refund back; once for each refund. Source: docs/rules/ledger.md L18."""
    return post(journals.refund_by_gateway(f"refund:{refund_id}", customer_id, gateway, amount, day, words))


def post_opening_invoice(number: str, customer_id: int, amount: Money, day: date) -> int:
    """Book what an earlier system's invoice needs; once for its number. Source: docs/rules/ledger.md L19."""
    return post(journals.opening_invoice(number, customer_id, amount, day))


def is_opening(number: str) -> bool:
    """Whether an invoice was taken over from an earlier system, which issued it (docs/rules/ledger.md L19)."""
    return queries.posted(JournalKind.OPENING, f"invoice:{number}") is not None


def post_opening_credit(payment_id: int, customer_id: int, amount: Money, day: date, words: str) -> int:
    """Book a credit of an earlier system; once for its payment. Source: docs/rules/ledger.md L19."""
    return post(journals.opening_credit(payment_source(payment_id), customer_id, amount, day, words))


def post_gateway_receipt(
    payment_id: int, customer_id: int, gateway: int, amount: Money, allocated: Money, day: date, words: str
) -> int:
    """Book money that a gateway settled; once for each payment. Source: docs/rules/ledger.md L25."""
    source = payment_source(payment_id)
    return post(journals.gateway_receipt(source, customer_id, gateway, amount, allocated, day, words))


def post_gateway_fee(payment_id: int, gateway: int, amount: Money, day: date, words: str) -> int:
    """Book what a gateway keeps of a payment; once for each payment. Source: docs/rules/ledger.md L25."""
    return post(journals.gateway_fee(payment_source(payment_id), gateway, amount, day, words))


def post_payout(
    source: str, gateway: int, bank_account_id: int, amount: Money, day: date, words: str, fee: Money
) -> int:
    """Book what a gateway paid out to our bank, and what it kept of that; once for each source, like ``bank-line:7``.

    Source: docs/rules/ledger.md L26.
    """
    return post(journals.payout(source, gateway, bank_account_id, amount, day, words, fee))
