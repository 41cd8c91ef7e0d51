"""Names and universal branch codes of South-African banks, to see whether what is printed contradicts.

Source: the banks' published universal branch codes.
"""

from __future__ import annotations

import re

from portal.core.text import alphanumeric, fold

#: A word that only this bank's name holds, reduced to letters.
_WORDS = (
    ("FNB", ("FNB", "FIRSTNATIONAL", "FIRSTRAND", "RANDMERCHANT")),
    ("Standard Bank", ("STANDARDBANK", "STDBANK", "SBSA", "STANBIC")),
    ("Absa", ("ABSA",)),
    ("Nedbank", ("NEDBANK",)),
    ("Capitec", ("CAPITEC", "MERCANTILE")),
    ("Investec", ("INVESTEC",)),
    ("TymeBank", ("TYME",)),
    ("Discovery Bank", ("DISCOVERY",)),
    ("African Bank", ("AFRICANBANK",)),
    ("Bank Zero", ("BANKZERO",)),
    ("Bidvest Bank", ("BIDVEST",)),
    ("Access Bank", ("ACCESSBANK",)),
    ("Sasfin", ("SASFIN",)),
)  # fmt: skip
BRANCHES = {
    "632005": "Absa", "250655": "FNB", "261251": "FNB", "051001": "Standard Bank", "198765": "Nedbank",
    "470010": "Capitec", "450105": "Capitec", "580105": "Investec", "430000": "African Bank",
    "679000": "Discovery Bank", "678910": "TymeBank", "888000": "Bank Zero", "462005": "Bidvest Bank",
    "410506": "Access Bank", "683000": "Sasfin",
}  # fmt: skip
_LABELLED_BRANCH = re.compile(
    r"(?:branch|sort|tak)[a-z]*[ \t]*(?:code|number|no\.?|kode|nommer)?[ \t.:]*([0-9]{6})(?:00)?(?![0-9])",
    re.IGNORECASE,
)


def bank_of(printed: str | None) -> str | None:
    """The bank a printed name means; None when it is none we know, so that it contradicts nothing."""
    reduced = fold(alphanumeric(printed or ""))
    for bank, words in _WORDS:
        if any(fold(word) in reduced for word in words):
            return bank
    return None


def branches_in(text: str) -> tuple[str, ...]:
    """Branch codes with their label, as six digits, in the order of the text."""
    return tuple(_LABELLED_BRANCH.findall(text))


def same_bank(first: str | None, second: str | None) -> bool | None:
    """Whether two printed names mean one bank; None when one of them means none that we know."""
    left, right = bank_of(first), bank_of(second)
    return left == right if left is not None and right is not None else None
