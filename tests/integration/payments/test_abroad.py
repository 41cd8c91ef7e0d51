"""Dollars and their value in rand: exchange is gained or lost to the cent (docs/rules/foreign-money.md)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
import pytest
from sqlalchemy import text

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.catalog import service as catalog
from portal.catalog.errors import NoExchangeRate
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.models import TRIGGERS as OF_INVOICES
from portal.invoices.service import crediting, printing
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind, JournalKind
from portal.payments import service as payments
from portal.payments.errors import NotSmall, WrongShares
from portal.payments.service import valuing
from portal.payments.types import BankReceipt, PaymentState
from portal.platform.db import create_triggers, db, transaction
from tests.integration.payments.abroad import Abroad, found_abroad, rand, usd
from tests.integration.payments.company import new_key
from tests.integration.soundness import broken

K = AccountKind


@pytest.fixture
def abroad(app: Any) -> Iterator[Abroad]:
    yield found_abroad()
    assert broken() == []


def test_an_export_is_rated_at_nothing_and_worth_its_total_at_the_rate_of_the_day(abroad: Abroad) -> None:
    invoice = abroad.invoice(1_234_56)

    assert (invoice.total, invoice.vat, invoice.export_to) == (usd(1_234_56), usd(0), "ZW")
    assert (invoice.rate_micros, invoice.rate_day) == (18_200_000, clock.today())
    assert invoice.rand == Money.zar(22_468_99)  # 1234.56 × 18.20 = 22 468.992
    (line,) = invoices.document(invoice.number).lines
    assert (line.vat_code, line.rate) == (VatCode.ZERO, 0)
    assert (rand(K.RECEIVABLE_RAND), rand(K.SALES)) == (22_468_99, -22_468_99)
    assert ledger.balance_of(abroad.customer_id, "USD") == usd(1_234_56)
    assert ledger.balance_of(abroad.customer_id) == Money.zar(0)


@pytest.mark.parametrize(("later", "exchange"), [("18.90", -70_00), ("17.95", 25_00), ("18.20", 0)])
def test_what_the_bank_got_more_or_less_is_exchange_gained_or_lost(abroad: Abroad, later: str, exchange: int) -> None:
    invoice = abroad.invoice()
    abroad.rate(later)

    payment = payments.payment(abroad.receive(100_00, invoice))

    assert invoices.by_id(invoice.id).balance == usd(0)
    assert (payment.rand, rand(K.BANK_RAND)) == (Money.zar(1820_00 - exchange), 1820_00 - exchange)
    assert (rand(K.RECEIVABLE_RAND), rand(K.EXCHANGE)) == (0, exchange)


def test_parts_of_an_invoice_are_worth_the_whole_to_the_cent(abroad: Abroad) -> None:
    abroad.rate("18.333333")
    invoice = abroad.invoice(100)  # R 18.33
    for _ in range(3):
        abroad.receive(33, invoice)
    assert rand(K.RECEIVABLE_RAND) == 18  # what one cent of it is worth
    abroad.receive(1, invoice)
    assert rand(K.RECEIVABLE_RAND) == 0


def test_credit_on_account_keeps_the_value_it_came_at_until_it_is_used(abroad: Abroad) -> None:
    payment_id = abroad.receive(100_00)
    assert (rand(K.UNALLOCATED_RAND), rand(K.BANK_RAND)) == (-1820_00, 1820_00)
    abroad.rate("19.00")
    invoice = abroad.invoice(60_00)
    abroad.do(lambda: payments.use_credit(payment_id, [invoice.id], key=new_key(), by=2))
    assert (rand(K.UNALLOCATED_RAND), rand(K.RECEIVABLE_RAND)) == (-728_00, 0)
    assert rand(K.EXCHANGE) == 48_00  # R 1 140.00 were owed, R 1 092.00 had come


def test_a_payment_taken_back_leaves_the_invoice_at_its_own_rate(abroad: Abroad) -> None:
    invoice = abroad.invoice()
    abroad.rate("19.00")
    payment_id = abroad.receive(150_00, invoice)
    abroad.rate("20.00")
    abroad.do(lambda: payments.reverse(payment_id, "recalled by their bank", key=new_key(), by=3))
    assert (rand(K.RECEIVABLE_RAND), rand(K.UNALLOCATED_RAND), rand(K.BANK_RAND)) == (1820_00, 0, 0)
    assert rand(K.EXCHANGE) == 0


def test_a_credit_note_takes_rand_off_at_the_rate_of_its_invoice(abroad: Abroad) -> None:
    invoice = abroad.invoice()
    abroad.rate("19.00")
    abroad.receive(100_00, invoice)
    abroad.rate("25.00")
    draft = CreditDraft(invoice.number, "Sent back")
    note = abroad.do(lambda: crediting.credit(draft, key=new_key()))

    assert (note.total, note.rand, note.freed) == (usd(100_00), Money.zar(1820_00), usd(100_00))
    assert (rand(K.SALES), rand(K.RECEIVABLE_RAND), rand(K.UNALLOCATED_RAND)) == (0, 0, -1900_00)
    assert rand(K.EXCHANGE) == 0, "the dollars are all still there, at the value they came at"


def test_a_refund_leaves_at_the_value_its_money_came_at(abroad: Abroad) -> None:
    payment_id = abroad.receive(50_00)
    abroad.rate("21.00")
    to, do = payments.beneficiary("Harare Drilling", "Stanbic", "123456", "9140000000001"), abroad.do
    made = do(lambda: payments.ask_refund(payment_id, usd(50_00), to, "Twice", key=new_key(), by=2))
    assert (made.state, rand(K.REFUNDS_RAND), rand(K.UNALLOCATED_RAND)) == ("approved", -910_00, 0)
    do(lambda: payments.send_refunds([made.id], abroad.bank_id, key=new_key(), by=2))
    do(lambda: payments.pay_refund(made.id, clock.today(), key=new_key(), by=2))
    assert (rand(K.REFUNDS_RAND), rand(K.BANK_RAND), rand(K.EXCHANGE)) == (0, 0, 0)
    do(lambda: payments.return_refund(made.id, "Account closed", key=new_key(), by=3))
    assert (rand(K.REFUNDS_RAND), rand(K.BANK_RAND), rand(K.UNALLOCATED_RAND)) == (0, 910_00, -910_00)


def test_limits_of_one_person_are_in_rand(abroad: Abroad) -> None:
    invoice = abroad.invoice()
    abroad.receive(99_70, invoice)  # thirty cents are R 5.46
    with pytest.raises(NotSmall):
        abroad.do(lambda: payments.write_off_cents(invoice.id, "Rest", key=new_key(), by=2))
    db.session.rollback()
    abroad.receive(10, invoice)  # twenty are R 3.64
    made = abroad.do(lambda: payments.write_off_cents(invoice.id, "Bank charges", key=new_key(), by=2))
    assert (rand(K.WRITE_OFF), rand(K.RECEIVABLE_RAND)) == (3_64, 0)
    abroad.do(lambda: payments.undo_write_off(made.id, "They paid", key=new_key(), by=3))
    assert (rand(K.WRITE_OFF), rand(K.RECEIVABLE_RAND)) == (0, 3_64)
    large = abroad.receive(60_00)  # R 1 092.00: above what one person may give back
    to = payments.beneficiary("H", "Stanbic", "123456", "9140000000001")
    asked = abroad.do(lambda: payments.ask_refund(large, usd(60_00), to, "Twice", key=new_key(), by=2))
    assert asked.state == "asked"


def test_money_of_one_currency_never_settles_an_invoice_of_another(abroad: Abroad) -> None:
    dollars = abroad.invoice()
    home = abroad.home
    with pytest.raises(WrongShares, match="currencies do not mix"):
        transaction(
            lambda: payments.record_receipt(
                abroad.customer_id, home.receipt(Money.zar(2000_00)), [dollars.id], key=new_key(), by=2
            )
        )
    with pytest.raises(WrongShares, match="kept in ZAR; money in USD does not come in there"):
        transaction(
            lambda: payments.record_receipt(
                abroad.customer_id, BankReceipt(usd(100_00), clock.today(), home.bank_id), [dollars.id], key=new_key()
            )
        )
    claimed = transaction(
        lambda: payments.claim(abroad.customer_id, usd(100_00), clock.today(), [(dollars.id, usd(100_00))], words="P")
    )
    with pytest.raises(WrongShares, match="The payment is in USD"):
        transaction(lambda: payments.confirm(claimed, home.receipt(Money.zar(100_00)), key=new_key(), by=2))
    rands = transaction(
        lambda: payments.record_receipt(abroad.customer_id, home.receipt(Money.zar(50_00)), [], key=new_key(), by=2)
    )
    with pytest.raises(WrongShares):
        transaction(lambda: payments.use_credit(rands.payment_id, [dollars.id], key=new_key(), by=2))
    db.session.rollback()
    assert invoices.by_id(dollars.id).balance == usd(100_00)


def test_without_a_rate_nothing_is_issued_or_booked_and_none_is_guessed(abroad: Abroad) -> None:
    invoice = abroad.invoice()
    with clock.at(clock.now() + timedelta(days=32)):
        with pytest.raises(NotIssuable, match="No USD rate counts on"):
            abroad.invoice()
        with pytest.raises(NoExchangeRate):
            abroad.receive(100_00, invoice)
        db.session.rollback()
        abroad.rate("18.50")
        abroad.receive(100_00, invoice)
        abroad.invoice()
    db.session.rollback()
    assert invoices.by_id(invoice.id).balance == usd(0)


def test_dollars_are_for_zero_rated_exports_only(abroad: Abroad) -> None:
    def draft(customer_id: int, price: Money, code: VatCode = VatCode.STANDARD) -> InvoiceDraft:
        return InvoiceDraft(customer_id, (DraftLine("Hose", "H", Decimal(1), "each", price, code),))

    for customer_id, code, words in (
        (abroad.home.customer_id, VatCode.ZERO, "for exports only"),
        (abroad.customer_id, VatCode.EXEMPT, "zero-rated exports only"),
    ):
        with pytest.raises(NotIssuable, match=words):
            transaction(lambda c=customer_id, v=code: invoices.issue(draft(c, usd(1_00), v)))  # type: ignore[misc]
    in_rand = transaction(lambda: invoices.issue(draft(abroad.customer_id, Money.zar(100_00))))
    assert (in_rand.vat, in_rand.export_to, in_rand.rand) == (Money.zar(0), "ZW", None)
    at_home = transaction(lambda: invoices.issue(draft(abroad.home.customer_id, Money.zar(100_00))))
    assert (at_home.vat, at_home.export_to) == (Money.zar(15_00), "")


def test_carriage_of_an_export_is_rated_at_nothing_too(abroad: Abroad) -> None:
    line = DraftLine("Hose", "H", Decimal(2), "each", usd(10_00), VatCode.STANDARD)
    made = transaction(lambda: invoices.issue(InvoiceDraft(abroad.customer_id, (line,), carriage=usd(5_00))))
    assert (made.total, made.vat) == (usd(25_00), usd(0))


def test_a_customer_moves_once_nothing_stands_in_the_old_currency_and_limits_mean_nothing_then(abroad: Abroad) -> None:
    code, mover = "HRD009", accounts.customer(abroad.customer_id)
    home = CustomerDraft(mover.name, mover.email, address=mover.address)
    invoice = abroad.invoice()
    with pytest.raises(Conflict, match="owes, has credit or has a payment under way in USD"):
        transaction(lambda: accounts.change_customer(code, home, seen=mover.fingerprint))
    abroad.receive(100_00, invoice)
    transaction(lambda: accounts.change_customer(code, home, seen=mover.fingerprint))
    db.session.rollback()
    moved = accounts.customer(abroad.customer_id)
    assert (moved.country, moved.currency, moved.credit_limit) == ("ZA", "ZAR", Money.zar(0))


def test_a_customer_stays_while_something_is_only_announced(abroad: Abroad) -> None:
    """A gateway's pending payment is no figure of the ledger yet."""
    mover = accounts.customer(abroad.customer_id)
    home = CustomerDraft(mover.name, mover.email, address=mover.address)
    payment_id = abroad.do(lambda: payments.claim(abroad.customer_id, usd(50_00), clock.today(), []))
    with pytest.raises(Conflict, match="under way in USD"):
        transaction(lambda: accounts.change_customer("HRD009", home, seen=mover.fingerprint))
    db.session.rollback()
    assert payments.payment(payment_id).state is PaymentState.CLAIMED


def test_spending_limits_become_nothing_when_the_currency_changes(abroad: Abroad) -> None:
    (member,) = accounts.members_of(abroad.customer_id)
    person, us = (
        member.id,
        Identity(3, "Sipho", "manager@us.example", frozenset({"manager"}), None, None, None, None, 0),
    )
    transaction(
        lambda: accounts.change_member(
            abroad.customer_id, person, "buyer", Money.zar(500_00), seen=member.fingerprint, by=us
        )
    )
    assert accounts.spending_limit_of(person, abroad.customer_id) == usd(500_00)
    mover = accounts.customer(abroad.customer_id)
    home = CustomerDraft(mover.name, mover.email, address=mover.address)
    transaction(lambda: accounts.change_customer("HRD009", home, seen=mover.fingerprint))
    db.session.rollback()
    assert accounts.spending_limit_of(person, abroad.customer_id) == Money.zar(0)


@pytest.mark.parametrize(
    ("draft", "field"),
    [({"country": "XX"}, "country"), ({"country": "ZW", "currency": "EUR"}, "buys_with"), ({"currency": "USD"}, "buys_with")],
)  # fmt: skip
def test_a_country_or_currency_that_we_do_not_sell_in_is_refused(app: Any, draft: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        transaction(lambda: accounts.create_customer("ABC123", CustomerDraft("Abc", "a@b.example", **draft)))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_rand_are_possible_abroad_when_staff_say_so(app: Any) -> None:
    draft = CustomerDraft("Gaborone", "a@b.example", country="BW", currency="ZAR")
    made = accounts.customer(transaction(lambda: accounts.create_customer("GAB001", draft)))
    assert (made.currency, made.abroad) == ("ZAR", True)


# -- the checks find what is broken ---------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["receipt", "allocation", "reversal"])
def test_a_value_that_was_not_booked_is_found(app: Any, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    abroad = found_abroad()
    invoice = abroad.invoice()
    paid = abroad.receive(150_00, invoice) if step != "receipt" else 0
    other = abroad.invoice(40_00)
    monkeypatch.setattr(valuing, step, lambda *_args, **_more: None)
    if step == "receipt":
        abroad.receive(100_00, invoice)
    elif step == "allocation":
        abroad.do(lambda: payments.use_credit(paid, [other.id], key=new_key(), by=2))
    else:
        abroad.do(lambda: payments.reverse(paid, "recalled", key=new_key(), by=3))
    assert any(row.startswith("abroad: receivables in rand") for row in broken())


def test_a_foreign_invoice_without_its_rate_is_found(app: Any) -> None:
    abroad = found_abroad()
    invoice = abroad.invoice()
    (guard,) = [each for each in OF_INVOICES if each.name == "tr_invoice_update"]
    db.session.execute(text(f"DROP TRIGGER {guard.name}"))
    try:
        db.session.execute(text("UPDATE invoice SET rand_cents = rand_cents + 1 WHERE id = :id"), {"id": invoice.id})
        db.session.commit()
        assert any("abroad: foreign invoices are exports" in row and invoice.number in row for row in broken())
        db.session.execute(text("UPDATE invoice SET rate_micros = NULL WHERE id = :id"), {"id": invoice.id})
        db.session.commit()
        assert any("has no exchange rate" in row for row in broken())
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            create_triggers(connection, [guard])


def test_the_value_of_a_journal_stands_beside_it(abroad: Abroad) -> None:
    invoice = abroad.invoice()
    found = ledger.journals_page(kind=JournalKind.RAND).items
    assert [each.source for each in found] == [f"invoice/invoice:{invoice.number}"]
    assert catalog.rate_on("USD", clock.today()).words == "18.20"


# -- papers ---------------------------------------------------------------------------------------------------------


def test_papers_of_an_export_say_why_there_is_no_vat_and_what_it_is_worth(abroad: Abroad) -> None:
    abroad.rate("18.2145")
    invoice = abroad.invoice(1_000_00)
    note = abroad.do(
        lambda: crediting.credit(CreditDraft(invoice.number, "One came back", {1: Decimal("0.5")}), key=new_key())
    )
    said = "Zero-rated supply: goods exported to Zimbabwe, Value-Added Tax Act 89 of 1991, section 11(1)(a)(i)."
    for data, worth in (
        (printing.pdf(invoice.number), "Value in rand: R 18 214.50."),
        (printing.credit_note_pdf(note.number), "Value in rand: R 9 107.25."),
    ):
        words = " ".join(pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().replace("\u00a0", " ").split())
        assert said in words
        assert "Exchange rate: 1 USD = R 18.2145 on" in words
        assert worth in words
    at_home = abroad.home.invoice()
    assert b"TaxExchangeRate" not in printing.xml(at_home.number)


def test_the_xml_of_an_export_has_its_rate_before_its_taxes_and_the_category_of_exports(abroad: Abroad) -> None:
    invoice = abroad.invoice(1_000_00)
    root = ET.fromstring(printing.xml(invoice.number))
    names = [child.tag.rpartition("}")[2] for child in root]
    assert names.index("PaymentMeans") < names.index("TaxExchangeRate") < names.index("TaxTotal")
    assert names.index("DocumentCurrencyCode") + 1 == names.index("TaxCurrencyCode")
    rate = {child.tag.rpartition("}")[2]: child.text for child in root[names.index("TaxExchangeRate")]}
    assert rate == {
        "SourceCurrencyCode": "USD", "TargetCurrencyCode": "ZAR", "CalculationRate": "18.20",
        "MathematicOperatorCode": "Multiply", "Date": clock.today().isoformat(),
    }  # fmt: skip
    xml = printing.xml(invoice.number).decode()
    assert re.search(r"<cbc:ID>G</cbc:ID>\s*<cbc:Percent>0.00</cbc:Percent>\s*<cbc:TaxExemptionReason>", xml)
    assert "<cbc:IdentificationCode>ZW</cbc:IdentificationCode>" in xml
    assert "<cbc:ID>FIRNZAJJ</cbc:ID>" in xml


def test_the_invoice_is_proved_genuine_with_its_value_in_rand(abroad: Abroad) -> None:
    from portal.invoices.service import proving

    facts = dict(proving.invoice_facts(invoices.document(abroad.invoice(1_000_00).number)))
    assert (facts["Total"], facts["Value in rand"]) == (str(usd(1_000_00)), str(Money.zar(18_200_00)))
