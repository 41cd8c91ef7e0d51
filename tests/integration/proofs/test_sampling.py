"""A person looks at a share of the automatic accepts unseen; what they find is counted, and a wrong one goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.invoices.types import InvoiceInfo
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from portal.proofs import service as proofs
from portal.proofs.models import AuditSample
from portal.proofs.service import sampling, switching
from portal.proofs.types.oversight import Opinion, draw_of
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World


def share(ten_thousandths: int) -> None:
    seen = switching.AUDIT_SHARE.known().version
    transaction(lambda: switching.AUDIT_SHARE.change(ten_thousandths, seen_version=seen))


@pytest.fixture
def accepted(world: World, proof_of: Any) -> Callable[..., tuple[str, InvoiceInfo]]:
    """A proof that was accepted without a person, and the invoice it pays; all of them are drawn."""
    share(10_000)

    def make(seed: int = 1) -> tuple[str, InvoiceInfo]:
        invoice = world.invoice()
        found = world.judged(proof_of(invoice, seed=seed), key=str(seed))
        assert found.info.state is ProofState.VERIFIED
        return found.info.public_id, invoice

    return make


def seen_alike(invoice: InvoiceInfo, **changes: Any) -> Opinion:
    told = {"accept": True, "amount": invoice.total, "paid_on": clock.today(), "invoices": (invoice.number,), **changes}
    return Opinion(**told)


def drawn() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditSample)) or 0


def test_without_a_share_nobody_is_asked_and_with_all_of_it_everything_is(world: World, proof_of: Any) -> None:
    share(0)
    world.judged(proof_of(world.invoice(), seed=1), key="1")
    assert drawn() == 0

    share(10_000)
    world.judged(proof_of(world.invoice(), seed=2), key="2")
    assert drawn() == 1


def test_the_draw_comes_from_the_proof_s_own_number_and_is_kept_with_the_share(world: World, proof_of: Any) -> None:
    share(5_000)
    ids = [world.judged(proof_of(world.invoice(), seed=n), key=str(n)).info.public_id for n in range(1, 7)]

    rows, _ = sampling.samples(settled=False)

    assert {row.public_id for row in rows} == {each for each in ids if draw_of(each) < 5_000}
    assert all((row.draw, row.share) == (draw_of(row.public_id), 5_000) for row in rows)


def test_only_automatic_accepts_are_drawn(world: World, proof_of: Any) -> None:
    share(10_000)

    found = world.judged(proof_of(world.invoice(), amount=Money.zar(1_00)))

    assert found.info.state is ProofState.REVIEW
    assert drawn() == 0


def test_what_was_decided_is_hidden_until_somebody_has_looked(world: World, accepted: Any) -> None:
    public_id, invoice = accepted()

    before = sampling.sample(public_id)
    assert before.accepted is None and before.open_invoices == {invoice.number: invoice.total}

    wrong = seen_alike(invoice, amount=Money.zar(1_00))
    transaction(lambda: sampling.give_opinion(public_id, wrong, by=world.clerk, seen_version=before.version))
    after = sampling.sample(public_id)
    assert after.accepted is not None and after.accepted.amount == invoice.total


def test_seeing_the_same_settles_the_sample_as_right(world: World, accepted: Any) -> None:
    public_id, invoice = accepted()

    agrees = transaction(lambda: sampling.give_opinion(public_id, seen_alike(invoice), by=world.clerk, seen_version=1))

    assert agrees and sampling.sample(public_id).row.outcome == "right"
    assert (sampling.rates()[0].looked, sampling.rates()[0].wrong) == (1, 0)


@pytest.mark.parametrize("change", [{"amount": Money.zar(1)}, {"invoices": ("INV-1",)}, {"accept": False}])
def test_seeing_anything_else_settles_nothing_by_itself(world: World, accepted: Any, change: dict[str, Any]) -> None:
    public_id, invoice = accepted()

    agrees = transaction(
        lambda: sampling.give_opinion(public_id, seen_alike(invoice, **change), by=world.clerk, seen_version=1)
    )

    assert not agrees and sampling.sample(public_id).row.outcome is None
    assert sampling.rates()[0].looked == 0


def test_a_wrong_accept_goes_back_to_review_is_counted_and_written_down(world: World, accepted: Any) -> None:
    public_id, invoice = accepted()
    refuses = seen_alike(invoice, accept=False)
    transaction(lambda: sampling.give_opinion(public_id, refuses, by=world.clerk, seen_version=1))

    back = transaction(lambda: sampling.settle(public_id, "wrong", "Not our account", by=world.clerk, seen_version=2))

    assert back and proofs.detail(public_id).info.state is ProofState.REVIEW
    assert (sampling.rates()[0].rate, sampling.rates()[1].rate) == (1.0, 1.0)
    deeds = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == public_id)))
    assert {"sample.seen", "sample.settled", "proof_recall"} <= deeds


def test_two_people_cannot_both_say_what_they_see(world: World, accepted: Any) -> None:
    public_id, invoice = accepted()
    transaction(lambda: sampling.give_opinion(public_id, seen_alike(invoice), by=world.clerk, seen_version=1))

    with pytest.raises(Conflict):
        transaction(lambda: sampling.give_opinion(public_id, seen_alike(invoice), by=world.clerk, seen_version=1))


def test_nobody_settles_what_nobody_saw_unseen(world: World, accepted: Any) -> None:
    public_id, _ = accepted()

    with pytest.raises(Conflict, match="unseen"):
        transaction(lambda: sampling.settle(public_id, "right", "", by=world.clerk, seen_version=1))


def test_a_wrong_accept_needs_a_reason(world: World, accepted: Any) -> None:
    public_id, _ = accepted()

    with pytest.raises(BadInput):
        sampling.settle(public_id, "wrong", "  ", by=world.clerk, seen_version=1)


def test_a_proof_that_was_not_drawn_is_no_sample(world: World, proof_of: Any) -> None:
    share(0)
    found = world.judged(proof_of(world.invoice()))

    with pytest.raises(NotFound):
        sampling.sample(found.info.public_id)


def test_the_pages_lead_from_a_blind_look_to_a_recall(
    world: World, accepted: Any, signed_in: Callable[[str], Any]
) -> None:
    public_id, invoice = accepted()
    clerk = signed_in("clerk@us.example")
    listed = clerk.get("/staff/sampling").get_data(as_text=True)
    assert public_id in listed and invoice.number not in listed

    blind = clerk.get(f"/staff/sampling/{public_id}").get_data(as_text=True)
    assert "You and the computer" not in blind and 'alt="Page 1 of the document"' in blind
    looked = clerk.post(
        f"/staff/sampling/{public_id}/look", data={"version": "1", "accept": "no", "words": "Another account"}
    )
    assert looked.status_code == 303
    compared = clerk.get(looked.location).get_data(as_text=True)
    assert "You and the computer" in compared

    settled = clerk.post(
        f"/staff/sampling/{public_id}/settle",
        data={"version": "2", "outcome": "wrong", "words": "Another account"},
        follow_redirects=True,
    ).get_data(as_text=True)
    assert "back in the review queue" in settled
    assert "/staff/recall/accepts?what=rules" in settled
    assert "1 of 1 wrong; between 20.7" in clerk.get("/staff/sampling?show=settled").get_data(as_text=True)


def test_a_look_that_misses_the_amount_keeps_what_was_typed(
    world: World, accepted: Any, signed_in: Callable[[str], Any]
) -> None:
    public_id, _ = accepted()
    clerk = signed_in("clerk@us.example")
    clerk.get("/staff/sampling")

    answer = clerk.post(
        f"/staff/sampling/{public_id}/look", data={"version": "1", "accept": "yes", "words": "Looks fine"}
    )

    assert answer.status_code == 422
    assert "Looks fine" in answer.get_data(as_text=True) and "Write the amount" in answer.get_data(as_text=True)


def test_staff_set_the_share_and_it_holds_at_once(world: World, proof_of: Any, signed_in: Callable[[str], Any]) -> None:
    from portal.accounts import service as accounts
    from tests.integration.proofs.conftest import PASSWORD

    transaction(lambda: accounts.create_user("boss@us.example", "Lindiwe Nkosi", PASSWORD, staff_roles=["manager"]))
    manager = signed_in("boss@us.example")
    manager.get("/staff/sampling")

    answer = manager.post("/staff/sampling/share", data={"version": "0", "percent": "100"})
    world.judged(proof_of(world.invoice()))

    assert answer.status_code == 303 and drawn() == 1
    for percent in ("-1", "101", "0.001", "NaN", "five", ""):
        assert manager.post("/staff/sampling/share", data={"version": "1", "percent": percent}).status_code == 422
    assert manager.post("/staff/sampling/share", data={"version": "0", "percent": "3"}).status_code == 409
    assert switching.AUDIT_SHARE.known().value == 10_000
