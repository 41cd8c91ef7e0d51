"""From bytes to a verdict and a payment: what fits is verified, what is seen again is a duplicate, the rest is asked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.forgery import forge
from portal.demo.drawing.papers import paper
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.models import Payment
from portal.payments.types import PaymentState
from portal.platform.db import db
from portal.proofs import service as proofs
from portal.proofs.models import VerdictRow
from portal.proofs.pipeline import judge
from portal.proofs.types.as_json import case_from_json, reading_from_json
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World


def test_a_proof_that_fits_is_verified_and_makes_a_verified_payment(world: World, proof_of: Any) -> None:
    invoice = world.invoice()

    found = world.judged(proof_of(invoice))

    payment = payments.by_proof(found.info.id)
    assert found.info.state is ProofState.VERIFIED
    assert payment is not None and payment.state is PaymentState.VERIFIED
    assert payment.amount == invoice.total
    assert [(share.invoice_number, share.amount) for share in payment.shares] == [(invoice.number, invoice.total)]


def test_a_verified_proof_is_not_money(world: World, proof_of: Any) -> None:
    invoice = world.invoice()

    world.judged(proof_of(invoice))

    assert invoices.by_number(invoice.number).balance == invoice.total
    assert ledger.balance_of(world.customer_id) == invoice.total


def test_the_same_file_again_is_a_duplicate_that_names_the_first(world: World, proof_of: Any) -> None:
    drawn = proof_of(world.invoice())
    first = world.judged(drawn, key="1")

    again = world.judged(drawn, key="2")

    assert again.info.state is ProofState.DUPLICATE
    assert again.duplicate_of == first.info.public_id


def test_the_same_payment_in_another_form_is_a_duplicate(world: World, proof_of: Any) -> None:
    invoice = world.invoice()
    first = world.judged(proof_of(invoice, seed=5, trace_id="5TG59DVQ"), key="1")

    again = world.judged(proof_of(invoice, form="pdf_encrypted", seed=5, trace_id="5TG59DVQ"), key="2")

    assert again.info.state is ProofState.DUPLICATE
    assert again.duplicate_of == first.info.public_id


def test_a_quotation_sent_before_does_not_stand_in_the_way_of_the_proof(world: World, proof_of: Any) -> None:
    invoice = world.invoice()
    quotation = world.judged(paper("quotation", day=clock.today(), amount=invoice.total, seed=4), key="1")

    found = world.judged(proof_of(invoice), key="2")

    assert quotation.info.state is ProofState.REVIEW
    assert found.info.state is ProofState.VERIFIED


def test_another_customers_use_of_the_payment_is_found(world: World, proof_of: Any) -> None:
    drawn = proof_of(world.invoice())
    first = world.judged(drawn, key="1")

    again = world.judged(drawn, key="2", customer_id=world.other_id)

    assert again.info.state is ProofState.DUPLICATE
    assert again.duplicate_of == first.info.public_id


def test_a_second_payment_of_an_invoice_that_is_promised_already_is_asked(world: World, proof_of: Any) -> None:
    invoice = world.invoice()
    world.judged(proof_of(invoice, seed=1, trace_id="AAAA1111"), key="1")

    second = world.judged(proof_of(invoice, seed=2, trace_id="BBBB2222", style="standard"), key="2")

    assert second.info.state is ProofState.REVIEW
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


@pytest.mark.parametrize("off_by", [-1, 1, -500_00, 500_00])
def test_an_amount_that_is_not_exact_is_never_accepted(world: World, proof_of: Any, off_by: int) -> None:
    invoice = world.invoice()

    found = world.judged(proof_of(invoice, amount=invoice.total + Money.zar(off_by)))

    assert found.info.state is ProofState.REVIEW
    amount = next(check for check in found.verdict.checks if check.code == "amount")
    assert amount.outcome == "fail"
    assert str(Money.zar(abs(off_by))) in amount.words


def test_another_customers_invoice_is_never_paid(world: World, proof_of: Any) -> None:
    theirs = world.invoice(customer_id=world.other_id)
    world.invoice()

    found = world.judged(proof_of(theirs))

    assert found.info.state is ProofState.REVIEW


@pytest.mark.parametrize("kind", ["pdf_amount", "text_layer", "words"])
def test_a_forged_document_is_never_accepted(world: World, proof_of: Any, kind: str) -> None:
    invoice = world.invoice()
    style = "absa" if kind == "words" else "fnb"
    honest = proof_of(invoice, style=style, words=kind == "words", amount=invoice.total - Money.zar(1_000_00))

    found = world.judged(forge(honest, kind, to=invoice.total))

    assert found.info.state is not ProofState.VERIFIED


def test_with_the_switch_on_a_person_sees_every_proof(
    app: Any, world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], review_all_proofs=True))

    assert world.judged(proof_of(world.invoice())).info.state is ProofState.REVIEW


def test_a_stored_verdict_can_be_judged_again_from_its_inputs(world: World, proof_of: Any) -> None:
    found = world.judged(proof_of(world.invoice()))
    kept = db.session.scalar(select(VerdictRow))

    case, _ = case_from_json(kept.case)
    again = judge(found.reading, case)

    assert again == found.verdict
    assert kept.rules


def test_a_reading_comes_back_from_the_table_as_it_was(world: World, proof_of: Any) -> None:
    from portal.proofs.models import ReadingRow

    found = world.judged(proof_of(world.invoice()))

    assert reading_from_json(db.session.scalar(select(ReadingRow)).body) == found.reading


def test_a_job_that_fails_for_good_sends_the_proof_to_a_person(world: World, proof_of: Any) -> None:
    from portal.platform.db import transaction

    sent = world.send(proof_of(world.invoice()))

    transaction(lambda: proofs.give_up(sent.id, "killed twice"))

    assert proofs.detail(sent.public_id).info.state is ProofState.REVIEW


def test_every_check_of_a_verdict_says_something_and_shows_where(world: World, proof_of: Any) -> None:
    found = world.judged(proof_of(world.invoice()))

    assert {check.code for check in found.verdict.checks} >= {"amount", "reference", "beneficiary_account", "date"}
    assert all(check.words for check in found.verdict.checks)
    assert any(check.box for check in found.verdict.checks)
