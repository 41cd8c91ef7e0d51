"""Bank statements: imported once, matched by rules, booked only through payments and the ledger."""

from portal.banking.service.booking import accept, book, ignore, undo
from portal.banking.service.importing import import_statement
from portal.banking.service.lists import imports, left_count, line, lines, tally
from portal.banking.service.matching import answers_for, keep

__all__ = [
    "accept",
    "answers_for",
    "book",
    "ignore",
    "import_statement",
    "imports",
    "keep",
    "left_count",
    "line",
    "lines",
    "tally",
    "undo",
]
