"""A customer in Zimbabwe who buys and pays in dollars, and short words for what happens to that money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import transaction
from tests.integration.payments.company import Company, found_company, new_key


def usd(cents: int) -> Money:
    return Money(cents, "USD")


@dataclass
class Abroad:
    """home: the company at home, whose customers pay in rand. customer_id, bank_id: of the dollars."""

    home: Company
    customer_id: int
    bank_id: int

    def do(self, work: Any) -> Any:
        return self.home.do(work)

    def rate(self, written: str) -> None:
        """What a dollar costs from now on."""
        self.do(lambda: catalog.set_rate("USD", clock.today(), written, by="Zanele"))

    def invoice(self, cents: int = 100_00) -> InvoiceInfo:
        line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", usd(cents), VatCode.STANDARD)
        return transaction(lambda: invoices.issue(InvoiceDraft(self.customer_id, (line,))))

    def receive(self, cents: int, *paid: InvoiceInfo) -> int:
        """Dollars at the bank; gives the payment's id."""
        money = BankReceipt(usd(cents), clock.today(), self.bank_id, "SWIFT")
        pays = [each.id for each in paid]
        return self.do(lambda: payments.record_receipt(self.customer_id, money, pays, key=new_key(), by=2)).payment_id  # type: ignore[no-any-return]


def found_abroad(rate: str = "18.20") -> Abroad:
    home = found_company()

    def make() -> Abroad:
        bank = ledger.add_bank_account(
            "FNB", "250655", "62 0000 00001", "360Degree Supply (Pty) Ltd", currency="USD", bic="FIRNZAJJ"
        )
        draft = CustomerDraft(
            "Harare Drilling (Pvt) Ltd", "ap@harare.example", address=("12 Samora Machel Ave", "Harare"), country="ZW",
            release_policy=ReleasePolicy.CLEARED,
        )  # fmt: skip
        customer = accounts.create_customer("HRD009", draft)
        accounts.create_user(
            "buyer@harare.example", "Tendai Moyo", None, password_hash=_hash(), memberships=[(customer, "buyer")]
        )
        return Abroad(home, customer, bank)

    made: Abroad = transaction(make)
    made.rate(rate)
    return made


def _hash() -> str:
    from tests.integration.payments.company import password_hash

    return password_hash()


def rand(kind: AccountKind) -> int:
    """Debits less credits of all accounts of a kind in rand, in cents."""
    return sum(line.balance.cents for line in ledger.trial_balance() if line.kind is kind and line.currency == "ZAR")
