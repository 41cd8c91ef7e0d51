"""Lines that are no customer's money: fees, what we paid, what the bank took back, transfers, other income.

Source: docs/rules/reconciliation.md, B2 to B4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from portal.banking.match.rules import Rules
from portal.banking.match.world import Line
from portal.banking.types.rules import AsideKind, AsideRule

_WORD = re.compile(r"[A-Z0-9]+")
#: A bank takes a payment back within days; later it is another matter.
_DAYS = 14


def fee_rule(line: Line, rules: Rules) -> AsideRule | None:
    """The rule by which the bank charged it."""
    return rules.fee(line.description) if line.amount <= 0 else None


def reversal_rule(line: Line, rules: Rules) -> AsideRule | None:
    """The rule by which the words say that an earlier payment is taken back."""
    return rules.reversal(line.description) if line.amount < 0 else None


def own_account(line: Line, accounts: Sequence[str]) -> bool:
    """Whether the number of another account of ours stands there."""
    digits = re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", line.text)
    return any(
        re.search(rf"(?<![0-9]){re.escape(account)}(?![0-9])", digits) for account in accounts if len(account) > 5
    )


def no_customers(line: Line, rules: Rules) -> AsideRule | None:
    """The rule by which money that came in is no customer's."""
    return rules.first((AsideKind.TRANSFER, AsideKind.INCOME), line.text)


def taken_back(lines: Sequence[Line], rules: Rules) -> dict[str, str]:
    """Which reversal takes back which earlier line: reversal's id → line's id, each used once, the latest first."""
    earlier: dict[int, list[Line]] = {}
    found: dict[str, str] = {}
    for line in lines:
        if line.amount > 0:
            earlier.setdefault(line.amount, []).append(line)
        elif (waiting := earlier.get(-line.amount)) and (back := _undone(line, waiting, rules)) is not None:
            waiting.remove(back)
            found[line.id] = back.id
    return found


def _undone(line: Line, earlier: Sequence[Line], rules: Rules) -> Line | None:
    near = [each for each in earlier if 0 <= (line.on - each.on).days <= _DAYS]
    words = rules.without_reversal(line.text)
    alike = [each for each in near if _same_words(words, each.text)]
    if alike:
        return alike[-1]
    only = len(near) == 1 and reversal_rule(line, rules) is not None
    return near[0] if only and not _other_reference(words, near[0].text) else None


def _same_words(first: str, second: str) -> bool:
    mine, theirs = _WORD.findall(first.upper()), _WORD.findall(second.upper())
    if not mine or not theirs:
        return False
    shorter, longer = sorted((mine, theirs), key=len)
    return "".join(shorter) in "".join(longer) or set(pairwise(shorter)) == set(pairwise(longer)) != set()


def _other_reference(first: str, second: str) -> bool:
    """Whether both name something with digits, and not the same."""
    mine = {word for word in _WORD.findall(first.upper()) if any(letter.isdigit() for letter in word)}
    theirs = {word for word in _WORD.findall(second.upper()) if any(letter.isdigit() for letter in word)}
    return bool(mine and theirs and not mine & theirs)
