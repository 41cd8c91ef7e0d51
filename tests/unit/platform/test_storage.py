"""Documents in a folder and in a bucket."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import socket
import time
from pathlib import Path

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from portal.platform import config
from portal.platform.storage.local import LocalStore
from portal.platform.storage.s3 import S3Store, client_of
from portal.platform.storage.types import Damaged, NoSuchDocument, StorageDown, StorageFull

PROOF = b"%PDF-1.7 proof of payment" * 100
SHA = hashlib.sha256(PROOF).hexdigest()


@pytest.fixture
def store(tmp_path) -> LocalStore:
    return LocalStore(tmp_path / "documents")


def files(store: LocalStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_a_document_is_named_by_its_content_and_comes_back_whole(store):
    stored = store.put(io.BytesIO(PROOF))

    assert (stored.key, stored.sha256, stored.size) == (f"documents/{SHA}", SHA, len(PROOF))
    assert store.read(stored.key) == PROOF


def test_the_same_content_twice_is_one_file(store):
    assert store.put(io.BytesIO(PROOF)) == store.put(io.BytesIO(PROOF))
    assert len(files(store)) == 1


class _BreaksOff(io.RawIOBase):
    """An upload whose sender disappears."""

    def __init__(self) -> None:
        self.left = 3

    def read(self, _size: int = -1) -> bytes:
        self.left -= 1
        if self.left == 0:
            raise ConnectionResetError("gone")
        return b"x" * 1000


def test_a_write_that_breaks_off_leaves_nothing(store):
    with pytest.raises(StorageDown):
        store.put(_BreaksOff())

    assert files(store) == []


def test_a_full_disk_is_said_and_leaves_no_half_document(store):
    child = os.fork()
    if child == 0:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            store.put(io.BytesIO(PROOF))
        except StorageFull:
            os._exit(7)
        os._exit(1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 7
    assert files(store) == []
    assert store.read(store.put(io.BytesIO(PROOF)).key) == PROOF


def test_a_writer_killed_in_the_middle_leaves_no_document_and_its_litter_is_swept(store):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:

        class _Slow(io.RawIOBase):
            def read(self, _size: int = -1) -> bytes:
                os.write(writer, b"x")
                time.sleep(0.05)
                return b"half" * 1000

        store.put(_Slow())
    for _ in range(3):
        os.read(reader, 1)
    os.kill(child, 9)
    os.waitpid(child, 0)
    litter = files(store)
    assert [path.parent.name for path in litter] == [".unfinished"]

    assert store.sweep_temporary() == 0  # young: somebody may still be writing
    os.utime(litter[0], (0, 0))
    assert store.sweep_temporary() == 1

    assert files(store) == []
    os.close(reader), os.close(writer)


def test_a_file_of_the_wrong_length_under_the_right_name_is_replaced(store):
    place = store.root / SHA[:2] / SHA
    place.parent.mkdir(parents=True)
    place.write_bytes(PROOF[:10])

    store.put(io.BytesIO(PROOF))

    assert store.read(f"documents/{SHA}") == PROOF


def test_a_damaged_document_is_never_handed_out(store):
    key = store.put(io.BytesIO(PROOF)).key
    (store.root / SHA[:2] / SHA).write_bytes(PROOF.replace(b"payment", b"pAyment"))

    with pytest.raises(Damaged):
        store.read(key)


@pytest.mark.parametrize(
    "key",
    [
        "../secret_key",
        "pages/../../x",
        "/etc/passwd",
        "pages//x",
        "",
        ".hidden/x",
        "a\\b",
        "a\x00b",
        "pages/x\n",
        "a/..",
        "ä/x",
    ],
)
def test_a_key_cannot_leave_the_store(store, key):
    for deed in (store.read, store.exists, store.remove, lambda key: store.put_at(key, b"x")):
        with pytest.raises(ValueError, match="not a storage key"):
            deed(key)


def test_what_is_kept_under_a_name_is_replaced_whole_and_can_be_removed(store):
    store.put_at("pages/17/page-1.webp", b"old")
    store.put_at("pages/17/page-1.webp", b"new")
    with store.local_copy("pages/17/page-1.webp") as path:
        assert path.read_bytes() == b"new"

    store.remove("pages/17/page-1.webp")

    assert not store.exists("pages/17/page-1.webp")


def test_a_named_document_cannot_take_the_place_of_one_named_by_content(store):
    key = store.put(io.BytesIO(PROOF)).key

    store.put_at(f"{SHA[:2]}/{SHA}", b"something else")

    assert store.read(key) == PROOF


def test_a_missing_document_is_not_found(store):
    for asked in (lambda: store.read(f"documents/{'0' * 64}"), lambda: store.local_copy("pages/1.webp").__enter__()):
        with pytest.raises(NoSuchDocument):
            asked()


def test_a_store_that_cannot_be_written_says_so_to_health_checks(store, tmp_path):
    store.check()
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageDown):
        LocalStore(tmp_path / "file" / "documents").check()


# -- the bucket ------------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket():
    client = boto3.client("s3", region_name="af-south-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        yield S3Store(client, "proofs"), stub
        stub.assert_no_pending_responses()


def body(data: bytes) -> dict[str, object]:
    return {"Body": StreamingBody(io.BytesIO(data), len(data))}


def test_a_document_new_to_the_bucket_is_sent_under_its_hash(bucket):
    store, stub = bucket
    asked = {"Bucket": "proofs", "Key": f"documents/{SHA}"}
    stub.add_client_error("head_object", "404", http_status_code=404, expected_params=asked)
    sent = {}
    stub.add_response("put_object", {})
    store.client.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: sent.update(params))

    assert store.put(io.BytesIO(PROOF)).key == f"documents/{SHA}"

    assert (sent["Key"], sent["Bucket"]) == (f"documents/{SHA}", "proofs")


def test_a_document_the_bucket_has_already_is_not_sent_again(bucket):
    store, stub = bucket
    stub.add_response("head_object", {"ContentLength": len(PROOF)})

    assert store.put(io.BytesIO(PROOF)).sha256 == SHA


def test_what_the_bucket_gives_back_is_checked_against_its_hash(bucket):
    store, stub = bucket
    stub.add_response("get_object", body(PROOF))
    stub.add_response("get_object", body(PROOF[:-1]))

    assert store.read(f"documents/{SHA}") == PROOF
    with pytest.raises(Damaged):
        store.read(f"documents/{SHA}")


def test_a_local_copy_of_a_bucket_document_is_gone_afterwards(bucket):
    store, stub = bucket
    stub.add_response("get_object", body(PROOF))

    with store.local_copy(f"documents/{SHA}") as path:
        assert path.read_bytes() == PROOF

    assert not path.exists()


@pytest.mark.parametrize(("code", "status", "error"), [("NoSuchKey", 404, NoSuchDocument), ("AccessDenied", 403, StorageDown), ("SlowDown", 503, StorageDown)])  # fmt: skip
def test_the_bucket_s_refusals_are_told_apart(bucket, code, status, error):
    store, stub = bucket
    stub.add_client_error("get_object", code, http_status_code=status)

    with pytest.raises(error):
        store.read(f"documents/{SHA}")


def test_a_key_cannot_leave_the_bucket_s_names(bucket):
    store, _ = bucket

    with pytest.raises(ValueError, match="not a storage key"):
        store.put_at("../x", b"x")


def test_a_bucket_that_never_answers_is_given_up_soon(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()  # connections are taken and nothing is ever said
        settings = config.load(
            {
                "FLASK_ENV": "testing",
                "SECRET_KEY": "for tests only, never",
                "AWS_S3_BUCKET_NAME": "proofs",
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{hole.getsockname()[1]}",
            }
        )
        begun = time.monotonic()

        with pytest.raises(StorageDown):
            S3Store(client_of(settings, timeout=0.2, retries=0), "proofs").check()

    assert time.monotonic() - begun < 3
