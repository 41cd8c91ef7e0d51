"""What people decide is remembered of the payer, listed, corrected and taken back; it never decides anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.payments.models import Payment
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from portal.proofs import service as proofs
from portal.proofs.match.payers import SIGNAL
from portal.proofs.models import PayerMemory, VerdictRow
from portal.proofs.service import learning
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofState
from tests.integration.proofs.conftest import World

PAYER = "KAROOVELD DRILLING (PTY) LTD"


@pytest.fixture
def doubtful(world: World, proof_of: Any) -> Callable[..., Any]:
    """A proof that a person has to decide, of a payer with a name: ``doubtful(2, customer_id=…)``."""

    def make(seed: int = 1, *, customer_id: int | None = None) -> Any:
        invoice = world.invoice(10_000_00 + seed * 137_00, customer_id)
        drawn = proof_of(
            invoice,
            seed=seed,
            amount=invoice.total - Money.zar(1_00),
            trace_id=f"TRACE{seed:04d}",
            payer_name=PAYER,
        )
        found = world.judged(drawn, key=str(seed), customer_id=customer_id)
        assert found.info.state is ProofState.REVIEW
        assert found.reading.value("payer_name") or found.reading.value("payer_account"), found.reading.fields
        return found

    return make


def accept(world: World, found: Any) -> None:
    seen = proofs.detail(found.info.public_id).info
    invoice = proofs.detail(found.info.public_id).verdict.suggested[0].invoice
    terms = Acceptance(seen.amount, seen.paid_on, (Share(invoice, seen.amount),), "They pay the rest tomorrow")
    transaction(lambda: proofs.accept(seen.public_id, terms, by=world.clerk, seen_version=seen.version))


def reject(world: World, found: Any) -> None:
    seen = proofs.detail(found.info.public_id).info
    transaction(lambda: proofs.reject(seen.public_id, "Not ours", by=world.clerk, seen_version=seen.version))


def hints(found: Any) -> list[str]:
    return [one.words for one in found.verdict.signals if one.code == SIGNAL]


def test_an_accepted_proof_teaches_who_pays_for_whom(world: World, doubtful: Any) -> None:
    found = doubtful()

    accept(world, found)

    ((row,), _) = learning.memories()
    assert (row.customer_code, row.layout, row.active) == ("KDR001", found.reading.layout, True)
    assert [(mark.public_id, mark.sign) for mark in row.marks] == [(found.info.public_id, 1)]


def test_the_next_proof_of_the_payer_says_so_to_whoever_reviews_it(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))

    assert hints(doubtful(2)) == ["This payer is known: it paid for this customer once before."]


def test_the_review_page_says_what_is_remembered_and_the_customer_reads_nothing_of_it(
    world: World, doubtful: Any, signed_in: Callable[[str], Any]
) -> None:
    accept(world, doubtful(1))
    found = doubtful(2)

    clerks = signed_in("clerk@us.example").get(f"/staff/review/{found.info.public_id}").get_data(as_text=True)
    customers = signed_in("buyer@karoo.example").get(f"/proofs/{found.info.public_id}").get_data(as_text=True)

    assert "it paid for this customer once before" in clerks
    assert "once before" not in customers


def test_a_payer_of_another_customer_raises_the_question(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))

    (hint,) = hints(doubtful(2, customer_id=world.other_id))
    assert "paid for Karooveld Drilling (Pty) Ltd once before" in hint


@pytest.mark.parametrize("customer", ["own", "other"])
def test_what_is_remembered_changes_no_verdict_and_makes_no_payment(world: World, doubtful: Any, customer: str) -> None:
    for seed in (1, 2, 3):
        accept(world, doubtful(seed))
    before = db.session.scalar(select(func.count()).select_from(Payment))

    found = doubtful(4, customer_id=None if customer == "own" else world.other_id)

    assert hints(found) and found.info.state is ProofState.REVIEW
    assert {one.code for one in found.verdict.checks if one.outcome == "fail"} == {"amount"}
    assert db.session.scalar(select(func.count()).select_from(Payment)) == before
    kept = db.session.scalars(select(VerdictRow).order_by(VerdictRow.id.desc())).first()
    assert kept is not None and "memory" not in str(kept.case)


def test_a_proof_that_fits_is_verified_with_and_without_a_memory_alike(
    world: World, doubtful: Any, proof_of: Any
) -> None:
    reject(world, doubtful(1))
    accept(world, doubtful(2, customer_id=world.other_id))

    found = world.judged(proof_of(world.invoice(), seed=3, payer_name=PAYER), key="fits")

    assert found.info.state is ProofState.VERIFIED and not hints(found)


def test_what_the_rules_accept_by_themselves_teaches_nothing(world: World, proof_of: Any) -> None:
    world.judged(proof_of(world.invoice(), payer_name=PAYER))

    assert learning.memories() == ([], None)


def test_a_rejection_hushes_the_memory(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    reject(world, doubtful(2))

    assert hints(doubtful(3)) == []


def test_a_decision_that_is_undone_counts_no_more_and_can_count_again(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()

    transaction(lambda: learning.undo(row.marks[0].id, undone=True))
    assert hints(doubtful(2)) == []

    transaction(lambda: learning.undo(row.marks[0].id, undone=False))
    assert len(hints(doubtful(3))) == 1


def test_a_memory_is_forgotten_and_remembered_again(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()

    off = transaction(lambda: learning.switch(row.id, active=False, seen_version=row.version))
    assert hints(doubtful(2)) == [] and learning.memories(shown=True) == ([], None)

    transaction(lambda: learning.switch(row.id, active=True, seen_version=off.version))
    assert len(hints(doubtful(3))) == 1


def test_a_memory_is_corrected_to_another_customer(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()

    transaction(lambda: learning.correct(row.id, "zan002", seen_version=row.version))

    (hint,) = hints(doubtful(2))
    assert "paid for Zandvliet Hydraulics BK" in hint


def test_what_is_remembered_already_is_not_remembered_twice(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    accept(world, doubtful(2, customer_id=world.other_id))
    (first, *_), _ = learning.memories(customer="KDR001")

    with pytest.raises(BadInput, match="already"):
        transaction(lambda: learning.correct(first.id, "ZAN002", seen_version=first.version))
    assert len(learning.memories()[0]) == 2


def test_a_change_from_an_old_page_is_refused(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()
    transaction(lambda: learning.switch(row.id, active=False, seen_version=row.version))

    with pytest.raises(Conflict):
        transaction(lambda: learning.switch(row.id, active=True, seen_version=row.version))
    with pytest.raises(NotFound):
        transaction(lambda: learning.correct(row.id, "NOBODY", seen_version=row.version + 1))


def test_everything_that_changes_a_memory_is_written_down(world: World, doubtful: Any) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()
    transaction(lambda: learning.undo(row.marks[0].id, undone=True))
    row = transaction(lambda: learning.switch(row.id, active=False, seen_version=row.version))
    transaction(lambda: learning.correct(row.id, "ZAN002", seen_version=row.version))

    deeds = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"memory {row.id}")).all()
    assert deeds == ["payer.learned", "payer.undone", "payer.switched", "payer.corrected"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "karoo"}, True), ({"search": "KAROOVELD DR"}, True), ({"search": "zand"}, False),
        ({"search": "%"}, True), ({"search": "9999"}, False), ({"customer": "KDR001"}, True),
        ({"customer": "ZAN002"}, False), ({"shown": True}, True), ({"shown": False}, False),
    ],
)  # fmt: skip
def test_the_list_is_filtered(world: World, doubtful: Any, asked: dict[str, Any], found: bool) -> None:
    accept(world, doubtful(1))

    assert bool(learning.memories(**asked)[0]) is found


def test_the_list_goes_on_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.core import clock

    monkeypatch.setattr(learning, "PAGE", 2)
    made = [
        PayerMemory(name=f"P{n}", name_key=f"P{n}", account="", account_key="", layout="", customer_id=world.customer_id, created_at=clock.now())
        for n in range(5)
    ]  # fmt: skip
    transaction(lambda: db.session.add_all(made))

    seen, before = [], None
    while True:
        rows, before = learning.memories(before=before)
        seen += [row.name for row in rows]
        if before is None:
            break

    assert seen == ["P4", "P3", "P2", "P1", "P0"]


def test_the_page_corrects_forgets_and_undoes(world: World, doubtful: Any, signed_in: Callable[[str], Any]) -> None:
    accept(world, doubtful(1))
    ((row,), _) = learning.memories()
    clerk = signed_in("clerk@us.example")
    assert "Karooveld Drilling (Pty) Ltd" in clerk.get("/staff/learned?q=karoo&show=on").get_data(as_text=True)
    assert "No payer found" in clerk.get("/staff/learned?customer=NOBODY").get_data(as_text=True)

    wrong = clerk.post(f"/staff/learned/{row.id}", data={"version": row.version, "customer": "NOBODY"})
    assert wrong.status_code == 422 and "no customer with this code" in wrong.get_data(as_text=True)
    assert clerk.post(f"/staff/learned/marks/{row.marks[0].id}/undo", data={"on": "no"}).status_code == 303
    gone = clerk.post(f"/staff/learned/{row.id}/switch", data={"version": row.version, "on": "no"})
    assert gone.status_code == 303
    shown = clerk.get("/staff/learned?show=off").get_data(as_text=True)
    assert "counts no more" in shown and "Remember again" in shown
