"""A small company with an open invoice, and proofs that pay it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.demo import names
from portal.demo.drawing.facts import Drawn, ProofFacts
from portal.demo.drawing.proofs import draw
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo
from portal.ledger import service as ledger
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.proofs import service as proofs
from portal.proofs.types.stored import ProofInfo, Sender

PASSWORD = "a long sentence that nobody guesses"


@dataclass
class World:
    """Two customers with a buyer each, a clerk, and our accounts."""

    customer_id: int
    other_id: int
    buyer_id: int
    clerk: Identity

    def invoice(self, cents: int = 10_000_00, customer_id: int | None = None) -> InvoiceInfo:
        line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(cents), VatCode.STANDARD)
        draft = InvoiceDraft(customer_id or self.customer_id, (line,))
        return transaction(lambda: invoices.issue(draft))

    def send(self, drawn: Drawn | bytes, *, key: str = "form-1", customer_id: int | None = None,
             claimed: tuple[str, ...] = ()) -> ProofInfo:  # fmt: skip
        data = drawn if isinstance(drawn, bytes) else drawn.data
        upload = proofs.store(data, "proof.pdf")
        sender = Sender(customer_id or self.customer_id, self.buyer_id, "portal")
        return transaction(lambda: proofs.receive(sender, upload, form_key=key, claimed=claimed))

    def read(self) -> None:
        """Let the worker's code run everything that is due, in this process."""
        jobs.run_pending(strict=True)
        db.session.expire_all()

    def judged(self, drawn: Drawn | bytes, **values: Any) -> Any:
        sent = self.send(drawn, **values)
        self.read()
        return proofs.detail(sent.public_id)


def make_world() -> World:
    def make() -> World:
        for number, ours in enumerate(names.OUR_ACCOUNTS):
            ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=number == 0)
        address = ("1 Main Road", "Rustenburg", "0299")
        first = accounts.create_customer(
            "KDR001", CustomerDraft("Karooveld Drilling (Pty) Ltd", "ap@karoo.example", address=address)
        )
        other = accounts.create_customer(
            "ZAN002", CustomerDraft("Zandvliet Hydraulics BK", "ap@zand.example", address=address)
        )
        buyer = accounts.create_user("buyer@karoo.example", "Thandi Mokoena", PASSWORD, memberships=[(first, "buyer")])
        accounts.create_user("buyer@zand.example", "Pieter Botha", PASSWORD, memberships=[(other, "buyer")])
        clerk = accounts.create_user("clerk@us.example", "Nomvula Dlamini", PASSWORD, staff_roles=["clerk"])
        me = Identity(clerk, "Nomvula Dlamini", "clerk@us.example", frozenset({"clerk"}), None, None, None, None, 0)
        return World(first, other, buyer, me)

    return transaction(make)


@pytest.fixture
def world(app: Any) -> World:
    return make_world()


@pytest.fixture
def proof_of() -> Callable[..., Drawn]:
    """A PDF that pays an invoice exactly, or what the test wants different."""

    def make(invoice: InvoiceInfo, *, style: str = "fnb", form: str = "pdf", seed: int = 1, **changes: Any) -> Drawn:
        told: dict[str, Any] = {
            "amount": invoice.balance, "paid_on": clock.today(), "reference": invoice.reference, "seed": seed, **changes,
        }  # fmt: skip
        return draw(ProofFacts(**told), style=style, form=form)

    return make


@pytest.fixture
def signed_in(app: Any) -> Callable[[str], Any]:
    """A browser of this person."""

    def make(email: str) -> Any:
        client = app.test_client()
        client.get("/login")
        answer = client.post("/login", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        return client

    return make


def as_file(drawn: Drawn | bytes, name: str = "proof.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(drawn if isinstance(drawn, bytes) else drawn.data), name
