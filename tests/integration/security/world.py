"""Two customers with the same things each, a third with nothing, our people in every role, and their signed-in sessions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Flask
from PIL import Image

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, CustomerInfo, ReleasePolicy
from portal.banking import service as banking
from portal.catalog import service as catalog
from portal.catalog.types import ProductInfo
from portal.content import service as content
from portal.core import clock
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES, Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.demo import names
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.platform.jobs import registry
from portal.proofs import service as proofs
from portal.proofs.service import learning, switching
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofState, Sender
from tests.integration.payments.company import PASSWORD, password_hash
from tests.unit.banking.files import Told, fnb

FAILING = "test.security"


@dataclass(frozen=True, slots=True)
class Things:
    """What one customer has; each number and id belongs to this customer alone."""

    customer_id: int
    code: str
    name: str
    people: Mapping[str, int]
    order: str
    #: an order that waits for a manager
    held: str
    #: open, with a proof under way
    invoice: str
    #: verified from its document; its payment waits for the bank
    proof: str
    #: waits for a clerk
    review: str
    #: shows a payment that was sent before; the customer may appeal
    duplicate: str
    #: sent through the signed link of its invoice
    linked: str
    payment_id: int
    journal_id: int
    pay_token: str
    password_token: str

    @property
    def marks(self) -> tuple[str, ...]:
        """Words that no other customer may ever read."""
        return (
            self.code, self.name, self.order, self.held, self.invoice, self.proof, self.review, self.duplicate,
            self.linked,
        )  # fmt: skip


@dataclass(slots=True)
class World:
    first: Things
    second: Things
    product: ProductInfo
    spare: ProductInfo
    message_id: int
    job_id: int
    bank_id: int
    #: accepted without a person, and drawn for one; its customer is the first
    sampled: str
    #: what a clerk's decision taught of a payer, and that decision
    memory_id: int
    mark_id: int
    #: of a program of the first customer
    token_id: int
    #: a line of a bank statement that nobody has explained, and one that was set aside
    line_id: int
    aside_id: int
    #: e-mail address → session cookie and form token
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)


#: whom each role of a test signs in as; stranger is the second customer's buyer, nobody's customer has nothing
EMAILS = {
    **{role: f"{role}@first.example" for role in CUSTOMER_ROLES},
    "stranger": "buyer@second.example",
    "newcomer": "buyer@third.example",
    **{role: f"{role}@us.example" for role in STAFF_ROLES},
}


def build(app: Flask) -> World:
    """Make everything once; must run inside the application's context on an empty database."""
    transaction(_bank_and_shelf)
    transaction(_our_people)
    product, spare = catalog.product_by_sku("HH-12-R2AT"), catalog.product_by_sku("SK-1")
    first = _customer("ONE001", "Firstling Drilling (Pty) Ltd", "first", 1)
    second = _customer("TWO002", "Secondary Hydraulics BK", "second", 2)
    transaction(lambda: _people(_company("TRE003", "Thirdparty Mining CC", "third"), "third"))
    message = transaction(lambda: content.leave_message("Lerato", "lerato@x.example", "Lerato Tools", "Do you rent?"))
    payer, *_ = learning.memories(customer=first.code)[0]
    world = World(
        first, second, product, spare, message, _failed_job(), ledger.our_accounts()[0].id, _sampled(app, first),
        payer.id, payer.marks[0].id, _token(first), *_lines(),
    )  # fmt: skip
    for email in EMAILS.values():
        world.sessions[email] = _sign_in(app, email)
    db.session.rollback()
    return world


def _bank_and_shelf() -> None:
    ours = names.OUR_ACCOUNTS[0]
    ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=True)
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
    shelf = catalog.create_category("Hydraulics and hoses", icon="link-2").slug
    catalog.create_product(
        "HH-12-R2AT", "Hydraulic hose 1/2 inch", description="Two steel braids.", category=shelf, unit="roll",
        pack="50 m roll", price=Money.zar(4_350_00), picture=picture.getvalue(),
    )  # fmt: skip
    catalog.create_product("SK-1", "Seal kit", description="", category=shelf, unit="each", price=Money.zar(2_27))


def _our_people() -> None:
    for role in STAFF_ROLES:
        name = f"Our {role}"
        accounts.create_user(EMAILS[role], name, None, staff_roles=[role], password_hash=password_hash())


def _company(code: str, name: str, domain: str) -> int:
    return accounts.create_customer(code, _draft(name, f"ap@{domain}.example"))


def _draft(name: str, email: str) -> CustomerDraft:
    return CustomerDraft(name, email, vat_number="4111222333", address=("1 Main Road", "Rustenburg", "0299"))


def _people(customer_id: int, domain: str) -> dict[str, int]:
    create = partial(accounts.create_user, password=None, password_hash=password_hash())
    return {
        role: create(f"{role}@{domain}.example", f"{domain.title()} {role}", memberships=[(customer_id, role)])
        for role in CUSTOMER_ROLES
    }


def _customer(code: str, name: str, domain: str, seed: int) -> Things:
    customer_id = transaction(lambda: _company(code, name, domain))
    people = transaction(lambda: _people(customer_id, domain))
    who = Identity(
        people["buyer"], f"{domain.title()} buyer", f"buyer@{domain}.example", frozenset(), customer_id, name, code,
        "buyer", 0,
    )  # fmt: skip
    info = accounts.customer(customer_id)
    order = _order(who, f"first-of-{domain}")
    _set_policy(info, ReleasePolicy.ACCOUNT)
    held = _order(who, f"second-of-{domain}")
    _set_policy(info, ReleasePolicy.CLEARED)
    transaction(lambda: orders.add_to_cart(who, "HH-12-R2AT", 2))
    invoice = invoices.by_number(orders.order(order).invoice_number or "")
    settled, linked_to = _invoice(customer_id, 700_00), _invoice(customer_id, 900_00)
    paper = _paper(invoice, seed)
    proof = _send(who, paper, "portal", seed)
    review = _send(who, _paper(invoice, seed + 10, beneficiary_account="62000000001"), "portal", seed)
    jobs.run_pending(strict=True)
    _accept(proof, invoice)
    duplicate = _send(who, paper, "portal", seed + 1)
    jobs.run_pending(strict=True)
    linked = _send(who, _paper(linked_to, seed + 20), "link", seed, (linked_to.number,))
    transaction(lambda: proofs.ask(review, "Which invoice is this for?", by=_clerk()))
    _demand(proof, ProofState.VERIFIED)
    _demand(review, ProofState.REVIEW)
    _demand(duplicate, ProofState.DUPLICATE)
    waiting = payments.by_proof(proofs.detail(proof).info.id)
    assert waiting is not None
    token = accounts.password_link(people["accountant"], 1, "invitation").rsplit("/", 1)[1]
    return Things(
        customer_id, code, name, people, order, held, invoice.number, proof, review, duplicate, linked, waiting.id,
        _settle(customer_id, settled), invoices.pay_token(linked_to.number), token,
    )  # fmt: skip


def _lines() -> tuple[int, int]:
    """Two lines of a statement: one left, one that a clerk set aside."""
    account = ledger.our_accounts()[0]
    told = [Told(clock.today(), 47_11, "UNKNOWN PAYER"), Told(clock.today(), 8_15, "REFUND OF STAMPS")]
    content = fnb(told, account.number).encode()
    transaction(lambda: banking.import_statement(content, "march.csv", account.id))
    jobs.run_pending(strict=True)
    left, aside = (each.id for each in banking.lines().items)
    transaction(lambda: banking.ignore(aside, "Not a customer", by=_clerk().user_id))
    return left, aside


def _order(who: Identity, key: str) -> str:
    transaction(lambda: orders.add_to_cart(who, "HH-12-R2AT", 1))
    return transaction(lambda: orders.place_order(who, "PO 88123", key.ljust(36, "-"))).number


def _set_policy(info: CustomerInfo, policy: ReleasePolicy) -> None:
    """On account and without a limit, every order is held."""
    draft = replace(_draft(info.name, info.email), release_policy=policy)
    seen = accounts.customer(info.id).fingerprint
    transaction(lambda: accounts.change_customer(info.code, draft, seen=seen))


def _invoice(customer_id: int, cents: int) -> InvoiceInfo:
    line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(cents), VatCode.ZERO)
    return transaction(lambda: invoices.issue(InvoiceDraft(customer_id, (line,))))


def _paper(invoice: InvoiceInfo, seed: int, **changes: Any) -> bytes:
    told = {
        "amount": invoice.balance,
        "paid_on": clock.today(),
        "reference": invoice.reference,
        "seed": seed,
        **changes,
    }
    return draw(ProofFacts(**told), style="fnb", form="pdf").data


def _send(who: Identity, data: bytes, via: str, seed: int, claimed: tuple[str, ...] = ()) -> str:
    upload = proofs.store(data, f"proof of {who.customer_code}.pdf")
    assert who.customer_id is not None
    sender = Sender(who.customer_id, who.user_id if via == "portal" else None, via)
    return transaction(lambda: proofs.receive(sender, upload, form_key=f"{seed}", claimed=claimed)).public_id


def _accept(public_id: str, invoice: InvoiceInfo) -> None:
    """A clerk, and not the reading of a picture, makes it verified: every run has the same world."""
    seen = proofs.detail(public_id).info
    accepted = Acceptance(invoice.balance, clock.today(), (Share(invoice.number, invoice.balance),), "Seen")
    transaction(lambda: proofs.accept(public_id, accepted, by=_clerk(), seen_version=seen.version))


def _clerk() -> Identity:
    (person,) = accounts.staff_with("clerk")
    return Identity(person.id, "Our clerk", EMAILS["clerk"], frozenset({"clerk"}), None, None, None, None, 0)


def _demand(public_id: str, state: ProofState) -> None:
    found = proofs.detail(public_id)
    assert found.info.state is state, (found.info.state, found.verdict)


def _settle(customer_id: int, invoice: InvoiceInfo) -> int:
    """Money at the bank for an invoice; gives the journal it made."""
    bank = ledger.our_accounts()[0].id
    received = BankReceipt(invoice.balance, clock.today(), bank, "MAGTAPE CREDIT")
    key = f"settled-{invoice.number}"
    transaction(lambda: payments.record_receipt(customer_id, received, [invoice.id], key=key, by=None))
    return ledger.journals_page(limit=1).items[0].id


def _sampled(app: Flask, things: Things) -> str:
    """The one proof that the rules accept by themselves, drawn for a person."""
    careful = app.extensions["settings"]
    app.extensions["settings"] = replace(careful, review_all_proofs=False)
    transaction(lambda: switching.AUDIT_SHARE.change(10_000, seen_version=0))
    data = _paper(_invoice(things.customer_id, 1_234_00), 77)
    sender = Sender(things.customer_id, things.people["buyer"], "portal")
    upload, read = proofs.store(data, f"proof of {things.code}.pdf"), proofs.prepare(data)
    sent = transaction(lambda: proofs.take_read(sender, upload, read, form_key="77")).public_id
    _demand(sent, ProofState.VERIFIED)
    jobs.run_pending(queues=("notifications",))  # its mail is gone before any test looks for mails
    app.extensions["settings"] = careful
    return sent


def _token(things: Things) -> int:
    made = partial(accounts.issue_token, things.customer_id, "Stock system", ["proofs:read"], 30)
    transaction(lambda: made(by=_clerk(), key="t" * 36))
    return accounts.tokens_of(things.customer_id)[0].id


def _failed_job() -> int:
    def work(_payload: dict[str, Any]) -> None:
        raise jobs.GiveUp("the mail server refused")

    jobs.register(FAILING, queue="notifications", work=work, effect=lambda _p, _r: None, words="Send a test mail")
    job_id = transaction(lambda: jobs.enqueue(FAILING, {}))
    jobs.run_pending()
    registry._handlers.pop(FAILING)
    return job_id


def _sign_in(app: Flask, email: str) -> tuple[str, str]:
    browser = app.test_client()
    browser.get("/login")
    answer = browser.post("/login", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    browser.get("/account")
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value, browser.token
