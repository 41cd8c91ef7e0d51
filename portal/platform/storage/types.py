"""Values and errors of the document store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from portal.core.errors import NotFound, Unavailable

CHUNK = 256 * 1024
_PART = r"[A-Za-z0-9][A-Za-z0-9._=-]{0,120}"
_KEY = re.compile(rf"{_PART}(?:/{_PART}){{0,6}}")
_CONTENT_KEY = re.compile(r"documents/([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Stored:
    """Where bytes are kept. size is bytes; key is ``documents/<sha256>`` for what is named by its content."""

    key: str
    sha256: str
    size: int


class StorageFull(Unavailable):
    """There is no room for another document."""


class StorageDown(Unavailable):
    """The document store does not answer."""


class Damaged(Unavailable):
    """What is stored is not what was put there."""


class NoSuchDocument(NotFound):
    """Nothing is stored under this key."""


class Store(Protocol):
    """One place to keep documents. Two exist: a folder, and a bucket."""

    def put(self, data: BinaryIO) -> Stored: ...

    def put_at(self, key: str, data: bytes) -> Stored: ...

    def read(self, key: str) -> bytes: ...

    def exists(self, key: str) -> bool: ...

    def remove(self, key: str) -> None: ...

    def local_copy(self, key: str) -> AbstractContextManager[Path]: ...

    def sweep_temporary(self) -> int: ...

    def check(self) -> None: ...


def checked_key(key: str) -> str:
    """The key itself. Raises ValueError for anything that could leave the store's own place."""
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"not a storage key: {key!r}")
    return key


def content_hash(key: str) -> str | None:
    """The SHA-256 that a content key promises; None for other keys."""
    found = _CONTENT_KEY.fullmatch(key)
    return found.group(1) if found else None


def verified(key: str, data: bytes) -> bytes:
    """The bytes, once their hash is what the key promises. Raises Damaged."""
    promised = content_hash(key)
    if promised is not None and hashlib.sha256(data).hexdigest() != promised:
        raise Damaged("This document is damaged in our store. Please send it again.")
    return data


def chunks(data: BinaryIO) -> Iterator[bytes]:
    """A file in pieces that fit in memory."""
    while piece := data.read(CHUNK):
        yield piece
