"""A reading that was given up can be tried again; counters count what was committed, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.accounts import service as accounts
from portal.core.errors import IllegalMove
from portal.payments import service as payments
from portal.platform import jobs, metrics
from portal.platform.db import db, transaction
from portal.platform.models import Job
from portal.proofs import pipeline
from portal.proofs import service as proofs
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World
from tests.integration.proofs.desk import part_payment, short


@pytest.fixture
def given_up(world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A proof whose reading failed for good, on a day when the engine was missing."""

    def fails(*_: Any, **__: Any) -> Any:
        raise jobs.GiveUp("the engine is not installed")

    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "read_safely", fails)
        sent = world.send(proof_of(world.invoice()))
        jobs.run_pending()
    db.session.expire_all()
    assert proofs.detail(sent.public_id).info.state is ProofState.REVIEW
    return sent


def test_the_retry_of_staff_reads_a_proof_that_was_given_up(world: World, given_up: Any) -> None:
    failed = db.session.scalar(select(Job.id).where(Job.kind == "proofs.read", Job.state == "failed"))
    assert failed is not None

    transaction(lambda: jobs.retry(failed))
    world.read()

    found = proofs.detail(given_up.public_id)
    assert found.info.state is ProofState.VERIFIED
    assert payments.by_proof(given_up.id) is not None


def test_the_button_of_the_review_page_reads_it_again(
    world: World, given_up: Any, signed_in: Callable[[str], Any]
) -> None:
    clerk = signed_in("clerk@us.example")
    page = clerk.get(f"/staff/review/{given_up.public_id}").get_data(as_text=True)

    answer = clerk.post(f"/staff/review/{given_up.public_id}/read-again")
    world.read()

    assert "Try to read it once more" in page
    assert answer.status_code == 303
    assert proofs.detail(given_up.public_id).info.state is ProofState.VERIFIED


def test_what_a_person_decided_meanwhile_stays_decided(world: World, given_up: Any) -> None:
    failed = db.session.scalar(select(Job.id).where(Job.kind == "proofs.read", Job.state == "failed"))
    seen = proofs.detail(given_up.public_id).info.version
    transaction(lambda: proofs.reject(given_up.public_id, "No.", by=world.clerk, seen_version=seen))
    assert failed is not None

    transaction(lambda: jobs.retry(failed))
    world.read()

    assert proofs.detail(given_up.public_id).info.state is ProofState.REJECTED
    assert payments.by_proof(given_up.id) is None


def test_what_was_read_is_not_read_again(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)

    with pytest.raises(IllegalMove):
        transaction(lambda: proofs.read_again(info.public_id))


def test_a_decision_that_is_rolled_back_is_not_counted(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    before = metrics.value("pop_decisions_total")

    def twice() -> None:
        proofs.accept(info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version)
        db.session.rollback()
        proofs.accept(info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version)

    transaction(twice)

    assert metrics.value("pop_decisions_total") == before + 1


def test_uploads_that_are_rolled_back_are_not_counted(world: World, proof_of: Any) -> None:
    from portal.proofs.types.stored import Sender

    upload = proofs.store(proof_of(world.invoice()).data, "proof.pdf")
    before = metrics.value("pop_uploads_total")

    proofs.receive(Sender(world.customer_id, world.buyer_id, "portal"), upload, form_key="never")
    db.session.rollback()

    assert metrics.value("pop_uploads_total") == before


@pytest.mark.parametrize("deed", ["accept", "record"])
def test_locks_are_taken_in_the_order_of_the_house(world: World, proof_of: Any, deed: str) -> None:
    """Customer, invoices, payment, proof: each row is first written in this order (every lock writes its row)."""
    order = ["customer", "invoice", "payment", "proof"]
    written: list[str] = []

    def seen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        table = words[1] if words[0] == "UPDATE" else words[2] if words[:2] == ["INSERT", "INTO"] else ""
        if table.strip("`") in order and table.strip("`") not in written:
            written.append(table.strip("`"))

    if deed == "accept":
        info, invoice = short(world, proof_of)
        act: Callable[[], Any] = lambda: proofs.accept(  # noqa: E731
            info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version
        )
    else:
        sent = world.send(proof_of(world.invoice()))
        (job,) = db.session.scalars(select(Job).where(Job.kind == "proofs.read"))
        reading = proofs.read(sent.id, job.payload["storage_key"])
        act = lambda: proofs.record(sent.id, reading)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", seen)
    try:
        transaction(act)
    finally:
        event.remove(db.engine, "before_cursor_execute", seen)

    assert written == order
    assert accounts.customer(world.customer_id).code == "KDR001"
