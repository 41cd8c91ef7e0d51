"""Signed links that open the pay page of one invoice, and nothing else, without signing in."""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from portal.core import clock
from portal.invoices.errors import PayLinkExpired, PayLinkRefused
from portal.platform import config

VALID_FOR = timedelta(days=60)
_SALT = "invoice pay link"


def pay_token(number: str) -> str:
    """A token for the address ``/pay/<token>``: the invoice's number and the end of its sixty days, signed."""
    return _signer().dumps([number, int((clock.now() + VALID_FOR).timestamp())])


def read_pay_token(token: str) -> str:
    """The invoice's number. Raises PayLinkRefused for what we did not sign, PayLinkExpired after sixty days."""
    try:
        number, until = _signer().loads(token)
    except (BadData, TypeError, ValueError):
        raise PayLinkRefused("not a link of ours") from None
    if clock.now().timestamp() > until:
        raise PayLinkExpired(f"the link for {number} has expired")
    return str(number)


def _signer() -> URLSafeSerializer:
    """Signs with the present key, reads what earlier keys signed."""
    settings = config.current()
    return URLSafeSerializer([*settings.secret_key_fallbacks, settings.secret_key], salt=_SALT)
