"""Rules that set lines aside: what the bank prints for its fees, reversals, our own transfers and other income.

Rules are data. Those that come with the portal stand here; staff change them and add others, and hand all of them in
with the case. Source: docs/rules/reconciliation.md, B2 to B4 and B13.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from portal.banking.types.rules import AsideKind, AsideRule

#: rules stay short enough to be read, and matching them fast
MOST_PHRASES, LONGEST_PHRASE, _MOST_GAPS = 60, 120, 2
_MARK = re.compile(r"^\W*")


_ACCOUNT = "A/C|AC|ACC|ACCOUNT"
#: What comes with the portal, in the order in which it is asked.
BUILT_IN: tuple[AsideRule, ...] = (
    AsideRule(
        "fees", AsideKind.FEE, "The bank’s fees",
        ("^#", "FEE|FEES", "CHARGE|CHARGES", "BANK KOSTE", "FOOI|FOOIE|FOOIEN", "DIENSFOOI", "BANKFOOI", "ADMIN FEE",
         "ADMINISTRATION FEE", "COMMISSION|KOMMISSIE"), 10,
    ),
    AsideRule(
        "reversals", AsideKind.REVERSAL, "Payments that the bank takes back",
        ("^REVERSAL|REVERSALS|REVERSED|REVERSE|REV|RVSL", "^RETURNED|RETURN|RTN", "^UNPAID", "^RD|R/D",
         "^TERUGGESKRYF|TERUGBETAALD|TERUGSKRYWING|OMKERING", "^RECALL|RECALLED", "^DISHONOURED|DISHONORED",
         "^CHARGEBACK"), 20,
    ),
    AsideRule(
        "transfers", AsideKind.TRANSFER, "Transfers from other accounts of ours",
        (f"TRANSFER FROM|TO * CALL|SAVINGS|NOTICE|INVESTMENT|CHEQUE|CURRENT|OWN {_ACCOUNT}",
         f"TRANSFER FROM|TO * MONEY MARKET {_ACCOUNT}", "INTER ACCOUNT", "INTERACC", "OWN ACCOUNT",
         "OORPLASING VAN|NA", "SWEEP"), 30,
    ),
    AsideRule(
        "income", AsideKind.INCOME, "Income that no customer pays",
        ("SARS", "VAT REFUND", "BTW TERUGBETALING", "TAX REFUND", "INTEREST|RENTE", "LOAN|LENING", "DRAWDOWN",
         "DIVIDEND|DIVIDENDS", "SALE OF", "VERKOOP VAN", "CAPITAL INTRODUCED|INJECTION", "INSURANCE CLAIM|PAYOUT",
         "REFUND FROM", "SUPPLIER REFUND", "UIF|SETA|GRANT|CASHBACK|REBATE"), 40,
    ),
)  # fmt: skip


class BadPhrase(ValueError):
    """A phrase that cannot be a rule; the message says why, in words."""


def check_phrase(phrase: str) -> None:
    """Raise BadPhrase for what would match nothing, or everything, or take long."""
    if len(phrase) > LONGEST_PHRASE:
        raise BadPhrase(f"“{phrase[:30]}…” is longer than {LONGEST_PHRASE} characters.")
    bare = phrase.removeprefix("^")
    letters = sum(letter.isalnum() for letter in bare)
    if letters < 3 and not (phrase.startswith("^") and bare.strip()):
        raise BadPhrase(f"“{phrase}” would fit too much. Write at least three letters or digits.")
    if bare.count("*") > _MOST_GAPS:
        raise BadPhrase(f"“{phrase}” has more than {_MOST_GAPS} signs *.")
    if any(not option for word in bare.split() if word != "*" for option in word.split("|")):
        raise BadPhrase(f"“{phrase}”: between two signs | stands nothing.")


@lru_cache(maxsize=1024)
def pattern_of(phrase: str) -> re.Pattern[str]:
    """The phrase as a pattern; only what check_phrase lets pass has one."""
    begins = phrase.startswith("^")
    parts: list[str] = []
    gap = False
    for word in phrase.removeprefix("^").split():
        if word == "*":
            gap = True
            continue
        either = "|".join(re.escape(option) for option in word.split("|") if option)
        parts.append((r"\b.*\b" if gap else r"\s?" if parts else "") + f"(?:{either})")
        gap = False
    body = "".join(parts)
    first, last = phrase.removeprefix("^")[:1], phrase[-1:]
    front = r"^\W*?" if begins else r"\b" if first.isalnum() else ""
    return re.compile(front + body + (r"\b" if last.isalnum() else ""), re.IGNORECASE)


class Rules:
    """Rules that are in force, by what they recognise, in their order."""

    def __init__(self, rules: Iterable[AsideRule]) -> None:
        self._of: dict[AsideKind, list[tuple[AsideRule, list[re.Pattern[str]]]]] = {kind: [] for kind in AsideKind}
        for rule in sorted((each for each in rules if each.active), key=lambda each: (each.place, each.code)):
            self._of[rule.kind].append((rule, [pattern_of(phrase) for phrase in rule.phrases]))

    def first(self, kinds: Sequence[AsideKind], text: str) -> AsideRule | None:
        """The first rule of some kinds that fits a text, in their common order."""
        found = (
            rule for kind in kinds for rule, patterns in self._of[kind] if any(each.search(text) for each in patterns)
        )
        return min(found, key=lambda each: (each.place, each.code), default=None)

    def fee(self, description: str) -> AsideRule | None:
        """The rule by which this is the bank's fee."""
        return self.first((AsideKind.FEE,), description)

    def reversal(self, description: str) -> AsideRule | None:
        """The rule by which these words take an earlier payment back."""
        return self.first((AsideKind.REVERSAL,), description)

    def without_reversal(self, text: str) -> str:
        """The text without the words that take a payment back: what is left names the payment."""
        for _, patterns in self._of[AsideKind.REVERSAL]:
            for pattern in patterns:
                if found := pattern.match(text):
                    return _MARK.sub("", text[found.end() :])
        return text
