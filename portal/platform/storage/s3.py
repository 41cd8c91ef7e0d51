"""Documents in an S3 bucket, through boto3. Short time-outs: a slow store must not hold a web worker (F5)."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from portal.platform.config import Settings
from portal.platform.storage.types import (
    NoSuchDocument,
    StorageDown,
    Stored,
    checked_key,
    chunks,
    verified,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TIMEOUT = 3.0
RETRIES = 2
_IN_MEMORY = 1024 * 1024
_MISSING = {"404", "NoSuchKey", "NotFound"}


def client_of(settings: Settings, *, timeout: float = TIMEOUT, retries: int = RETRIES) -> S3Client:
    """A client for the configured endpoint; keys come from the usual AWS_ variables."""
    import boto3  # 20 MB and half a second, only where a bucket is configured
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.aws_region,
        config=Config(
            connect_timeout=timeout,
            read_timeout=timeout,
            retries={"total_max_attempts": 1 + retries, "mode": "standard"},
            s3={"addressing_style": "path" if settings.s3_endpoint else "auto"},
        ),
    )


class S3Store:
    """Documents in one bucket. A put is answered only once the store has it whole."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self.client, self.bucket = client, bucket

    def put(self, data: BinaryIO) -> Stored:
        """Keep a document under the hash of its content; the same content again is the same document."""
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            for piece in chunks(data):
                digest.update(piece)
                size += len(piece)
                spool.write(piece)
            spool.seek(0)
            stored = Stored(f"documents/{digest.hexdigest()}", digest.hexdigest(), size)
            if self._size_of(stored.key) != size:
                self._put(stored.key, cast(BinaryIO, spool))
        return stored

    def put_at(self, key: str, data: bytes) -> Stored:
        """Keep bytes under a key of the caller's."""
        self._put(key, io.BytesIO(data))
        return Stored(key, hashlib.sha256(data).hexdigest(), len(data))

    def _put(self, key: str, body: BinaryIO) -> None:
        with self._errors(key):
            self.client.put_object(Bucket=self.bucket, Key=checked_key(key), Body=body)

    def read(self, key: str) -> bytes:
        """The bytes. Raises NoSuchDocument; Damaged when the content is not what its hash says."""
        with self._errors(key):
            return verified(key, self.client.get_object(Bucket=self.bucket, Key=checked_key(key))["Body"].read())

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""
        return self._size_of(key) is not None

    def _size_of(self, key: str) -> int | None:
        try:
            with self._errors(key):
                return int(self.client.head_object(Bucket=self.bucket, Key=checked_key(key))["ContentLength"])
        except NoSuchDocument:
            return None

    def remove(self, key: str) -> None:
        """Forget a document; nothing happens when there is none."""
        with self._errors(key):
            self.client.delete_object(Bucket=self.bucket, Key=checked_key(key))

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """A temporary file with the document's bytes."""
        data = self.read(key)
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield Path(file.name)

    def sweep_temporary(self) -> int:
        """Nothing to sweep: the store keeps no halves."""
        return 0

    def check(self) -> None:
        """Raises StorageDown when the bucket does not answer; for health checks."""
        with self._errors(self.bucket):
            self.client.head_bucket(Bucket=self.bucket)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                raise NoSuchDocument(key) from error
            raise StorageDown("Documents cannot be kept or shown at the moment. Try again in a moment.") from error
        except (BotoCoreError, HTTPClientError) as error:
            raise StorageDown("Documents cannot be kept or shown at the moment. Try again in a moment.") from error
