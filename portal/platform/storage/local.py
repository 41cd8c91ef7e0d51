"""Documents in a folder: whole or not there at all, and on the disk before anybody is told they are kept.

A document is written to a temporary file beside its place, forced to the disk, then renamed; after the rename the
folder is forced too. A crash leaves a temporary file, never half a document (reliability.md F1, F6).
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from portal.platform.storage.types import (
    NoSuchDocument,
    StorageDown,
    StorageFull,
    Stored,
    checked_key,
    chunks,
    content_hash,
    verified,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNFINISHED_AFTER = 3600
#: Left for everything else on the disk (database, log) when documents ask for more.
_HEADROOM = 16 * 1024 * 1024


class LocalStore:
    """Documents below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unfinished = root / ".unfinished"

    def put(self, data: BinaryIO) -> Stored:
        """Keep a document under the hash of its content; the same content again is the same document."""
        digest = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for piece in chunks(data):
                digest.update(piece)
                yield piece

        with self._errors(), self._temporary(hashed()) as (temporary, size):
            stored = Stored(f"documents/{digest.hexdigest()}", digest.hexdigest(), size)
            place = self._path(stored.key)
            if not place.exists() or place.stat().st_size != size:
                self._move(temporary, place)
        return stored

    def put_at(self, key: str, data: bytes) -> Stored:
        """Keep bytes under a key of the caller's; what was there is replaced at once or not at all."""
        place = self._path(key)
        with self._errors(), self._temporary(chunks(io.BytesIO(data))) as (temporary, size):
            self._move(temporary, place)
        return Stored(key, hashlib.sha256(data).hexdigest(), size)

    def read(self, key: str) -> bytes:
        """The bytes. Raises NoSuchDocument; Damaged when the content is not what its hash says."""
        place = self._path(key)
        with self._errors():
            if not place.is_file():
                raise NoSuchDocument(key)
            return verified(key, place.read_bytes())

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""
        return self._path(key).is_file()

    def remove(self, key: str) -> None:
        """Forget a document; nothing happens when there is none."""
        with self._errors():
            self._path(key).unlink(missing_ok=True)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """The file itself, to read only. Raises NoSuchDocument."""
        place = self._path(key)
        if not place.is_file():
            raise NoSuchDocument(key)
        yield place

    def sweep_temporary(self) -> int:
        """Remove what crashed writers left more than an hour ago; how many files."""
        oldest = time.time() - _UNFINISHED_AFTER
        gone = 0
        for path in self.unfinished.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    gone += 1
        return gone

    def check(self) -> None:
        """Raises StorageFull or StorageDown when a document could not be kept now; for health checks."""
        with self._errors():
            self.unfinished.mkdir(parents=True, exist_ok=True)
            space = os.statvfs(self.unfinished)
            if not os.access(self.unfinished, os.W_OK):
                raise PermissionError(errno.EACCES, "not writable")
        if space.f_bavail * space.f_frsize < _HEADROOM:
            raise StorageFull("There is no room for documents at the moment. Try again later.")

    def _path(self, key: str) -> Path:
        sha256 = content_hash(checked_key(key))
        return self.root / sha256[:2] / sha256 if sha256 else self.root / "named" / key

    @contextmanager
    def _temporary(self, pieces: Iterator[bytes]) -> Iterator[tuple[Path, int]]:
        """All pieces in a file that is on the disk; it is gone afterwards unless it was moved."""
        self.unfinished.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.unfinished)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            yield path, size
        finally:
            path.unlink(missing_ok=True)

    def _move(self, temporary: Path, place: Path) -> None:
        fresh = [folder for folder in (place.parent, *place.parent.parents) if not folder.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(place)
        for folder in (place.parent, *(made.parent for made in fresh)):
            _force(folder)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """The disk's errors in our words."""
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull("There is no room for documents at the moment. Try again later.") from error
            raise StorageDown("Documents cannot be kept at the moment. Try again in a moment.") from error


def _force(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
