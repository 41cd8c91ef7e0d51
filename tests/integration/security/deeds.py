"""What was done in the world before the tests begin, a deed each: orders, papers, money, quotes, lists."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from functools import partial
from typing import Any

from flask import Flask
from PIL import Image

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, CustomerInfo, ReleasePolicy
from portal.banking import service as banking
from portal.catalog import service as catalog
from portal.catalog.types import DocumentKind, ListDraft, ProductInfo
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
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
from portal.payments.service import online
from portal.payments.types import BankReceipt
from portal.platform import files, jobs, saved_views
from portal.platform.db import transaction
from portal.proofs import service as proofs
from portal.proofs.service import incoming, switching
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofState, Sender
from tests.integration.security.things import EMAILS, GivenBack, Things
from tests.unit.banking.files import Told, fnb


def send_a_mail() -> str:
    """A mail with a document, to no customer's address; its public id."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "somebody@elsewhere.example", "proofs@us.example", "Our payment"
    mail.set_content("We paid. Find it attached.")
    facts = ProofFacts(amount=Money.zar(77_00), paid_on=clock.today(), reference="7K04M2X3", seed=77)
    mail.add_attachment(draw(facts, style="fnb").data, maintype="application", subtype="pdf", filename="proof.pdf")
    kept = incoming.keep(mail.as_bytes())
    transaction(lambda: incoming.take(kept))
    return incoming.mails(waiting=True)[0][0].public_id


def facts_of(name: str, email: str) -> CustomerDraft:
    return CustomerDraft(name, email, vat_number="4111222333", address=("1 Main Road", "Rustenburg", "0299"))


def deliver_parts(number: str, receiver: str) -> tuple[str, str]:
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


def ask_above_limit(who: Identity, domain: str) -> str:
    """An order that waits for an approver; the limit is taken away again."""
    assert who.customer_id is not None
    for limit in (Money.zar(1_00), None):
        seen = accounts.member(who.customer_id, who.user_id).fingerprint
        change = partial(
            accounts.change_member, who.customer_id, who.user_id, "buyer", limit, seen=seen, by=our_clerk()
        )
        if limit is None:
            number = place_order(who, f"asked-of-{domain}")
        transaction(change)
    return number


def quote_goods(who: Identity, key: str, *, send: bool = True) -> str:
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


def import_lines() -> tuple[int, int]:
    """Two lines of a statement: one left, one that a clerk set aside."""
    account = ledger.our_accounts()[0]
    told = [Told(clock.today(), 47_11, "UNKNOWN PAYER"), Told(clock.today(), 8_15, "REFUND OF STAMPS")]
    content = fnb(told, account.number).encode()
    transaction(lambda: banking.import_statement(content, "march.csv", account.id))
    jobs.run_pending(strict=True)
    left, aside = (each.id for each in banking.lines().items)
    transaction(lambda: banking.ignore(aside, "Not a customer", by=our_clerk().user_id))
    return left, aside


def hand_over(things: Things) -> str:
    """A payment of an invoice of its own that a gateway carries; the invoice's mail is gone at once."""
    number = issue(things.customer_id, 88_00).number
    jobs.run_pending(queues=("notifications",))
    return transaction(lambda: online.begin("payfast", number, things.customer_id, key="handed-over")).token


def place_order(who: Identity, key: str, count: int = 1) -> str:
    transaction(lambda: orders.add_to_cart(who, "HH-12-R2AT", count))
    return transaction(lambda: orders.place_order(who, "PO 88123", key.ljust(36, "-"))).number


def set_policy(info: CustomerInfo, policy: ReleasePolicy) -> None:
    """On account and without a limit, every order is held."""
    draft = replace(facts_of(info.name, info.email), release_policy=policy)
    seen = accounts.customer(info.id).fingerprint
    transaction(lambda: accounts.change_customer(info.code, draft, seen=seen))


def issue(customer_id: int, cents: int) -> InvoiceInfo:
    line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(cents), VatCode.ZERO)
    return transaction(lambda: invoices.issue(InvoiceDraft(customer_id, (line,))))


def receipt_of(invoice: InvoiceInfo) -> int:
    return payments.of_invoice(invoice.id)[0].id


def code_of(invoice: InvoiceInfo) -> str:
    facts = proving.invoice_facts(invoices.document(invoice.number))
    return proving.seal(invoice.number, facts).url.rpartition("/")[2]


def credit(customer_id: int) -> str:
    """Of an invoice of its own, so that nothing else of the world is smaller by it."""
    draft = CreditDraft(issue(customer_id, 55_00).number, "Came back")
    return transaction(lambda: crediting.credit(draft, key=f"credit-{customer_id}")).number


def dispute(things: Things) -> int:
    number = issue(things.customer_id, 66_00).number
    who = Identity(
        things.people["buyer"], "First buyer", "buyer@first.example", frozenset(), things.customer_id, things.name,
        things.code, "buyer", 0,
    )  # fmt: skip
    transaction(lambda: disputing.dispute(number, "Only half of it came", by=who))
    return disputing.list_page(DisputeState.OPEN).items[0].id


def write_draft(customer_id: int) -> int:
    line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", Money.zar(77_00), VatCode.ZERO)
    written = InvoiceDraft(customer_id, (line,), delivery=("Plot 7",))
    return transaction(lambda: drafting.save(written, by="Our clerk")).id


def draw_paper(invoice: InvoiceInfo, seed: int, **changes: Any) -> bytes:
    told = {
        "amount": invoice.balance,
        "paid_on": clock.today(),
        "reference": invoice.reference,
        "seed": seed,
        **changes,
    }
    return draw(ProofFacts(**told), style="fnb", form="pdf").data


def send(who: Identity, data: bytes, via: str, seed: int, claimed: tuple[str, ...] = ()) -> str:
    upload = proofs.store(data, f"proof of {who.customer_code}.pdf")
    assert who.customer_id is not None
    sender = Sender(who.customer_id, who.user_id if via == "portal" else None, via)
    return transaction(lambda: proofs.receive(sender, upload, form_key=f"{seed}", claimed=claimed)).public_id


def accept(public_id: str, invoice: InvoiceInfo) -> None:
    """A clerk, and not the reading of a picture, makes it verified: every run has the same world."""
    seen = proofs.detail(public_id).info
    accepted = Acceptance(invoice.balance, clock.today(), (Share(invoice.number, invoice.balance),), "Seen")
    transaction(lambda: proofs.accept(public_id, accepted, by=our_clerk(), seen_version=seen.version))


def our_clerk() -> Identity:
    (person,) = accounts.staff_with("clerk")
    return Identity(person.id, "Our clerk", EMAILS["clerk"], frozenset({"clerk"}), None, None, None, None, 0)


def demand(public_id: str, state: ProofState) -> None:
    found = proofs.detail(public_id)
    assert found.info.state is state, (found.info.state, found.verdict)


def settle(customer_id: int, invoice: InvoiceInfo) -> int:
    """Money at the bank for an invoice; gives the journal it made."""
    bank = ledger.our_accounts()[0].id
    received = BankReceipt(invoice.balance, clock.today(), bank, "MAGTAPE CREDIT")
    key = f"settled-{invoice.number}"
    transaction(lambda: payments.record_receipt(customer_id, received, [invoice.id], key=key, by=None))
    return ledger.journals_page(limit=1).items[0].id


def accept_by_itself(app: Flask, things: Things) -> str:
    """The one proof that the rules accept by themselves, drawn for a person."""
    careful = app.extensions["settings"]
    app.extensions["settings"] = replace(careful, review_all_proofs=False)
    transaction(lambda: switching.AUDIT_SHARE.change(10_000, seen_version=0))
    data = draw_paper(issue(things.customer_id, 1_234_00), 77)
    sender = Sender(things.customer_id, things.people["buyer"], "portal")
    upload, read = proofs.store(data, f"proof of {things.code}.pdf"), proofs.prepare(data)
    sent = transaction(lambda: proofs.take_read(sender, upload, read, form_key="77")).public_id
    demand(sent, ProofState.VERIFIED)
    jobs.run_pending(queues=("notifications",))  # its mail is gone before any test looks for mails
    app.extensions["settings"] = careful
    return sent


def list_prices(things: Things, product: ProductInfo) -> tuple[int, int]:
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


def describe(product: ProductInfo) -> tuple[int, int]:
    """The picture of a product, and a paper that goes with it."""
    paper = b"%PDF-1.4\n%%EOF\n"
    transaction(lambda: catalog.add_document(product.sku, paper, DocumentKind.SDS, "Safety data sheet"))
    return catalog.pictures(product.id)[0].id, catalog.documents(product.id)[0].id


def read_table(product: ProductInfo) -> int:
    table = f"code,price\n{product.sku},2.50\n".encode()
    return transaction(lambda: catalog.read_table(table, "prices.csv", by="Our clerk")).id


def give_token(things: Things) -> int:
    made = partial(accounts.issue_token, things.customer_id, "Stock system", ["proofs:read"], 30)
    transaction(lambda: made(by=our_clerk(), key="t" * 36))
    return accounts.tokens_of(things.customer_id)[0].id


def keep_view() -> int:
    clerk = our_clerk().user_id
    return transaction(lambda: saved_views.save(clerk, "/staff/invoices", "Paid", "show=paid")).id


def have_file_made(app: Flask, things: Things) -> str:
    who = Identity(
        things.people["buyer"], "Buyer", "b@x.example", frozenset(), things.customer_id, things.name, things.code,
        "buyer", 0,
    )  # fmt: skip
    made = transaction(lambda: files.start("/invoices?show=all", "csv", by=who)).public_id
    jobs.run_pending(queues=("default",), strict=True)
    return made


def give_back(things: Things) -> GivenBack:
    clerk, bank = our_clerk().user_id, ledger.our_accounts()[0].id
    to = payments.beneficiary("Firstling", "FNB", "250655", "62841190736")
    received = BankReceipt(Money.zar(9_000_00), clock.today(), bank, "TWICE")
    paid = transaction(
        lambda: payments.record_receipt(things.customer_id, received, [], key="given-back-1", by=clerk)
    ).payment_id
    ask = partial(payments.ask_refund, paid, to=to, reason="Paid twice", by=clerk)
    small = transaction(lambda: ask(amount=Money.zar(10_00), key="given-back-2"))
    file = transaction(lambda: payments.send_refunds([small.id], bank, key="given-back-3", by=clerk))
    large = transaction(lambda: ask(amount=Money.zar(3_000_00), key="given-back-4"))
    lost = issue(things.customer_id, 321_00)
    off = transaction(lambda: payments.ask_bad_debt(lost.id, "Gone", key="given-back-5", by=clerk))
    balances = b"record,customer,amount,words\ncredit,ONE001,1.00,Old credit"
    opening = transaction(lambda: payments.look_at("old.csv", balances, clock.today(), by=clerk))
    broken = Held("ledger: test", (Broken("ledger: test", "row 1", "it is wrong"),))
    transaction(lambda: ledger.follow("test", [broken]))
    found = ledger.findings_page().items[0].id
    owed = ledger.accounts_of(things.customer_id)[0].id
    return GivenBack(paid, large.id, file.id, off.id, opening, found, owed)
