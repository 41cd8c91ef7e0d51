"""How PayFast signs: an MD5 over its fields as PHP writes them into an address, with the passphrase at the end."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import quote_plus

from portal.payments.gateways.form import Field


def php_urlencoded(value: str) -> str:
    """As PHP's urlencode writes it: a space is ``+``, and everything but letters, figures, ``-_.`` is ``%XX``."""
    return quote_plus(value, safe="").replace("~", "%7E")


def joined(fields: Iterable[Field]) -> str:
    """``name=value&…`` in the order given."""
    return "&".join(f"{name}={php_urlencoded(value)}" for name, value in fields)


def signature(fields: Iterable[Field], passphrase: str) -> str:
    """The signature over these fields in this order (docs/rules/gateways.md, G2)."""
    text = f"{joined(fields)}&passphrase={php_urlencoded(passphrase)}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def is_signed(fields: Iterable[Field], passphrase: str, given: str) -> bool:
    """Whether this is the signature over these fields; the time it takes tells nothing."""
    return hmac.compare_digest(signature(fields, passphrase).encode(), given.encode())
