"""Tax invoices: issued once and for ever, found, paid by confirmed money, printed."""

from portal.invoices.service.checks import register_invariants
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
from portal.invoices.service.printing import pdf
from portal.invoices.service.settling import lock, set_flag, set_under_way, settle, unsettle

__all__ = [
    "all_open",
    "by_id",
    "by_ids",
    "by_number",
    "by_reference",
    "document",
    "has_overdue",
    "issue",
    "list_page",
    "lock",
    "open_of",
    "owing",
    "pay_token",
    "pdf",
    "read_pay_token",
    "register_invariants",
    "set_flag",
    "set_under_way",
    "settle",
    "take_number",
    "unsettle",
]
