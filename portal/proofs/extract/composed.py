"""Labels nobody listed, understood by their parts: ``Reference (appears on beneficiary's statement)``.

A noun says what it is, a party says whose, a trait says which; every other word must be one that labels are made with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from portal.proofs.extract.general import label_parts
from portal.proofs.extract.labels import Found, squeezed

_LONGEST = 9
#: of several nouns the one that stands first here is meant: the limit of an amount is a limit, the name of an account a
#: name, the date of a transaction a date
_RANK = (
    "limit", "balance", "fee", "status", "type", "date", "branch", "reference", "name", "account", "number", "bank",
    "amount", "time", "statement",
)  # fmt: skip
#: noun → what it means whose ever it is
_PLAIN = {
    "limit": "limit", "balance": "balance", "fee": "fee", "status": "status", "branch": "branch", "time": "time",
    "reference": "reference_any", "account": "account_any", "name": "name_any", "bank": "bank_any",
}  # fmt: skip
_OF_PARTY = {
    ("reference", "beneficiary"): "reference", ("reference", "payer"): "own_reference",
    ("statement", "beneficiary"): "reference", ("statement", "payer"): "own_reference",
    ("account", "beneficiary"): "beneficiary_account", ("account", "payer"): "payer_account",
    ("name", "beneficiary"): "beneficiary_name", ("name", "payer"): "payer_name",
    ("bank", "beneficiary"): "beneficiary_bank", ("bank", "payer"): "payer_bank_label",
}  # fmt: skip
_CLOSENESS = 0.97


def composed(words: Sequence[str]) -> Found | None:
    """What a label made of these words means; None when a word does not belong, or the party is unclear."""
    return _composed(tuple(words))


@lru_cache(maxsize=4096)
def _composed(words: tuple[str, ...]) -> Found | None:
    pieces = [piece for word in words for piece in re.split(r"[/()&,.\-]", word) if squeezed(piece)]
    if not 2 <= len(pieces) <= _LONGEST or any(letter.isdigit() for piece in pieces for letter in piece):
        return None
    letters = [squeezed(piece) for piece in pieces]
    parts = label_parts()
    named = _groups(parts.nouns, letters)
    if not named or not set(letters) <= parts.known:
        return None
    noun = next(noun for noun in _RANK if noun in named)
    kind = _kind(noun, _groups(parts.parties, letters), _groups(parts.traits, letters), named)
    return Found(kind, "".join(letters), _CLOSENESS) if kind is not None else None


def _groups(table: dict[str, tuple[str, ...]], letters: Collection[str]) -> set[str]:
    return {name for name, forms in table.items() if set(forms) & set(letters)}


def _kind(noun: str, whose: set[str], traits: set[str], named: set[str]) -> str | None:
    """What a noun with these parties and traits means, beside the other nouns of the label."""
    if "foreign" in traits or noun == "date":
        return _date(traits) if noun == "date" else None
    if len(whose) > 1:
        return None
    if noun == "amount":
        return _amount(traits)
    if noun == "type":
        return "other" if named & {"account", "bank"} else "payment_type"
    return _of_party(noun, next(iter(whose), None), traits, named)


def _of_party(noun: str, party: str | None, traits: set[str], named: set[str]) -> str | None:
    if noun == "name" and "bank" in named and "account" not in named:
        noun = "bank"
    if noun in ("number", "reference") and "account" not in named and party is None:
        if "bank's" in traits:
            return "trace_id"
        if noun == "number":
            return None
    if noun == "account" and party is None and traits & {"credited", "debited"}:
        return "beneficiary_account" if "credited" in traits else "payer_account"
    return _OF_PARTY.get((noun, party or ""), _PLAIN.get(noun))


def _amount(traits: set[str]) -> str | None:
    if "words" in traits:
        return "amount_words"
    return "amount_total" if "total" in traits else "amount"


def _date(traits: set[str]) -> str:
    if "planned" in traits:
        return "date_scheduled"
    if traits & {"paperwork", "foreign"}:
        return "date_other"
    return "date" if "paid" in traits else "date_any"
