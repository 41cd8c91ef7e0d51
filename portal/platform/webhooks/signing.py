"""Secrets and signatures of webhooks (Standard Webhooks: HMAC-SHA256 over id, time and body).

A secret is kept encrypted with a key made from SECRET_KEY; those of SECRET_KEY_FALLBACKS still open it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, MultiFernet

from portal.platform import config

_PREFIX = "whsec_"


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sealed(secret: str) -> str:
    """The secret as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def opened(kept: str) -> str:
    """The secret that was kept."""
    return _box().decrypt(kept.encode()).decode()


def signatures(uid: str, at: int, body: bytes, kept: Iterable[str]) -> str:
    """The header ``webhook-signature``: one signature for each secret that counts, with spaces between. at: Unix seconds."""
    message = f"{uid}.{at}.".encode() + body
    return " ".join(f"v1,{_signature(opened(each), message)}" for each in kept)


def _signature(secret: str, message: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def _box() -> MultiFernet:
    settings = config.current()
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    made = (hashlib.sha256(b"webhook secrets\n" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
