"""Bank statements: imported once, matched by rules, booked only through payments and the ledger."""

from portal.banking.service.booking import accept, book, ignore, undo
from portal.banking.service.clearing import to_chase
from portal.banking.service.importing import import_statement
from portal.banking.service.lists import imports, left_count, line, lines, tally
from portal.banking.service.matching import answers_for, keep
from portal.banking.service.months import ask_reopening as ask_month
from portal.banking.service.months import decide_reopening as decide_month
from portal.banking.service.months import figures as month_figures
from portal.banking.service.months import months, signed_month, signings, suspend_rest
from portal.banking.service.months import sign as sign_month
from portal.banking.service.naming import keep_naming, mappings, named, switch_mapping
from portal.banking.service.reporting import month_report
from portal.banking.service.rules import SHOWN_HITS, try_rule, write_rule
from portal.banking.service.rules import history_of as history_of_rule
from portal.banking.service.rules import rule as aside_rule
from portal.banking.service.rules import rules as aside_rules
from portal.banking.service.suspense import ages, give_back, register_invariants, suspend, suspended
from portal.banking.service.uploading import (
    import_upload,
    look_again,
    look_at,
    shown_lines,
    upload,
    uploads_waiting,
)

__all__ = [
    "SHOWN_HITS",
    "accept",
    "ages",
    "answers_for",
    "aside_rule",
    "aside_rules",
    "ask_month",
    "book",
    "decide_month",
    "give_back",
    "history_of_rule",
    "ignore",
    "import_statement",
    "import_upload",
    "imports",
    "keep",
    "keep_naming",
    "left_count",
    "line",
    "lines",
    "look_again",
    "look_at",
    "mappings",
    "month_figures",
    "month_report",
    "months",
    "named",
    "register_invariants",
    "shown_lines",
    "sign_month",
    "signed_month",
    "signings",
    "suspend",
    "suspend_rest",
    "suspended",
    "switch_mapping",
    "tally",
    "to_chase",
    "try_rule",
    "undo",
    "upload",
    "uploads_waiting",
    "write_rule",
]
