"""What else is asked: write-offs and refunds, proofs and their documents, mails, leases, and the triggers themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.platform import audit, jobs, outbox, storage
from portal.platform.db import create_triggers, db, transaction
from portal.platform.models import Job
from portal.proofs.models import Proof
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

R100 = Money.zar(100_00)
CLERK, MANAGER = 2, 3


@pytest.fixture
def company(app: Any) -> Company:
    return found_company()


def run(statement: str) -> None:
    db.session.rollback()
    db.session.execute(text(statement))
    db.session.commit()


def named(words: str) -> bool:
    return any(words in line for line in broken())


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE refund SET amount_cents = 12001", "what pays and what goes back is at most the payment: PAY-000001"),
        ("UPDATE refund SET amount_cents = 1999", "refunds to be paid stand in the ledger: refunds in ZAR"),
        ("UPDATE refund SET state = 'paid'", "every refund stands in the ledger as its state says: REF-000001"),
        ("UPDATE refund SET state = 'declined'", "every refund stands in the ledger as its state says: REF-000001"),
        ("UPDATE write_off SET state = 'undone'", "every write-off stands in the ledger as its state says: OFF-000001"),
        ("UPDATE write_off SET amount_cents = 1", "needs its total less what confirmed money paid: INV-"),
        ("UPDATE write_off SET state = 'asked'", "every write-off stands in the ledger as its state says: OFF-000001"),
    ],
)
def test_damage_to_write_offs_and_refunds_is_named(company: Company, statement: str, words: str) -> None:
    invoice, rest = company.invoice(R100), company.invoice(Money.zar(5_00))
    payment_id = company.verified(invoice)
    company.confirm(payment_id, Money.zar(120_00))
    to, amount = payments.beneficiary("K", "FNB", "250655", "62841190736"), Money.zar(20_00)
    company.do(lambda: payments.ask_refund(payment_id, amount, to, "Too much", key=new_key(), by=CLERK))
    company.do(lambda: payments.write_off_cents(rest.id, "", key=new_key(), by=CLERK))
    assert broken() == []

    run(statement)

    assert named(words), broken()


def test_a_trigger_that_somebody_dropped_is_named(company: Company) -> None:
    from portal.ledger.models import TRIGGERS

    run("DROP TRIGGER tr_entry_update")
    try:
        assert named("the database refuses to change what is written: trigger tr_entry_update")
    finally:
        with db.engine.begin() as connection:
            create_triggers(connection, [one for one in TRIGGERS if one.name == "tr_entry_update"])
    assert broken() == []


def test_a_mail_that_no_job_sends_is_named(company: Company) -> None:
    data = {"name": "Lerato", "email": "x@x.example", "company": "", "words": "Hello"}
    transaction(lambda: outbox.tell("contact_message", to_email="x@x.example", data=data))
    assert broken() == []

    run("DELETE FROM job")

    assert named("each is sent, will be, or was given up: mail 1")


def test_a_job_that_outlives_its_lease_is_named(company: Company) -> None:
    job_id = transaction(lambda: jobs.enqueue("ledger.seal", {}))
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    row = db.session.get_one(Job, job_id)
    row.state, row.lease_until, row.owner = "running", long_ago, "gone"
    db.session.commit()

    assert named(f"nothing runs longer than its lease: job {job_id}")


def proof(company: Company, name: str, data: bytes, *, noted: bool = True) -> int:
    """A verified proof with its document, as the services leave it."""
    kept = storage.put(data)
    row = Proof(
        public_id=name, customer_id=company.customer_id, via="portal", upload_key=name, sha256=kept.sha256,
        storage_key=kept.key, size=kept.size, media_type="application/pdf", file_name="x.pdf", claimed_invoices=[],
        state="verified", created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if noted:
        audit.record("proof_accept", name, before={"state": "review"}, after={"state": "verified"})
    db.session.commit()
    company.verified(company.invoice(R100), proof_id=row.id)
    return int(row.id)


def test_one_file_that_was_accepted_twice_is_named(company: Company) -> None:
    proof(company, "prf_a", b"one")
    assert broken() == []

    proof(company, "prf_b", b"one")

    assert named("one file is accepted once: proof prf_a")


def test_an_acceptance_that_the_audit_log_does_not_know_is_named(company: Company) -> None:
    proof(company, "prf_a", b"one", noted=False)
    assert named("each acceptance stands once in the audit log: proof prf_a")

    transaction(lambda: audit.record("proof_judged", "prf_a", after={"verdict": "verified"}))
    assert broken() == []
    transaction(lambda: audit.record("proof_recall", "prf_a", after={"state": "review"}))
    assert named("proof prf_a: the audit log says 0 times")


def test_a_document_that_is_gone_or_changed_is_named_at_night(company: Company) -> None:
    proof(company, "prf_a", b"one")
    assert [held.broken for held in ledger.nightly_check() if not held.ok] == []

    storage.remove(storage.put(b"one").key)

    (found,) = [row for held in ledger.nightly_check() for row in held.broken]
    assert (found.row, found.customer_id) == ("proof prf_a", company.customer_id)
