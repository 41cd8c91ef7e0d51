"""A person decides once: the second clerk, the second tab and the double click find it decided."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, DomainError
from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.models import Payment
from portal.platform.db import db, transaction
from portal.proofs import queries
from portal.proofs import service as proofs
from portal.proofs.errors import AlreadyDecided
from portal.proofs.models import Decision, Proof
from portal.proofs.service import deciding
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofState, Sender
from tests.integration.proofs.conftest import World, make_world


@pytest.fixture
def doubtful(world: World, proof_of: Any) -> Any:
    """A proof in review: R 100 short of its invoice."""
    invoice = world.invoice()
    return world.judged(proof_of(invoice, amount=invoice.total - Money.zar(100_00))).info, invoice


def accepted(info: Any, invoice: Any) -> Acceptance:
    return Acceptance(info.amount, clock.today(), (Share(invoice.number, info.amount),), "part payment agreed")


def test_an_accepted_proof_is_a_verified_payment_of_what_the_clerk_said(world: World, doubtful: Any) -> None:
    info, invoice = doubtful

    transaction(
        lambda: proofs.accept(info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version)
    )

    payment = payments.by_proof(info.id)
    assert proofs.detail(info.public_id).info.state is ProofState.VERIFIED
    assert payment is not None and payment.amount == info.amount


def test_a_rejected_proof_tells_the_customer_the_reason(
    world: World, doubtful: Any, signed_in: Callable[[str], Any]
) -> None:
    info, _ = doubtful

    transaction(
        lambda: proofs.reject(info.public_id, "The rest is missing.", by=world.clerk, seen_version=info.version)
    )

    page = signed_in("buyer@karoo.example").get(f"/proofs/{info.public_id}").get_data(as_text=True)
    assert "The rest is missing." in page
    assert payments.by_proof(info.id) is None


def test_a_rejection_without_a_reason_is_refused(world: World, doubtful: Any) -> None:
    info, _ = doubtful

    with pytest.raises(BadInput):
        transaction(lambda: proofs.reject(info.public_id, "  ", by=world.clerk, seen_version=info.version))


def test_shares_above_the_amount_are_refused(world: World, doubtful: Any) -> None:
    info, invoice = doubtful
    wrong = Acceptance(info.amount, clock.today(), (Share(invoice.number, invoice.total),), "why")

    with pytest.raises(BadInput):
        transaction(lambda: proofs.accept(info.public_id, wrong, by=world.clerk, seen_version=info.version))
    assert proofs.detail(info.public_id).info.state is ProofState.REVIEW


def test_a_screen_from_before_somebody_elses_decision_decides_nothing(world: World, doubtful: Any) -> None:
    info, invoice = doubtful
    transaction(lambda: proofs.reject(info.public_id, "No.", by=world.clerk, seen_version=info.version))

    with pytest.raises(AlreadyDecided):
        transaction(
            lambda: proofs.accept(info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version)
        )
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_corrected_amount_that_shows_a_payment_used_before_is_refused_in_words(world: World, proof_of: Any) -> None:
    first, second = world.invoice(), world.invoice()
    world.judged(proof_of(first, trace_id="5TG59DVQ"), key="1")
    misread = world.judged(
        proof_of(first, trace_id="5TG59DVQ", amount=first.total + Money.zar(10_00), form="pdf_encrypted"), key="2"
    ).info
    transaction(lambda: proofs.appeal(misread.public_id, "Look.", by=world.clerk, customer_id=world.customer_id))
    misread = proofs.detail(misread.public_id).info
    corrected = Acceptance(first.total, clock.today(), (Share(second.number, first.total),), "read wrongly")

    with pytest.raises(BadInput, match="shows the same payment"):
        transaction(lambda: proofs.accept(misread.public_id, corrected, by=world.clerk, seen_version=misread.version))
    assert proofs.detail(misread.public_id).info.state is ProofState.REVIEW


def test_what_another_proof_has_promised_cannot_be_promised_again(world: World, proof_of: Any, doubtful: Any) -> None:
    info, invoice = doubtful
    again = world.judged(proof_of(invoice, amount=info.amount, trace_id="DDDD4444", seed=9), key="again").info
    transaction(
        lambda: proofs.accept(info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version)
    )

    with pytest.raises(BadInput, match="still waits for"):
        transaction(
            lambda: proofs.accept(again.public_id, accepted(again, invoice), by=world.clerk, seen_version=again.version)
        )


@pytest.mark.parametrize("state", list(ProofState))
@pytest.mark.parametrize("action", ["accept", "reject", "appeal"])
def test_each_action_works_only_in_its_states(world: World, doubtful: Any, state: ProofState, action: str) -> None:
    info, invoice = doubtful
    row = db.session.get(Proof, info.id)
    row.state = state
    db.session.commit()
    allowed = {"accept": {ProofState.REVIEW}, "reject": {ProofState.REVIEW},
               "appeal": {ProofState.DUPLICATE, ProofState.UNREADABLE}}[action]  # fmt: skip
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: proofs.accept(
            info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version
        ),
        "reject": lambda: proofs.reject(info.public_id, "No.", by=world.clerk, seen_version=info.version),
        "appeal": lambda: proofs.appeal(info.public_id, "Look.", by=world.clerk, customer_id=world.customer_id),
    }

    try:
        transaction(acts[action])
        worked = True
    except DomainError:
        worked = False

    assert worked == (state in allowed)


def race(app: Any, acts: list[Callable[[], Any]]) -> list[str]:
    """Run acts at the same moment, each in its own transaction; what became of each."""
    start, outcomes = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait()
            try:
                transaction(act)
                outcomes[number] = "done"
            except DomainError as error:
                outcomes[number] = type(error).__name__
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def _two_clerks(app: Any, world: World, proof_of: Any) -> tuple[list[str], int]:
    invoice = world.invoice()
    info = world.judged(proof_of(invoice, amount=invoice.total - Money.zar(100_00))).info
    held = threading.Barrier(2)

    def decide(act: Callable[[], Any]) -> Callable[[], Any]:
        met: list[bool] = []

        def with_the_proof_on_screen() -> Any:
            shown = queries.by_public_id(info.public_id)  # held, as a page that showed it would
            if not met:  # a transaction that lost a deadlock runs again, and waits for nobody then
                met.append(True)
                held.wait(10)
            act()
            return shown

        return with_the_proof_on_screen

    outcomes = race(app, [
        decide(lambda: proofs.accept(info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version)),
        decide(lambda: proofs.reject(info.public_id, "No.", by=world.clerk, seen_version=info.version)),
    ])  # fmt: skip
    decided = db.session.scalar(
        select(func.count())
        .select_from(Decision)
        .where(Decision.proof_id == info.id, Decision.action.in_(["accept", "reject"]))
    )
    return outcomes, decided or 0


@pytest.mark.mariadb
def test_two_clerks_at_the_same_moment_make_one_decision(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    for _ in range(5):
        outcomes, decided = _two_clerks(mariadb_app, world, proof_of)
        assert sorted(outcomes) == ["AlreadyDecided", "done"]
        assert decided == 1


@pytest.mark.mariadb
def test_without_the_locks_two_clerks_both_decide(
    mariadb_app: Any, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race with the locks off must show two decisions, or the test above proves nothing."""

    def unlocked(proof_id: int) -> Proof:
        found = db.session.get(Proof, proof_id)
        assert found is not None
        found.version += 1
        return found

    monkeypatch.setattr(deciding.queries, "lock", unlocked)
    monkeypatch.setattr(accounts, "lock_customer", lambda _customer_id: None)
    world = make_world()
    seen = [_two_clerks(mariadb_app, world, proof_of)[1] for _ in range(5)]

    assert max(seen) == 2


@pytest.mark.mariadb
def test_a_double_click_in_two_tabs_makes_one_decision(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    invoice = world.invoice()
    info = world.judged(proof_of(invoice, amount=invoice.total - Money.zar(100_00))).info
    act = lambda: proofs.accept(  # noqa: E731
        info.public_id, accepted(info, invoice), by=world.clerk, seen_version=info.version
    )

    outcomes = race(mariadb_app, [act, act, act])

    assert outcomes.count("done") == 1
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


@pytest.mark.mariadb
def test_the_same_upload_twice_at_one_moment_is_one_proof_for_both(mariadb_app: Any, proof_of: Any) -> None:
    world = make_world()
    drawn = proof_of(world.invoice())
    upload = proofs.store(drawn.data, "proof.pdf")
    sender = Sender(world.customer_id, world.buyer_id, "portal")

    outcomes = race(mariadb_app, [lambda: proofs.receive(sender, upload, form_key="one form")] * 4)

    assert outcomes == ["done"] * 4
    assert db.session.scalar(select(func.count()).select_from(Proof)) == 1
