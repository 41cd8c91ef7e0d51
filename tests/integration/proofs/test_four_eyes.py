"""Above the limit an acceptance takes two people who agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.identity import Identity
from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.models import Payment
from portal.platform.db import db, transaction
from portal.proofs import service as proofs
from portal.proofs.errors import SecondPerson
from portal.proofs.models import Decision
from portal.proofs.service import queueing
from portal.proofs.types import Share
from portal.proofs.types.review import Whose
from portal.proofs.types.stored import Acceptance, ProofState
from tests.integration.proofs.conftest import World, make_world
from tests.integration.proofs.desk import colleague, part_payment, settings, short
from tests.integration.proofs.test_deciding import race

LIMIT = 5_000_00


@pytest.fixture
def limited(world: World) -> Iterator[None]:
    with settings(review_four_eyes_cents=LIMIT):
        yield


def accept(info: Any, accepted: Acceptance, by: Identity) -> None:
    seen = proofs.detail(info.public_id).info.version
    transaction(lambda: proofs.accept(info.public_id, accepted, by=by, seen_version=seen))


def count(action: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Decision).where(Decision.action == action)) or 0


@pytest.mark.usefixtures("limited")
def test_the_first_acceptance_is_written_down_and_verifies_nothing(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)

    accept(info, part_payment(info, invoice), world.clerk)

    assert proofs.detail(info.public_id).info.state is ProofState.REVIEW
    assert payments.by_proof(info.id) is None
    assert proofs.detail(info.public_id).decisions[-1].action == "first"


@pytest.mark.usefixtures("limited")
def test_a_second_person_who_accepts_the_same_verifies_it(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    accept(info, part_payment(info, invoice), world.clerk)

    accept(info, part_payment(info, invoice, why="seen too"), colleague("Pieter Nel"))

    assert proofs.detail(info.public_id).info.state is ProofState.VERIFIED
    body = db.session.scalar(select(Decision.body).where(Decision.action == "accept"))
    assert body is not None and body["first"] == "Nomvula Dlamini"


@pytest.mark.usefixtures("limited")
def test_the_same_person_does_not_confirm_themselves(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    accept(info, part_payment(info, invoice), world.clerk)

    with pytest.raises(SecondPerson):
        accept(info, part_payment(info, invoice), world.clerk)
    assert payments.by_proof(info.id) is None


@pytest.mark.usefixtures("limited")
def test_other_terms_are_a_first_acceptance_of_their_own(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    less = Acceptance(
        info.amount, part_payment(info, invoice).paid_on, (Share(invoice.number, Money.zar(1_00)),), "only a part"
    )
    other = colleague("Pieter Nel")
    accept(info, part_payment(info, invoice), world.clerk)

    accept(info, less, other)
    still_open = payments.by_proof(info.id) is None
    accept(info, less, world.clerk)

    assert still_open and count("first") == 2
    assert proofs.detail(info.public_id).info.state is ProofState.VERIFIED


@pytest.mark.usefixtures("limited")
def test_one_person_is_enough_to_reject(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    accept(info, part_payment(info, invoice), world.clerk)
    seen = proofs.detail(info.public_id).info.version

    transaction(lambda: proofs.reject(info.public_id, "No.", by=world.clerk, seen_version=seen))

    assert proofs.detail(info.public_id).info.state is ProofState.REJECTED


def test_at_the_limit_one_person_is_enough_and_a_cent_above_two(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    with settings(review_four_eyes_cents=info.amount.cents - 1):
        assert proofs.needs_second(info.amount)
    with settings(review_four_eyes_cents=info.amount.cents):
        accept(info, part_payment(info, invoice), world.clerk)

    assert proofs.detail(info.public_id).info.state is ProofState.VERIFIED


@pytest.mark.usefixtures("limited")
def test_what_i_accepted_first_is_not_given_to_me_again(world: World, proof_of: Any) -> None:
    info, invoice = short(world, proof_of)
    other = colleague("Pieter Nel")
    accept(info, part_payment(info, invoice), world.clerk)

    mine, theirs = (queueing.queue(Whose.TO_DO, who)[0] for who in (world.clerk, other))

    assert (len(mine), [row.desk.first_name for row in theirs]) == (0, ["Nomvula Dlamini"])


@pytest.mark.usefixtures("limited")
def test_the_page_says_that_a_second_person_is_needed(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info, invoice = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    before = clerk.get(f"/staff/review/{info.public_id}").get_data(as_text=True)
    accept(info, part_payment(info, invoice), world.clerk)
    after = clerk.get(f"/staff/review/{info.public_id}").get_data(as_text=True)

    assert "a second person has to accept it too" in before
    assert "Nomvula Dlamini accepted it." in after


@pytest.mark.mariadb
def test_one_person_in_two_tabs_at_one_moment_verifies_nothing(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    with settings(review_four_eyes_cents=LIMIT):
        info, invoice = short(world, proof_of)
        act = lambda: proofs.accept(  # noqa: E731
            info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version
        )

        outcomes = race(mariadb_app, [act, act, act])

    assert outcomes.count("done") == 1
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.mariadb
def test_two_people_at_one_moment_are_the_first_and_somebody_too_late(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    other = colleague("Pieter Nel")
    with settings(review_four_eyes_cents=LIMIT):
        info, invoice = short(world, proof_of)
        outcomes = race(mariadb_app, [
            lambda: proofs.accept(info.public_id, part_payment(info, invoice), by=world.clerk, seen_version=info.version),
            lambda: proofs.accept(info.public_id, part_payment(info, invoice), by=other, seen_version=info.version),
        ])  # fmt: skip

    assert sorted(outcomes) == ["ChangedMeanwhile", "done"]
    assert (count("first"), count("accept")) == (1, 0)


@pytest.mark.mariadb
def test_two_second_people_at_one_moment_make_one_payment(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    others = [colleague("Pieter Nel"), colleague("Ayanda Cele", "manager")]
    with settings(review_four_eyes_cents=LIMIT):
        info, invoice = short(world, proof_of)
        accept(info, part_payment(info, invoice), world.clerk)
        seen = replace(proofs.detail(info.public_id).info)
        outcomes = race(mariadb_app, [
            lambda by=by: proofs.accept(info.public_id, part_payment(info, invoice), by=by, seen_version=seen.version)
            for by in others
        ])  # fmt: skip

    assert sorted(outcomes) == ["AlreadyDecided", "done"]
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
