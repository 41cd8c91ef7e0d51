"""Lines that are no customer's money: fees, what we paid, what the bank took back, transfers, other income.

Source: docs/rules/reconciliation.md, B2 to B4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from portal.banking.match.world import Line

_FEE = re.compile(
    r"^#|\b(?:FEES?|CHARGES?|BANK ?KOSTE|FOOI(?:E|EN)?|DIENSFOOI|BANKFOOI|ADMIN(?:ISTRATION)? FEE|COMMISSION|KOMMISSIE)\b",
    re.IGNORECASE,
)
_REVERSAL = re.compile(
    r"^\W*(?:REVERSALS?|REVERSED|REVERSE|REV|RVSL|RETURNED|RETURN|RTN|UNPAID|R/?D|TERUGGESKRYF|TERUGBETAALD|"
    r"TERUGSKRYWING|OMKERING|RECALL(?:ED)?|DISHONOU?RED|CHARGEBACK)\b[\s:.-]*",
    re.IGNORECASE,
)
_OWN_TRANSFER = re.compile(
    r"\bTRANSFER (?:FROM|TO)\b.*\b(?:CALL|SAVINGS|MONEY MARKET|NOTICE|INVESTMENT|CHEQUE|CURRENT|OWN) ?(?:A/?C|ACC|ACCOUNT)\b|"
    r"\b(?:INTER ?ACCOUNT|INTERACC|OWN ACCOUNT|OORPLASING (?:VAN|NA))\b.*|\bSWEEP\b",
    re.IGNORECASE,
)
_OTHER_INCOME = re.compile(
    r"\b(?:SARS|VAT REFUND|BTW TERUGBETALING|TAX REFUND|INTEREST|RENTE|LOAN|LENING|DRAWDOWN|DIVIDENDS?|SALE OF|VERKOOP VAN|"
    r"CAPITAL (?:INTRODUCED|INJECTION)|INSURANCE (?:CLAIM|PAYOUT)|REFUND FROM|SUPPLIER REFUND|UIF|SETA|GRANT|CASHBACK|REBATE)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Z0-9]+")
#: A bank takes a payment back within days; later it is another matter.
_DAYS = 14


def is_fee(line: Line) -> bool:
    """Whether the bank charged it."""
    return line.amount <= 0 and _FEE.search(line.description) is not None


def is_reversal(line: Line) -> bool:
    """Whether the words say that an earlier payment is taken back."""
    return line.amount < 0 and _REVERSAL.match(line.description) is not None


def own_transfer(line: Line, accounts: Sequence[str]) -> bool:
    """Whether the money came from another account of ours."""
    if _OWN_TRANSFER.search(line.text):
        return True
    digits = re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", line.text)
    return any(
        re.search(rf"(?<![0-9]){re.escape(account)}(?![0-9])", digits) for account in accounts if len(account) > 5
    )


def other_income(line: Line) -> bool:
    """Whether the words name money that no customer sends: interest, tax refunds, loans."""
    return _OTHER_INCOME.search(line.text) is not None


def taken_back(lines: Sequence[Line]) -> dict[str, str]:
    """Which reversal takes back which earlier line: reversal's id → line's id, each used once, the latest first."""
    earlier: dict[int, list[Line]] = {}
    found: dict[str, str] = {}
    for line in lines:
        if line.amount > 0:
            earlier.setdefault(line.amount, []).append(line)
        elif (waiting := earlier.get(-line.amount)) and (back := _undone(line, waiting)) is not None:
            waiting.remove(back)
            found[line.id] = back.id
    return found


def _undone(line: Line, earlier: Sequence[Line]) -> Line | None:
    near = [each for each in earlier if 0 <= (line.on - each.on).days <= _DAYS]
    words = _REVERSAL.sub("", line.text)
    alike = [each for each in near if _same_words(words, each.text)]
    if alike:
        return alike[-1]
    return near[0] if is_reversal(line) and len(near) == 1 and not _other_reference(words, near[0].text) else None


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
