"""Passwords: hashed with argon2id, never short, never common, never about us."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts.errors import WeakPassword

SHORTEST, LONGEST = 8, 128
#: 19 MiB, two passes, one lane: OWASP's figures, about 25 ms (docs/rules/sign-in.md, S1)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: a storm of sign-ins may take two cores and 38 MiB of a process, never more
_at_once = threading.BoundedSemaphore(2)
_OURS = ("360degree", "360supply", "degreesupply")
_LEET = str.maketrans("01345$@7!", "oieassati")


def hash_password(password: str) -> str:
    """The argon2id hash of a password that was checked before."""
    with _at_once:
        return _hasher.hash(_normal(password))


def fits(stored: str, password: str) -> bool:
    """Whether the password is the one behind a hash; takes as long when there is no hash (S2)."""
    with _at_once:
        try:
            return _hasher.verify(stored or _nobody(), _normal(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker figures than today's."""
    return _hasher.check_needs_rehash(stored)


def check_strength(password: str, *, email: str, name: str) -> None:
    """Refuse what would be guessed first. No rules about kinds of signs (S8).

    Raises WeakPassword with words for the person.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(f"Use at least {SHORTEST} signs; three or four words make a good one.", field="password")
    if len(plain) > LONGEST:
        raise WeakPassword(f"Use at most {LONGEST} signs.", field="password")
    lowered = plain.casefold()
    if lowered in _common() or _core(lowered) in _common():
        raise WeakPassword("This is one of the first that anybody tries. Use three or four words.", field="password")
    about = {*_OURS, email.casefold(), email.casefold().split("@")[0], *name.casefold().split()}
    if _core(lowered) in about or any(len(word) > 4 and _core(lowered.replace(word, "")) == "" for word in about):
        raise WeakPassword("This is too close to our name or yours. Use three or four words.", field="password")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _core(password: str) -> str:
    """Without figures and signs at the ends, and with figures that stand for letters read as letters."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).translate(_LEET)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = (Path(__file__).parents[1] / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
