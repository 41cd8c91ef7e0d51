"""Labels nobody listed, understood by their parts: ``Reference (appears on beneficiary's statement)``.

A noun says what it is, a party says whose; every other word must be one that labels are made with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.proofs.extract.general import label_parts
from portal.proofs.extract.labels import Found, squeezed

_LONGEST = 9
_KINDS = {
    ("reference", "beneficiary"): "reference", ("reference", "payer"): "own_reference",
    ("account", "beneficiary"): "beneficiary_account", ("account", "payer"): "payer_account",
    ("name", "beneficiary"): "beneficiary_name", ("name", "payer"): "payer_name",
    ("bank", "beneficiary"): "beneficiary_bank", ("bank", "payer"): "payer_bank_label",
}  # fmt: skip
#: of several nouns the one that stands first here is meant: the name of an account is a name
_RANK = ("reference", "name", "account", "bank")


def composed(words: Sequence[str]) -> Found | None:
    """What a label made of these words means; None when a word does not belong, or the party is unclear."""
    pieces = [piece for word in words for piece in re.split(r"[/()&,\-]", word) if squeezed(piece)]
    if not 2 <= len(pieces) <= _LONGEST or any(letter.isdigit() for piece in pieces for letter in piece):
        return None
    nouns, parties, fillers = label_parts()
    letters = [squeezed(piece) for piece in pieces]
    named = {noun for noun, forms in nouns.items() if set(forms) & set(letters)}
    whose = {party for party, forms in parties.items() if set(forms) & set(letters)}
    known = fillers.union(*nouns.values(), *parties.values())
    if not named or len(whose) != 1 or not set(letters) <= known:
        return None
    noun = next(noun for noun in _RANK if noun in named)
    return Found(_KINDS[noun, whose.pop()], "".join(letters), 0.97)
