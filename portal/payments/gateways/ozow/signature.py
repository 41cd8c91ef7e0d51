"""How Ozow signs: SHA-512 over its fields in the documented order and our private key, in lower case, unseparated."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

#: of the form that sends a buyer there
ASKED = (
    "SiteCode", "CountryCode", "CurrencyCode", "Amount", "TransactionReference", "BankReference", "CancelUrl",
    "ErrorUrl", "SuccessUrl", "NotifyUrl", "IsTest",
)  # fmt: skip
#: of a notice
TOLD = (
    "SiteCode", "TransactionId", "TransactionReference", "Amount", "Status", "Optional1", "Optional2", "Optional3",
    "Optional4", "Optional5", "CurrencyCode", "IsTest", "StatusMessage",
)  # fmt: skip


def hash_of(values: Iterable[str], private_key: str, *, key_as_is: bool = False) -> str:
    """The hash over these values, which stand in the documented order (docs/rules/gateways.md, G10).

    key_as_is: sources differ on whether the key is lower-cased with the rest; Ozow's sandbox tells.
    """
    key = private_key if key_as_is else private_key.lower()
    return hashlib.sha512(("".join(values).lower() + key).encode()).hexdigest()


def is_hash(given: str, wanted: str) -> bool:
    """Whether a hash is the wanted one; Ozow leaves zeros at the beginning out. The time it takes tells nothing."""
    return hmac.compare_digest(given.lower().lstrip("0").encode(), wanted.lstrip("0").encode())
