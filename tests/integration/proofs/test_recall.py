"""Automatic accepts are called back by what they were made with; a switch sends every new proof to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.core.errors import BadInput, Conflict
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt, PaymentState
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent, Mail
from portal.proofs import service as proofs
from portal.proofs import verdict
from portal.proofs.models import ProofFact, VerdictRow
from portal.proofs.service import recalling, switching
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofState
from tests.integration.proofs.conftest import World


@pytest.fixture
def accepted(world: World, proof_of: Any) -> Callable[..., Any]:
    """An automatic accept, with its invoice: ``accepted(2, style="standard")``."""

    def make(seed: int = 1, *, customer_id: int | None = None, **told: Any) -> Any:
        invoice = world.invoice(10_000_00 + seed * 137_00, customer_id)
        drawn = proof_of(invoice, seed=seed, trace_id=f"TRACE{seed:04d}", **told)
        found = world.judged(drawn, key=str(seed), customer_id=customer_id)
        assert found.info.state is ProofState.VERIFIED, found.verdict
        return found.info, invoice

    return make


def call_back(world: World, what: str = "rules", value: str = verdict.VERSION, reason: str = "V4 was wrong") -> None:
    transaction(lambda: recalling.start(what, value, reason, by=world.clerk))
    world.read()


def state_of(public_id: str) -> ProofState:
    db.session.expire_all()
    return proofs.detail(public_id).info.state


def confirm(proof: Any, invoice: Any) -> None:
    payment = payments.by_proof(proof.id)
    assert payment is not None
    receipt = BankReceipt(invoice.total, invoice.issued_on, ledger.our_accounts()[0].id, "EFT")
    transaction(lambda: payments.confirm(payment.id, receipt, key="confirm-it-once"))


def test_an_automatic_accept_is_listed_under_everything_it_was_made_with(world: World, accepted: Any) -> None:
    proof, _ = accepted()
    reading = proofs.detail(proof.public_id).reading

    for what, value in (("rules", verdict.VERSION), ("layout", reading.layout), ("engine", "text"), ("reader", reading.versions["reader"])):  # fmt: skip
        assert [(one.value, one.count) for one in recalling.trait_counts(what)] == [(value, 1)], what
        assert [row.proof.public_id for row in recalling.accepts_with(what, value)[0]] == [proof.public_id]


def test_what_a_person_accepted_is_no_automatic_accept(world: World, proof_of: Any) -> None:
    transaction(lambda: switching.REVIEW_ALL.change(True, seen_version=0))
    invoice = world.invoice()
    found = world.judged(proof_of(invoice))
    terms = Acceptance(invoice.total, found.info.paid_on, (Share(invoice.number, invoice.total),), "Looks right")
    transaction(lambda: proofs.accept(found.info.public_id, terms, by=world.clerk, seen_version=found.info.version))

    assert recalling.trait_counts("rules") == []


def test_a_recall_sends_all_of_one_version_back_and_their_payments_wait_no_more(world: World, accepted: Any) -> None:
    (first, paid), (second, _) = accepted(1), accepted(2, customer_id=world.other_id)

    call_back(world)

    assert {state_of(first.public_id), state_of(second.public_id)} == {ProofState.REVIEW}
    payment = payments.by_proof(first.id)
    assert payment is not None and payment.state is PaymentState.CLAIMED
    assert payments.promised_by_invoice(world.customer_id) == {}
    assert db.session.scalars(select(ProofFact)).all() == []
    assert invoices.by_number(paid.number).balance == paid.total
    assert recalling.trait_counts("rules") == []
    assert not [one for one in ledger.self_check() if one.broken]


def test_a_recall_of_a_layout_leaves_other_layouts_alone(world: World, accepted: Any) -> None:
    one, other = accepted(1)[0], accepted(2, style="standard")[0]
    layout = proofs.detail(one.public_id).reading.layout
    assert layout and layout != proofs.detail(other.public_id).reading.layout

    call_back(world, "layout", layout)

    assert (state_of(one.public_id), state_of(other.public_id)) == (ProofState.REVIEW, ProofState.VERIFIED)


def test_money_that_the_bank_has_shown_is_listed_and_stays(world: World, accepted: Any) -> None:
    (proof, invoice), (open_one, _) = accepted(1), accepted(2)
    confirm(proof, invoice)

    call_back(world)

    assert (state_of(proof.public_id), state_of(open_one.public_id)) == (ProofState.VERIFIED, ProofState.REVIEW)
    (row,), _ = recalling.accepts_with("rules", verdict.VERSION)
    assert row.confirmed and row.proof.public_id == proof.public_id
    (told,) = recalling.recalls()
    assert (told.sent_back, told.confirmed, told.finished_at is not None) == (1, 1, True)
    assert invoices.by_number(invoice.number).balance.cents == 0


def test_a_recall_goes_on_step_by_step_to_the_last_one(
    world: World, accepted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "STEP", 2)
    made = [accepted(n)[0].public_id for n in range(1, 6)]

    call_back(world)

    assert {state_of(each) for each in made} == {ProofState.REVIEW}
    assert recalling.recalls()[0].sent_back == 5


def test_what_is_accepted_after_a_recall_began_is_not_called_back(world: World, accepted: Any) -> None:
    before = accepted(1)[0]
    transaction(lambda: recalling.start("rules", verdict.VERSION, "V4", by=world.clerk))
    after = accepted(2)[0]
    world.read()

    assert (state_of(before.public_id), state_of(after.public_id)) == (ProofState.REVIEW, ProofState.VERIFIED)


def test_a_recall_needs_a_reason_something_to_call_back_and_is_not_started_twice(world: World, accepted: Any) -> None:
    accepted()
    for what, value, reason in (("rules", verdict.VERSION, " "), ("rules", "1999.1", "V4"), ("colour", "red", "V4")):
        with pytest.raises(BadInput):
            recalling.start(what, value, reason, by=world.clerk)
    transaction(lambda: recalling.start("rules", verdict.VERSION, "V4", by=world.clerk))
    with pytest.raises(Conflict):
        recalling.start("rules", verdict.VERSION, "V4", by=world.clerk)


def test_a_proof_accepted_again_after_a_recall_is_the_same_payment_again(world: World, accepted: Any) -> None:
    proof, invoice = accepted()
    payment = payments.by_proof(proof.id)
    call_back(world)

    seen = proofs.detail(proof.public_id).info
    terms = Acceptance(invoice.total, seen.paid_on, (Share(invoice.number, invoice.total),), "Looked at again")
    transaction(lambda: proofs.accept(proof.public_id, terms, by=world.clerk, seen_version=seen.version))

    again = payments.by_proof(proof.id)
    assert again is not None and payment is not None
    assert (again.id, again.state) == (payment.id, PaymentState.VERIFIED)
    assert not [one for one in ledger.self_check() if one.broken]


def test_a_proof_rejected_after_a_recall_ends_its_payment_until_the_bank_says_otherwise(
    world: World, accepted: Any
) -> None:
    proof, invoice = accepted()
    call_back(world)

    seen = proofs.detail(proof.public_id).info
    transaction(lambda: proofs.reject(proof.public_id, "Not paid", by=world.clerk, seen_version=seen.version))

    payment = payments.by_proof(proof.id)
    assert payment is not None and payment.state is PaymentState.REJECTED
    confirm(proof, invoice)
    assert invoices.by_number(invoice.number).balance.cents == 0
    assert not [one for one in ledger.self_check() if one.broken]


def test_a_recall_is_written_down_and_the_customer_hears_that_our_team_looks(world: World, accepted: Any) -> None:
    proof, _ = accepted()

    call_back(world, reason="The rule about dates was wrong")

    (said,) = proofs.detail(proof.public_id).decisions
    assert (said.action, said.words) == ("recall", "The rule about dates was wrong")
    deeds = set(db.session.scalars(select(AuditEvent.action)))
    assert {"recall.started", "proof_recall", "recall.finished"} <= deeds
    mails = db.session.scalars(select(Mail).where(Mail.event == "proof_review")).all()
    assert len(mails) == 1 and "dates" not in str(mails[0].data)


def test_the_switch_holds_for_the_next_judgement_and_is_an_input_of_the_verdict(world: World, proof_of: Any) -> None:
    transaction(lambda: switching.REVIEW_ALL.change(True, seen_version=0))
    held = world.judged(proof_of(world.invoice(), seed=1), key="1")
    transaction(lambda: switching.REVIEW_ALL.change(False, seen_version=1))
    free = world.judged(proof_of(world.invoice(), seed=2), key="2")

    assert (held.info.state, free.info.state) == (ProofState.REVIEW, ProofState.VERIFIED)
    kept = db.session.scalars(select(VerdictRow).order_by(VerdictRow.id)).all()
    assert [one.case["review_all"] for one in kept] == [True, False]


def test_the_switch_is_seen_inside_the_transaction_that_throws_it(world: World) -> None:
    assert not switching.everything_to_people()
    switching.REVIEW_ALL.change(True, seen_version=0)
    assert switching.everything_to_people()


def test_a_switch_thrown_on_an_old_page_is_refused(world: World) -> None:
    transaction(lambda: switching.REVIEW_ALL.change(True, seen_version=0))

    with pytest.raises(Conflict):
        transaction(lambda: switching.REVIEW_ALL.change(True, seen_version=0))


@pytest.mark.mariadb
def test_who_throws_the_switch_waits_for_judgements_that_began_before(mariadb_app: Any) -> None:
    """With the share lock taken away, the switch would be thrown while a judgement that did not see it goes on."""
    import threading

    from portal.platform.settings import Switch

    transaction(lambda: switching.REVIEW_ALL.change(False, seen_version=0))
    done = threading.Event()

    def throw() -> None:
        with mariadb_app.app_context():
            transaction(lambda: Switch("proofs.review_all", default=False).change(True, seen_version=1))
            done.set()

    assert switching.everything_to_people() is False
    other = threading.Thread(target=throw)
    other.start()
    assert not done.wait(1.0), "the switch was thrown under a judgement that is under way"
    db.session.commit()
    other.join(10)
    assert done.is_set() and switching.everything_to_people()


def test_the_pages_show_versions_start_a_recall_and_throw_the_switch(
    world: World, accepted: Any, signed_in: Callable[[str], Any]
) -> None:
    from portal.accounts import service as accounts
    from tests.integration.proofs.conftest import PASSWORD

    transaction(lambda: accounts.create_user("boss@us.example", "Lindiwe Nkosi", PASSWORD, staff_roles=["manager"]))
    proof, _ = accepted()
    manager, clerk = signed_in("boss@us.example"), signed_in("clerk@us.example")
    assert verdict.VERSION in manager.get("/staff/recall").get_data(as_text=True)
    shown = manager.get("/staff/recall/accepts", query_string={"what": "rules", "value": verdict.VERSION})
    assert proof.public_id in shown.get_data(as_text=True)

    clerk.get("/staff/recall")
    terms = {"what": "rules", "value": verdict.VERSION, "reason": "Dates"}
    assert clerk.post("/staff/recall/accepts", data=terms).status_code == 403
    assert clerk.post("/staff/recall/switch", data={"version": "0", "on": "yes"}).status_code == 403
    assert manager.post("/staff/recall/accepts", data={**terms, "reason": ""}).status_code == 422
    assert manager.post("/staff/recall/accepts", data=terms).status_code == 303
    world.read()
    assert state_of(proof.public_id) is ProofState.REVIEW
    assert manager.post("/staff/recall/switch", data={"version": "0", "on": "yes"}).status_code == 303
    assert "Every new proof goes to a person" in manager.get("/staff/recall").get_data(as_text=True)
    assert manager.get("/staff/recall?what=colour").status_code == 422
