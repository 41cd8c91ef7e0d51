"""Signatures of documents: made with one key, checked with every key that was ever used here.

A code is what stands in an address and in a QR code: what is signed for (``INV-2026-000418``) and the signature
(Ed25519, 64 bytes) over the facts of that document. Keys come from SIGNING_KEY and SIGNING_KEY_FALLBACKS.
Source: docs/decisions/0012-signed-documents.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.platform import config

#: Names of documents: letters, figures and dashes, parts divided by dots.
_CODE = re.compile(r"([A-Z]{3}-[A-Za-z0-9.-]{1,80})~([A-Za-z0-9_-]{86})")
_PURPOSE = b"360Degree Supply document 1\n"


@dataclass(frozen=True, slots=True)
class Code:
    """What an address says it proves, and the signature it brings."""

    name: str
    signature: bytes


def sign(name: str, facts: Sequence[str]) -> str:
    """The code of a document: ``INV-2026-000418~…``. facts: everything that must not be another on a genuine one."""
    signature = _keys()[0].sign(_message(name, facts))
    return f"{name}~{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def read(text: str) -> Code | None:
    """The parts of a code; None for what cannot be one."""
    found = _CODE.fullmatch(text.strip()[:200])
    if found is None:
        return None
    try:
        return Code(found[1], base64.urlsafe_b64decode(f"{found[2]}=="))
    except (ValueError, binascii.Error):
        return None


def genuine(code: Code, facts: Sequence[str]) -> bool:
    """Whether one of our keys signed these facts under this name."""
    message = _message(code.name, facts)
    return any(_signed_by(key, code.signature, message) for key in _keys())


def public_keys() -> list[str]:
    """Our public keys, the one in use first, as hexadecimal digits: who has them can check without us."""
    return [key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex() for key in _keys()]


def _signed_by(key: Ed25519PrivateKey, signature: bytes, message: bytes) -> bool:
    try:
        key.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _message(name: str, facts: Sequence[str]) -> bytes:
    """No two lists of facts are the same message: each part stands with its length."""
    parts = (name, *facts)
    return _PURPOSE + b"".join(f"{len(part.encode())}:{part}\n".encode() for part in parts)


def _keys() -> list[Ed25519PrivateKey]:
    return [
        Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"signing key\n" + text.encode()).digest())
        for text in config.current().signing_keys
    ]
