"""Tax invoices: issued once and for ever, found, paid by confirmed money, printed."""

from portal.invoices.service.bulk import how_many, issue_many
from portal.invoices.service.checks import register_invariants
from portal.invoices.service.crediting import credit, when_overpaid
from portal.invoices.service.crediting import crediting as left_to_credit
from portal.invoices.service.crediting import of_invoice as credit_notes_of
from portal.invoices.service.crediting import preview as preview_credit
from portal.invoices.service.finding import (
    all_open,
    by_id,
    by_ids,
    by_number,
    by_reference,
    document,
    has_overdue,
    list_page,
    open_of,
    owing,
)
from portal.invoices.service.issuing import issue, take_number
from portal.invoices.service.links import pay_token, read_pay_token
from portal.invoices.service.opening import numbers_taken, take_over
from portal.invoices.service.printing import pdf
from portal.invoices.service.proving import seal
from portal.invoices.service.resting import part_paid_below
from portal.invoices.service.settling import lock, set_flag, set_under_way, settle, unsettle

__all__ = [
    "all_open",
    "by_id",
    "by_ids",
    "by_number",
    "by_reference",
    "credit",
    "credit_notes_of",
    "document",
    "has_overdue",
    "how_many",
    "issue",
    "issue_many",
    "left_to_credit",
    "list_page",
    "lock",
    "numbers_taken",
    "open_of",
    "owing",
    "part_paid_below",
    "pay_token",
    "pdf",
    "preview_credit",
    "read_pay_token",
    "register_invariants",
    "seal",
    "set_flag",
    "set_under_way",
    "settle",
    "take_number",
    "take_over",
    "unsettle",
    "when_overpaid",
]
