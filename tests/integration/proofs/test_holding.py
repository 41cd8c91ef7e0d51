"""A decision takes effect ten seconds after it was made, and can be taken back until then."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.payments import service as payments
from portal.payments.models import Payment
from portal.platform import jobs, outbox
from portal.platform.db import db, transaction
from portal.platform.models import Job, Mail
from portal.proofs import service as proofs
from portal.proofs.errors import AlreadyDecided, TookEffect
from portal.proofs.models import Decision
from portal.proofs.service import holding, queueing
from portal.proofs.types.review import Whose
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World, make_world
from tests.integration.proofs.desk import colleague, part_payment, settings, short
from tests.integration.proofs.test_deciding import race


def hold(world: World, info: Any, invoice: Any) -> None:
    transaction(
        lambda: holding.accept(
            info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version, seconds=12
        )
    )


def due() -> None:
    """Ten seconds later, as the worker sees it."""
    db.session.execute(
        update(Job).where(Job.kind == holding.TAKE_EFFECT).values(run_at=clock.now() - timedelta(hours=1))
    )
    db.session.commit()
    jobs.run_pending(strict=True)
    db.session.expire_all()


def actions(proof_id: int) -> list[str]:
    return list(db.session.scalars(select(Decision.action).where(Decision.proof_id == proof_id).order_by(Decision.id)))


def test_nothing_happens_while_a_decision_is_held_and_everything_when_it_takes_effect(
    world: World, proof_of: Any
) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    jobs.run_pending(strict=True)
    held = (payments.by_proof(info.id), proofs.detail(info.public_id).info.state)

    due()

    payment = payments.by_proof(info.id)
    assert held == (None, ProofState.REVIEW)
    assert payment is not None and payment.amount == info.amount
    assert proofs.detail(info.public_id).info.state is ProofState.VERIFIED
    assert db.session.scalar(select(Decision.seconds).where(Decision.action == "accept")) == 12


def test_a_held_rejection_writes_to_the_customer_only_when_it_takes_effect(world: World, proof_of: Any) -> None:
    info, _ = short(world, proof_of)
    transaction(
        lambda: holding.reject(info.public_id, "R 100.00 is missing.", by=world.clerk, seen_version=info.version)
    )
    rejections = select(func.count()).select_from(Mail).where(Mail.event == "proof_rejected")
    before = db.session.scalar(rejections)

    due()

    assert (before, db.session.scalar(rejections)) == (0, 1)
    assert proofs.detail(info.public_id).info.state is ProofState.REJECTED


def test_a_decision_taken_back_leaves_no_trace_but_its_line_in_the_history(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)

    transaction(lambda: holding.undo(info.public_id, by=world.clerk))
    due()

    assert payments.by_proof(info.id) is None
    assert proofs.detail(info.public_id).info.state is ProofState.REVIEW
    assert actions(info.id) == ["undo"]


def test_a_decision_that_was_taken_back_and_made_again_is_made_once(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    transaction(lambda: holding.undo(info.public_id, by=world.clerk))
    again = proofs.detail(info.public_id).info

    hold(world, again, invoice)
    due()

    assert actions(info.id) == ["undo", "accept"]
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


def test_only_whoever_decided_takes_it_back(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    other = colleague("Pieter Nel")

    with pytest.raises(TookEffect, match="Nomvula Dlamini"):
        transaction(lambda: holding.undo(info.public_id, by=other))


def test_what_took_effect_is_not_taken_back(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    due()

    with pytest.raises(TookEffect):
        transaction(lambda: holding.undo(info.public_id, by=world.clerk))
    assert payments.by_proof(info.id) is not None


def test_a_held_proof_is_in_nobodys_queue_and_nobody_decides_it_again(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    other = colleague("Pieter Nel")

    with pytest.raises(AlreadyDecided, match="Nomvula Dlamini"):
        transaction(lambda: holding.reject(info.public_id, "No.", by=other, seen_version=info.version + 1))
    assert [queueing.queue(whose, other)[0] for whose in Whose] == [[], [], [], []]
    assert db.session.scalar(select(proofs.waiting_count())) == 0


def test_what_cannot_take_effect_any_more_comes_back_with_the_reason(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    again = world.judged(proof_of(invoice, amount=info.amount, trace_id="DDDD4444", seed=9), key="again").info
    hold(world, info, invoice)
    transaction(
        lambda: proofs.accept(again.public_id, part_payment(again, invoice), by=world.clerk, seen_version=again.version)
    )

    due()

    back = proofs.detail(info.public_id)
    assert back.info.state is ProofState.REVIEW
    assert back.decisions[-1].action == "lapse" and "still waits for" in back.decisions[-1].words
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
    assert any("could not take effect" in one.words for one in outbox.notices(world.clerk.user_id))
    assert queueing.queue(Whose.TO_DO, world.clerk)[0][0].proof.public_id == info.public_id


def test_without_a_delay_a_decision_takes_effect_at_once(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)

    with settings(review_undo_seconds=0):
        hold(world, info, invoice)

    assert payments.by_proof(info.id) is not None


def test_what_is_wrong_with_an_acceptance_is_said_before_it_is_held(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)

    with pytest.raises(BadInput, match="Say why"):
        transaction(
            lambda: holding.accept(
                info.public_id, part_payment(info, invoice, why=" "), by=world.clerk, seen_version=info.version
            )
        )
    assert queueing.about_to_take_effect(world.clerk) == ()


def test_the_next_page_offers_to_take_the_decision_back(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, _ = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{info.public_id}/reject")
    answer = clerk.post(
        f"/staff/review/{info.public_id}/reject", data={"version": str(info.version), "words": "No.", "seconds": "7"}
    )
    page = clerk.get(answer.location).get_data(as_text=True)

    undone = clerk.post(re.search(r'action="(/staff/review/prf_\w+/undo)"', page).group(1))  # type: ignore[union-attr]

    assert answer.location == "/staff/review"
    assert undone.location.endswith(info.public_id)
    assert "Taken back" in clerk.get(undone.location).get_data(as_text=True)


def test_a_given_up_job_brings_the_proof_back(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    hold(world, info, invoice)
    version = proofs.detail(info.public_id).info.version

    transaction(lambda: holding.give_up(info.id, version, "the database went away"))

    assert queueing.queue(Whose.TO_DO, world.clerk)[0][0].proof.public_id == info.public_id
    assert actions(info.id) == ["lapse"]


@pytest.mark.mariadb
def test_taking_back_and_taking_effect_at_one_moment_are_one_of_the_two(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    for number in range(4):
        info, invoice = short(world, proof_of, key=f"{number}", seed=number + 1, trace_id=f"RACE{number:04}")
        hold(world, info, invoice)
        version = proofs.detail(info.public_id).info.version

        outcomes = race(mariadb_app, [
            lambda info=info: holding.undo(info.public_id, by=world.clerk),
            lambda info=info, version=version: holding.take_effect(info.id, version),
        ])  # fmt: skip

        db.session.expire_all()
        took, undone = payments.by_proof(info.id) is not None, "undo" in actions(info.id)
        assert took != undone, outcomes
        assert outcomes[0] == ("TookEffect" if took else "done")


@pytest.mark.mariadb
def test_two_clerks_holding_at_one_moment_are_one_decision(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    other = colleague("Pieter Nel")
    info, invoice = short(world, proof_of)

    outcomes = race(mariadb_app, [
        lambda: holding.accept(info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version),
        lambda: holding.reject(info.public_id, "No.", by=other, seen_version=info.version),
    ])  # fmt: skip

    assert sorted(outcomes) == ["AlreadyDecided", "done"]
    due()
    assert [one for one in actions(info.id) if one in {"accept", "reject"}] and len(actions(info.id)) == 1


@pytest.mark.parametrize("state", [ProofState.VERIFIED, ProofState.REJECTED, ProofState.READING])
def test_what_does_not_wait_for_a_person_is_not_held(world: World, proof_of: Any, state: ProofState) -> None:
    from portal.proofs.models import Proof

    info, invoice = short(world, proof_of)
    db.session.execute(update(Proof).where(Proof.id == info.id).values(state=state))
    db.session.commit()

    with pytest.raises(IllegalMove):
        hold(world, info, invoice)
