"""Which statement line pays what: pure, explained, and certain only where it cannot be otherwise.

Source: docs/rules/reconciliation.md.
"""

from portal.banking.match.matching import answers, match
from portal.banking.match.rules import BUILT_IN, Rules
from portal.banking.match.world import Answer, Candidate, Case, Line, OnTheWay, Outcome, Owed, Payer, Share

__all__ = [
    "BUILT_IN",
    "Answer",
    "Candidate",
    "Case",
    "Line",
    "OnTheWay",
    "Outcome",
    "Owed",
    "Payer",
    "Rules",
    "Share",
    "answers",
    "match",
]
