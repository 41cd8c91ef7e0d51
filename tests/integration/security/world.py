"""Two customers with the same things each, a third with nothing, our people in every role, and their signed-in sessions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Flask
from PIL import Image

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, CustomerInfo, MemberDraft, ReleasePolicy
from portal.banking import service as banking
from portal.catalog import service as catalog
from portal.catalog.types import DocumentKind, ListDraft, ProductInfo
from portal.content import service as content
from portal.content.types import Content, Item
from portal.core import clock
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES, Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.demo import names
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from portal.invoices import service as invoices
from portal.invoices.service import crediting, disputing, drafting, proving
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo
from portal.invoices.types.credit import CreditDraft
from portal.invoices.types.dunning import DisputeState
from portal.ledger import service as ledger
from portal.ledger.types import Broken, Held
from portal.orders import service as orders
from portal.orders.types.quotes import Offer
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import files, jobs, saved_views
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
    #: an order of which part left with two notes, and the rest may
    released: str
    #: received, with a photo
    delivery: str
    #: left, and nobody said yet who took it
    on_the_way: str
    #: an order above its buyer's limit
    asked: str
    #: sent, to be decided
    quote: str
    #: priced, to be sent
    quote_asked: str
    #: a saved address
    place_id: int
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
    #: for an invoice of its own
    credit_note: str
    invitation_id: int
    invitation_token: str
    #: a payment that the bank has shown
    receipt_id: int
    #: on the PDF of its invoice
    verify_code: str

    @property
    def marks(self) -> tuple[str, ...]:
        """Words that no other customer may ever read."""
        return (
            self.code, self.name, self.order, self.held, self.released, self.delivery, self.on_the_way, self.asked,
            self.quote, self.quote_asked, self.invoice, self.proof, self.review, self.duplicate, self.linked,
            self.credit_note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What is moved, given up and given back of the first customer's money, and what is under watch."""

    #: a payment that is credit
    payment_id: int
    #: waits for a second person
    refund_id: int
    #: holds another refund
    file_id: int
    #: waits for a second person
    write_off_id: int
    #: looked at and not taken over
    import_id: int
    #: something broken that names nobody
    finding_id: int
    #: what the customer owes
    account_id: int


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
    #: an invoice that a clerk writes for the first customer
    draft_id: int
    #: a price list of the first customer, and one of its prices
    list_id: int
    row_id: int
    #: of the first product
    picture_id: int
    document_id: int
    #: of the clerk, and a file that the first customer's buyer had made
    view_id: int
    file_id: str
    #: of an invoice of the first customer
    dispute_id: int
    money: GivenBack
    #: a table of products that nobody has written yet
    import_id: int
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
    transaction(_a_written_piece)
    product, spare = catalog.product_by_sku("HH-12-R2AT"), catalog.product_by_sku("SK-1")
    first = _customer("ONE001", "Firstling Drilling (Pty) Ltd", "first", 1)
    second = _customer("TWO002", "Secondary Hydraulics BK", "second", 2)
    transaction(lambda: _people(_company("TRE003", "Thirdparty Mining CC", "third"), "third"))
    message = transaction(lambda: content.leave_message("Lerato", "lerato@x.example", "Lerato Tools", "Do you rent?"))
    payer, *_ = learning.memories(customer=first.code)[0]
    world = World(
        first, second, product, spare, message, _failed_job(), ledger.our_accounts()[0].id, _sampled(app, first),
        payer.id, payer.marks[0].id, _token(first), _draft_invoice(first.customer_id),
        *_prices_of(first, product), *_details_of(product), _view(), _file(app, first), _dispute(first),
        _given_back(first), _imported(spare), *_lines(),
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


def _a_written_piece() -> None:
    manager = accounts.staff_with("manager")[0]
    by = replace(_clerk(), user_id=manager.id, name=manager.name)
    content.write("notes", Content(items=(Item("Yards", "Open from six", "truck"),)), seen=0, by=by)


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
    released = _order(who, f"third-of-{domain}", 5)
    delivery, on_the_way = _delivered(released, f"{domain} stores")
    asked, quote, quote_asked = _asked(who, domain), _quote(who, "1"), _quote(who, "2", send=False)
    transaction(lambda: orders.save_address(customer_id, f"{name} stores", (f"{name} stores", "Gate 4")))
    (place,) = orders.addresses(customer_id)
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
        customer_id, code, name, people, order, held, released, delivery, on_the_way, asked, quote, quote_asked,
        place.id, invoice.number, proof, review, duplicate, linked, waiting.id, _settle(customer_id, settled),
        invoices.pay_token(linked_to.number), token, _credit_note(customer_id), *_invitation(customer_id, domain),
        _receipt_of(settled),
        _code_of(invoice),
    )  # fmt: skip


def _invitation(customer_id: int, domain: str) -> tuple[int, str]:
    draft = MemberDraft(f"{domain.title()} newcomer", f"newcomer@{domain}.example", "buyer")
    made = transaction(lambda: accounts.invite(customer_id, draft, by=_clerk()))
    return made, accounts.invitation_link(made, 1).rsplit("/", 1)[1]


def _delivered(number: str, receiver: str) -> tuple[str, str]:
    """Two of five left and were received; one more left."""
    manager, picture = _our("manager"), io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(picture, "PNG")
    transaction(lambda: orders.release_by_hand(number, "Known for years", by=manager))
    (line,) = orders.open_lines(orders.order(number))
    sent = [
        transaction(partial(orders.deliver, number, {line.line_id: n}, f"{number}-{n}", seen=seen, by=manager)).number
        for seen, n in enumerate((2, 1))
    ]
    receipt = partial(orders.record_receipt, sent[0], receiver, clock.now(), by=manager, picture=picture.getvalue())
    transaction(receipt)
    return sent[0], sent[1]


def _asked(who: Identity, domain: str) -> str:
    """An order that waits for an approver; the limit is taken away again."""
    assert who.customer_id is not None
    for limit in (Money.zar(1_00), None):
        seen = accounts.member(who.customer_id, who.user_id).fingerprint
        change = partial(accounts.change_member, who.customer_id, who.user_id, "buyer", limit, seen=seen, by=_clerk())
        if limit is None:
            number = _order(who, f"asked-of-{domain}")
        transaction(change)
    return number


def _quote(who: Identity, key: str, *, send: bool = True) -> str:
    words, manager, until = f"Hoses for {who.customer_name}", _our("manager"), clock.today() + timedelta(days=7)
    made = transaction(lambda: orders.ask_for_quote(who, words, key.rjust(36, "q"), with_cart=False))
    line = Offer("HH-12-R2AT", 3, Money.zar(4_000_00))
    priced = transaction(lambda: orders.price_quote(made.number, [line], until, "Ex stock", seen=1, by=manager))
    if send:
        transaction(lambda: orders.send_quote(made.number, seen=priced.version, by=manager))
    return made.number


def _our(role: str) -> Identity:
    person = next(each for each in accounts.staff_with(role) if each.email == EMAILS[role])
    return Identity(person.id, f"Our {role}", EMAILS[role], frozenset({role}), None, None, None, None, 0)


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


def _order(who: Identity, key: str, count: int = 1) -> str:
    transaction(lambda: orders.add_to_cart(who, "HH-12-R2AT", count))
    return transaction(lambda: orders.place_order(who, "PO 88123", key.ljust(36, "-"))).number


def _set_policy(info: CustomerInfo, policy: ReleasePolicy) -> None:
    """On account and without a limit, every order is held."""
    draft = replace(_draft(info.name, info.email), release_policy=policy)
    seen = accounts.customer(info.id).fingerprint
    transaction(lambda: accounts.change_customer(info.code, draft, seen=seen))


def _invoice(customer_id: int, cents: int) -> InvoiceInfo:
    line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(cents), VatCode.ZERO)
    return transaction(lambda: invoices.issue(InvoiceDraft(customer_id, (line,))))


def _receipt_of(invoice: InvoiceInfo) -> int:
    return payments.of_invoice(invoice.id)[0].id


def _code_of(invoice: InvoiceInfo) -> str:
    facts = proving.invoice_facts(invoices.document(invoice.number))
    return proving.seal(invoice.number, facts).url.rpartition("/")[2]


def _credit_note(customer_id: int) -> str:
    """Of an invoice of its own, so that nothing else of the world is smaller by it."""
    draft = CreditDraft(_invoice(customer_id, 55_00).number, "Came back")
    return transaction(lambda: crediting.credit(draft, key=f"credit-{customer_id}")).number


def _dispute(things: Things) -> int:
    number = _invoice(things.customer_id, 66_00).number
    who = Identity(
        things.people["buyer"], "First buyer", "buyer@first.example", frozenset(), things.customer_id, things.name,
        things.code, "buyer", 0,
    )  # fmt: skip
    transaction(lambda: disputing.dispute(number, "Only half of it came", by=who))
    return disputing.list_page(DisputeState.OPEN).items[0].id


def _draft_invoice(customer_id: int) -> int:
    line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(77_00), VatCode.ZERO)
    written = InvoiceDraft(customer_id, (line,), delivery=("Plot 7",))
    return transaction(lambda: drafting.save(written, by="Our clerk")).id


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


def _prices_of(things: Things, product: ProductInfo) -> tuple[int, int]:
    """A price list of one customer, from a quantity on that no test here orders; gives it and its one row."""

    def make() -> int:
        made = catalog.create_list(ListDraft(f"List of {things.code}", "ZAR", clock.today(), None, everybody=False))
        catalog.set_price(made.id, product.sku, 50, Money.zar(4_000_00))
        catalog.give_list(made.id, things.code)
        catalog.keep_stock(product.id, 5)
        catalog.count(product.id, 40, "first count")
        return made.id

    list_id = transaction(make)
    return list_id, catalog.listed_prices(list_id).items[0].id


def _details_of(product: ProductInfo) -> tuple[int, int]:
    """The picture of a product, and a paper that goes with it."""
    paper = b"%PDF-1.4\n%%EOF\n"
    transaction(lambda: catalog.add_document(product.sku, paper, DocumentKind.SDS, "Safety data sheet"))
    return catalog.pictures(product.id)[0].id, catalog.documents(product.id)[0].id


def _imported(product: ProductInfo) -> int:
    table = f"code,price\n{product.sku},2.50\n".encode()
    return transaction(lambda: catalog.read_table(table, "prices.csv", by="Our clerk")).id


def _token(things: Things) -> int:
    made = partial(accounts.issue_token, things.customer_id, "Stock system", ["proofs:read"], 30)
    transaction(lambda: made(by=_clerk(), key="t" * 36))
    return accounts.tokens_of(things.customer_id)[0].id


def _view() -> int:
    clerk = _clerk().user_id
    return transaction(lambda: saved_views.save(clerk, "/staff/invoices", "Paid", "show=paid")).id


def _file(app: Flask, things: Things) -> str:
    who = Identity(
        things.people["buyer"], "Buyer", "b@x.example", frozenset(), things.customer_id, things.name, things.code,
        "buyer", 0,
    )  # fmt: skip
    made = transaction(lambda: files.start("/invoices?show=all", "csv", by=who)).public_id
    jobs.run_pending(queues=("default",), strict=True)
    return made


def _given_back(things: Things) -> GivenBack:
    clerk, bank = _clerk().user_id, ledger.our_accounts()[0].id
    to = payments.beneficiary("Firstling", "FNB", "250655", "62841190736")
    received = BankReceipt(Money.zar(9_000_00), clock.today(), bank, "TWICE")
    paid = transaction(
        lambda: payments.record_receipt(things.customer_id, received, [], key="given-back-1", by=clerk)
    ).payment_id
    ask = partial(payments.ask_refund, paid, to=to, reason="Paid twice", by=clerk)
    small = transaction(lambda: ask(amount=Money.zar(10_00), key="given-back-2"))
    file = transaction(lambda: payments.send_refunds([small.id], bank, key="given-back-3", by=clerk))
    large = transaction(lambda: ask(amount=Money.zar(3_000_00), key="given-back-4"))
    lost = _invoice(things.customer_id, 321_00)
    off = transaction(lambda: payments.ask_bad_debt(lost.id, "Gone", key="given-back-5", by=clerk))
    balances = b"record,customer,amount,words\ncredit,ONE001,1.00,Old credit"
    opening = transaction(lambda: payments.look_at("old.csv", balances, clock.today(), by=clerk))
    broken = Held("ledger: test", (Broken("ledger: test", "row 1", "it is wrong"),))
    transaction(lambda: ledger.follow("test", [broken]))
    found = ledger.findings_page().items[0].id
    owed = ledger.accounts_of(things.customer_id)[0].id
    return GivenBack(paid, large.id, file.id, off.id, opening, found, owed)


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
