"""Where documents are kept: a folder below DATA_DIR, or the S3 bucket when one is configured.

Never called inside a database transaction. Documents put here are named by their content, so a document stored twice
is stored once, and one whose row was rolled back is a stray file, not a wrong one.
"""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app

from portal.platform import config
from portal.platform.storage.local import LocalStore
from portal.platform.storage.s3 import S3Store, client_of
from portal.platform.storage.types import Damaged, NoSuchDocument, StorageDown, StorageFull, Store, Stored

__all__ = [
    "Damaged",
    "NoSuchDocument",
    "StorageDown",
    "StorageFull",
    "Stored",
    "check",
    "exists",
    "local_copy",
    "put",
    "put_at",
    "read",
    "remove",
    "sweep_temporary",
]


def _store() -> Store:
    made = current_app.extensions.get("storage")
    if made is None:
        settings = config.current()
        if settings.s3_bucket:
            made = S3Store(client_of(settings), settings.s3_bucket)
        else:
            made = LocalStore(settings.data_dir / "documents")
        current_app.extensions["storage"] = made
    return cast(Store, made)


def put(data: bytes | BinaryIO) -> Stored:
    """Keep a document; it is durable when this returns. Raises StorageFull, StorageDown (both Unavailable).

    The key is ``documents/<sha256>``; the same bytes give the same key.
    """
    return _store().put(io.BytesIO(data) if isinstance(data, bytes) else data)


def put_at(key: str, data: bytes) -> Stored:
    """Keep bytes we made ourselves (pictures, page images) under a key like ``pages/17/1.webp``.

    Raises ValueError for a key that could leave the store, StorageFull, StorageDown.
    """
    return _store().put_at(key, data)


def read(key: str) -> bytes:
    """The bytes. Raises NoSuchDocument (404), Damaged when they are not what their hash says, StorageDown."""
    return _store().read(key)


def exists(key: str) -> bool:
    """Whether something is kept under the key."""
    return _store().exists(key)


def remove(key: str) -> None:
    """Forget what is kept under the key."""
    _store().remove(key)


def local_copy(key: str) -> AbstractContextManager[Path]:
    """``with local_copy(key) as path``: a file to read, for programs that want one. Raises NoSuchDocument."""
    return _store().local_copy(key)


def sweep_temporary() -> int:
    """Remove what crashed writers left; how many files."""
    return _store().sweep_temporary()


def check() -> None:
    """For health checks. Raises StorageFull or StorageDown when a document could not be kept now."""
    _store().check()
