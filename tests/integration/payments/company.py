"""A company with two customers and one bank account, and short words for what happens to its money."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.core import clock
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt, Confirmation, PaymentInfo
from portal.platform.db import db, transaction

R100 = Money.zar(100_00)
PASSWORD = "a long sentence that nobody guesses"


def new_key() -> str:
    return str(uuid.uuid4())


@dataclass
class Company:
    customer_id: int
    other_id: int
    bank_id: int
    clerk_id: int

    def invoice(self, amount: Money = R100, *, customer_id: int | None = None) -> InvoiceInfo:
        """Zero-rated, so that its total is the amount."""
        line = DraftLine("Hydraulic hose 1/2 inch", "HH-12", Decimal(1), "each", amount, VatCode.ZERO)
        return transaction(lambda: invoices.issue(InvoiceDraft(customer_id or self.customer_id, (line,))))

    def claimed(self, *meant: InvoiceInfo, amount: Money | None = None, proof_id: int | None = None) -> int:
        sum_ = amount or Money.zar(sum(each.balance.cents for each in meant))
        shares, rest = [], sum_
        for each in meant:
            if share := min(each.balance, rest):
                shares.append((each.id, share))
            rest -= share
        return transaction(
            lambda: payments.claim(self.customer_id, sum_, clock.today(), shares, proof_id=proof_id, words="Proof")
        )

    def verified(self, *meant: InvoiceInfo, amount: Money | None = None, proof_id: int | None = None) -> int:
        payment_id = self.claimed(*meant, amount=amount, proof_id=proof_id)
        shares = [(share.invoice_id, share.amount) for share in payments.payment(payment_id).shares]
        transaction(lambda: payments.verify(payment_id, shares))
        return payment_id

    def receipt(self, amount: Money, day: date | None = None) -> BankReceipt:
        return BankReceipt(amount, day or clock.today(), self.bank_id, "MAGTAPE CREDIT KAROO")

    def confirm(self, payment_id: int, amount: Money | None = None, *, key: str | None = None) -> Confirmation:
        received = self.receipt(amount or payments.payment(payment_id).amount)
        return self.do(lambda: payments.confirmation(payment_id, received, key=key or new_key(), by=self.clerk_id))

    def do(self, work: Callable[[], Any]) -> Any:
        done = transaction(work)
        db.session.expire_all()
        return done

    def payment(self, payment_id: int) -> PaymentInfo:
        return payments.payment(payment_id)

    def balance(self, invoice: InvoiceInfo) -> Money:
        return invoices.by_id(invoice.id).balance


@cache
def password_hash() -> str:
    """Hashing is slow on purpose; once is enough here."""
    return accounts.hash_password(PASSWORD)


def found_company(policy: ReleasePolicy = ReleasePolicy.CLEARED) -> Company:
    hashed = password_hash()

    def make() -> Company:
        bank = ledger.add_bank_account("FNB", "250655", "62 8411 90736", "360Degree Supply (Pty) Ltd")
        address = ("1 Main Road", "Rustenburg", "0299")
        terms = {"credit_limit": Money.zar(0), "release_policy": policy}
        first = accounts.create_customer(
            "KDR001", CustomerDraft("Karoo & Sons Drilling (Pty) Ltd", "ap@karoo.example", address=address, **terms)
        )
        other = accounts.create_customer(
            "ZAN002", CustomerDraft("Zandvliet Hydraulics BK", "ap@zand.example", address=address, **terms)
        )
        create = partial(accounts.create_user, password=None, password_hash=hashed)
        create("buyer@karoo.example", "Thandi Mokoena", memberships=[(first, "buyer")])
        clerk = create("clerk@us.example", "Nomvula Dlamini", staff_roles=["clerk"])
        create("manager@us.example", "Sipho Radebe", staff_roles=["manager"])
        return Company(first, other, bank, clerk)

    return transaction(make)
