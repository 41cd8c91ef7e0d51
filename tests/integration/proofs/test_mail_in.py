"""Proofs by mail: to the customer's own address, once each, and what nobody can place waits for a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from flask import current_app

from portal.core.errors import Conflict
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.proofs import service as proofs
from portal.proofs.errors import NotADocument
from portal.proofs.models import IncomingMail, Proof
from portal.proofs.service import incoming
from portal.proofs.types.incoming import MailState
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World
from tests.servers.imap import MailServer

MAILBOX = "proofs@us.example"
#: deeper than Python follows
NESTED = b"From: a@b.example\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(1500)
)


@pytest.fixture
def mailbox(world: World) -> Iterator[MailServer]:
    with MailServer() as server:
        told = current_app.extensions["settings"]
        current_app.extensions["settings"] = replace(told, mail_in_url=server.url, mail_in_address=MAILBOX)
        yield server
        current_app.extensions["settings"] = told


def mail(
    to: str, *files: tuple[str, bytes], words: str = "Please find it attached.", sender: str = "a@b.example"
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Proof of payment"
    message.set_content(words)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes(policy=SMTP)


def look() -> None:
    """What the job of each minute does."""
    incoming.fetch()
    db.session.expire_all()


def rows() -> list[IncomingMail]:
    return list(db.session.query(IncomingMail).order_by(IncomingMail.id))


def test_a_mail_to_the_customers_address_becomes_its_proof_and_is_judged(
    world: World, mailbox: MailServer, proof_of: Any
) -> None:
    address = incoming.address_of("KDR001")
    assert address is not None and re.fullmatch(r"proofs\+kdr001\.[a-z2-7]{8}@us\.example", address)
    mailbox.deliver(mail(f"Proofs <{address}>", ("proof.pdf", proof_of(world.invoice()).data)))

    look()
    world.read()

    (row,) = rows()
    assert (row.state, row.waiting, row.customer_id) == (MailState.TAKEN, False, world.customer_id)
    found = proofs.detail(row.proofs[0])
    assert (found.info.via, found.info.customer_id, found.info.state) == (
        "mail",
        world.customer_id,
        ProofState.VERIFIED,
    )
    assert mailbox.unseen() == 0


def test_the_job_is_run_by_the_worker_and_the_same_mail_is_taken_in_once(
    world: World, mailbox: MailServer, proof_of: Any
) -> None:
    data = mail(incoming.address_of("KDR001") or "", ("proof.pdf", proof_of(world.invoice()).data))
    mailbox.deliver(data)
    mailbox.deliver(data)

    transaction(lambda: jobs.enqueue("proofs.mail", {}))
    world.read()

    assert len(rows()) == 1 and db.session.query(Proof).count() == 1
    assert mailbox.unseen() == 0


def test_a_crash_before_the_mail_is_marked_loses_and_doubles_nothing(
    world: World, mailbox: MailServer, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", ("proof.pdf", proof_of(world.invoice()).data)))
    with monkeypatch.context() as broken:
        broken.setattr("portal.platform.mailbox.Mailbox.mark", _die)
        with pytest.raises(RuntimeError):
            look()
    assert mailbox.unseen() == 1

    look()

    assert len(rows()) == 1 and db.session.query(Proof).count() == 1 and mailbox.unseen() == 0


def _die(*_words: object) -> None:
    raise RuntimeError("the power went")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda address: MAILBOX,
        lambda address: address.replace(".", ".a", 1),
        lambda address: re.sub(r"\.[a-z2-7]+@", "@", address),
        lambda address: address.replace("kdr001", "zan002"),
        lambda address: address.replace("@us.example", "@us.example.evil.example"),
    ],
    ids=["no tag at all", "another tag", "no tag", "another customer's code", "another domain"],
)
def test_only_the_genuine_address_names_a_customer(
    world: World, mailbox: MailServer, proof_of: Any, spoil: Callable[[str], str]
) -> None:
    forged = spoil(incoming.address_of("KDR001") or "")
    mailbox.deliver(mail(forged, ("proof.pdf", proof_of(world.invoice()).data), sender="buyer@karoo.example"))

    look()

    (row,) = rows()
    assert (row.state, row.waiting, row.customer_id) == (MailState.STRANGER, True, None)
    assert db.session.query(Proof).count() == 0


def test_a_mail_to_the_addresses_of_two_customers_waits_for_a_person(
    world: World, mailbox: MailServer, proof_of: Any
) -> None:
    both = f"{incoming.address_of('KDR001')}, {incoming.address_of('ZAN002')}"
    mailbox.deliver(mail(both, ("proof.pdf", proof_of(world.invoice()).data)))
    look()
    (row,) = rows()
    assert (row.state, row.waiting, row.customer_id) == (MailState.STRANGER, True, None)


def test_more_documents_than_are_taken_leave_the_mail_waiting(
    world: World, mailbox: MailServer, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "_MOST_DOCUMENTS", 1)
    pdf = proof_of(world.invoice()).data
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", ("one.pdf", pdf), ("two.pdf", pdf + b"\n")))
    look()
    (row,) = rows()
    assert (len(row.proofs), row.waiting) == (1, True)
    assert "1 more were not" in row.words


def test_an_address_from_before_the_key_was_changed_still_works(world: World, mailbox: MailServer) -> None:
    old = incoming.address_of("KDR001") or ""
    told = current_app.extensions["settings"]
    current_app.extensions["settings"] = replace(told, secret_key="k" * 64, secret_key_fallbacks=(told.secret_key,))

    assert incoming.address_of("KDR001") != old
    assert incoming.code_in([old]) == "KDR001"


def test_a_bank_notice_that_is_the_mail_itself_is_a_proof_for_a_person(world: World, mailbox: MailServer) -> None:
    words = "This confirms that the following payment was made.\nAmount:    R 12 500.00\nReference:    INV-2026-00417\n"
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", words=words))

    look()
    world.read()

    (row,) = rows()
    found = proofs.detail(row.proofs[0])
    assert found.info.state is ProofState.REVIEW and found.info.amount is not None
    assert found.info.amount.cents == 12_500_00


@pytest.mark.parametrize(
    ("files", "state"),
    [((), MailState.EMPTY), ((("notes.txt", b"no document"),), MailState.EMPTY)],
    ids=["only words", "a text file"],
)
def test_a_customers_mail_without_a_document_waits(
    world: World, mailbox: MailServer, files: tuple[tuple[str, bytes], ...], state: MailState
) -> None:
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", *files))
    look()
    (row,) = rows()
    assert (row.state, row.waiting, row.customer_id, row.proofs) == (state, True, world.customer_id, [])


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"From: =?utf-8?q?=FF?=\r\nTo: <<<>>>,,@\r\n\r\nx", b"no mail at all", NESTED]
)
def test_what_is_no_mail_holds_up_no_other(world: World, mailbox: MailServer, proof_of: Any, data: bytes) -> None:
    mailbox.deliver(data)
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", ("proof.pdf", proof_of(world.invoice()).data)))

    look()

    assert [row.state for row in rows()] == [MailState.STRANGER, MailState.TAKEN]
    assert mailbox.unseen() == 0


def test_a_mail_that_is_too_large_is_known_by_its_head(
    world: World, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.platform.mailbox.MOST_BYTES", 1000)
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", ("large.bin", bytes(5000))))
    look()
    (row,) = rows()
    assert (row.state, row.subject) == (MailState.EMPTY, "Proof of payment") and row.size < 1000


def test_a_mailbox_that_is_down_is_asked_again_later(world: World, mailbox: MailServer, proof_of: Any) -> None:
    mailbox.deliver(mail(incoming.address_of("KDR001") or "", ("proof.pdf", proof_of(world.invoice()).data)))
    mailbox.down = True
    assert incoming.fetch() == 0
    mailbox.down = False
    assert incoming.fetch() == 1


def test_a_person_hands_a_strangers_mail_to_a_customer_once(world: World, mailbox: MailServer, proof_of: Any) -> None:
    mailbox.deliver(mail(MAILBOX, ("proof.pdf", proof_of(world.invoice()).data)))
    look()
    waiting = incoming.one(rows()[0].public_id)

    made = incoming.hand_to(waiting.public_id, " kdr001 ", by=world.clerk, seen_version=waiting.version)
    world.read()

    assert proofs.detail(made[0]).info.state is ProofState.VERIFIED
    handed = incoming.one(waiting.public_id)
    assert (handed.state, handed.waiting, handed.handled_by) == (MailState.TAKEN, False, world.clerk.name)
    with pytest.raises(Conflict):
        incoming.hand_to(waiting.public_id, "ZAN002", by=world.clerk, seen_version=waiting.version)
    assert db.session.query(Proof).count() == 1


def test_a_person_puts_a_mail_aside_and_it_is_kept(world: World, mailbox: MailServer) -> None:
    data = mail(MAILBOX)
    mailbox.deliver(data)
    look()
    waiting = incoming.one(rows()[0].public_id)
    with pytest.raises(NotADocument):
        incoming.hand_to(waiting.public_id, "KDR001", by=world.clerk, seen_version=waiting.version)

    transaction(lambda: incoming.dismiss(waiting.public_id, "An advertisement.", by=world.clerk, seen_version=1))

    aside = incoming.one(waiting.public_id)
    assert (aside.state, aside.waiting, aside.words) == (MailState.DISMISSED, False, "An advertisement.")
    assert incoming.original(waiting.public_id) == data
    assert incoming.mails(waiting=True)[0] == [] and len(incoming.mails(waiting=False)[0]) == 1
