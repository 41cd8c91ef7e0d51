"""Payment references: making, checking and showing our own, and finding known ones in what people typed.

Source: design.md 5; docs/rules/references.md.
"""

from portal.core.reference.code import ALPHABET, LENGTH, check, check_symbol, make, normal, show
from portal.core.reference.find import Ambiguous, Found, Names, Search, Strength, find

__all__ = [
    "ALPHABET",
    "LENGTH",
    "Ambiguous",
    "Found",
    "Names",
    "Search",
    "Strength",
    "check",
    "check_symbol",
    "find",
    "make",
    "normal",
    "show",
]
