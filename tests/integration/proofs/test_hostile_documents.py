"""Files made to hurt a reader end in words within their bounds, a hanging engine is killed, and the queue goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select, update

from portal.demo.drawing import poison
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.platform.jobs.queue import database_now
from portal.platform.models import Job
from portal.proofs import pipeline
from portal.proofs import service as proofs
from portal.proofs.errors import NotADocument
from portal.proofs.reader import refusal
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World
from tests.servers.children import watched_children

SECONDS, MEGABYTES = 20, 400
#: hostile to a browser, but a document all the same, and no proof of payment: a person looks
READABLE = {"html_and_pdf"}


@pytest.fixture
def app(applications: Callable[[str], Any]) -> Iterator[Any]:
    """On SQLite alone: nothing that is shown here is the database's."""
    yield from applications("sqlite").fresh()


@pytest.fixture
def watched() -> Iterator[Callable[[], int]]:
    """The most memory that children of this process have held of their own together, in MB."""
    with watched_children() as told:
        yield told


@pytest.mark.parametrize("name", sorted(poison.POISON))
def test_poison_ends_in_words_within_its_bounds_and_the_queue_goes_on(
    world: World, proof_of: Any, watched: Callable[[], int], name: str
) -> None:
    before = set(psutil.Process().children(recursive=True))
    started = time.monotonic()
    try:
        sent = world.send(poison.POISON[name].build(), key="poison")
    except NotADocument as refused:
        assert len(refused.words) > 20 and time.monotonic() - started < SECONDS
        return
    honest = world.send(proof_of(world.invoice()), key="honest")

    world.read()

    found = proofs.detail(sent.public_id)
    assert found.info.state is (ProofState.REVIEW if name in READABLE else ProofState.UNREADABLE)
    assert found.reading is not None and found.reading.ms < SECONDS * 1000
    assert name in READABLE or (found.reading.error or "").endswith(".")
    assert watched() < MEGABYTES
    assert set(psutil.Process().children(recursive=True)) <= before
    tried = select(Job.attempts).where(Job.dedupe == f"proofs.read:{sent.id}")
    assert (db.session.scalar(tried) or 0) <= 2
    assert proofs.detail(honest.public_id).info.state is ProofState.VERIFIED


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tesseract on PATH that starts a child and waits for it for ever; the file with the ids of all of both."""
    fake, pids = tmp_path / "tesseract", tmp_path / "pids"
    fake.write_text(f"#!/bin/sh\nsleep 600 &\necho $$ $! >> {pids}\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(pipeline, "read_safely", partial(pipeline.read_safely, deadline_s=3))
    return pids


def alive(pids: Path) -> list[int]:
    ids = [int(number) for number in pids.read_text().split()]
    return [pid for pid in ids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def make_due() -> None:
    transaction(lambda: db.session.execute(update(Job).where(Job.state == "queued").values(run_at=database_now())))


def test_a_hanging_tesseract_is_killed_with_its_children_tried_again_and_then_a_person_looks(
    world: World, proof_of: Any, hanging: Path
) -> None:
    picture = world.send(proof_of(world.invoice(), form="screenshot_phone"), key="picture")
    job = select(Job.state, Job.attempts, Job.crashes).where(Job.dedupe == f"proofs.read:{picture.id}")

    jobs.run_pending(limit=1)
    assert db.session.execute(job).one() == ("queued", 1, 1)
    started = len(hanging.read_text().split())
    assert started >= 2 and alive(hanging) == []

    honest = world.send(proof_of(world.invoice(), seed=2), key="honest")
    make_due()
    jobs.run_pending()
    db.session.expire_all()
    assert proofs.state_of(honest.public_id) is ProofState.VERIFIED
    assert db.session.execute(job).one() == ("failed", 2, 2)
    assert len(hanging.read_text().split()) > started and alive(hanging) == []
    assert proofs.state_of(picture.public_id) is ProofState.REVIEW
    assert db.session.scalar(select(Job.last_error).where(Job.state == "failed")) == refusal.TOO_LONG


def test_a_proof_that_waits_for_a_person_because_of_a_hang_can_be_read_again(
    world: World, proof_of: Any, hanging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = world.send(proof_of(world.invoice(), form="screenshot_phone"), key="picture")
    for _ in range(2):
        make_due()
        jobs.run_pending()
    monkeypatch.undo()

    transaction(lambda: proofs.read_again(picture.public_id))
    world.read()

    assert proofs.detail(picture.public_id).reading is not None
