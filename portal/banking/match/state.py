"""What is still open while lines are matched one after the other: each line sees what those before it used up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.banking.match.days import business_days
from portal.banking.match.world import Answer, Case, OnTheWay, Owed, Share

#: A payment on the way is seen at the bank within this many business days (docs/rules/reconciliation.md, B5).
WINDOW = 3
#: how far a person's idea of the value date may be from the bank's, in days
BY_HAND = 5


class Open:
    """Balances and payments of a case, by all that is asked of them."""

    def __init__(self, case: Case) -> None:
        self.invoice: dict[str, Owed] = {each.number: each for each in case.invoices}
        self.balance: dict[str, int] = {each.number: each.balance for each in case.invoices}
        self.touched: set[str] = set()
        self._of_customer: dict[str, list[str]] = {}
        self._by_balance: dict[int, set[str]] = {}
        for each in sorted(case.invoices, key=lambda owed: (owed.due_on, owed.issued_on, owed.number)):
            self._of_customer.setdefault(each.customer, []).append(each.number)
            self._by_balance.setdefault(each.balance, set()).add(each.number)
        self.payment: dict[str, OnTheWay] = {each.id: each for each in case.payments}
        self._by_amount: dict[int, list[OnTheWay]] = {}
        self._for_invoice: dict[str, list[OnTheWay]] = {}
        for payment in sorted(case.payments, key=lambda each: (not each.verified, each.on, each.id)):
            self._by_amount.setdefault(payment.amount, []).append(payment)
            for share in payment.shares:
                self._for_invoice.setdefault(share.invoice, []).append(payment)

    def open_of(self, customer: str) -> list[str]:
        """A customer's invoices that still need money, first due first."""
        return [number for number in self._of_customer.get(customer, ()) if self.balance[number] > 0]

    def owing(self, amount: int) -> list[str]:
        """Invoices that need exactly this amount."""
        return sorted(self._by_balance.get(amount, ())) if amount > 0 else []

    def payments_of(self, amount: int) -> list[OnTheWay]:
        """Payments on the way of exactly this amount, verified ones first."""
        return [each for each in self._by_amount.get(amount, ()) if each.id in self.payment]

    def announced(self, invoice: str) -> list[OnTheWay]:
        """Payments on the way that are meant for an invoice."""
        return [each for each in self._for_invoice.get(invoice, ()) if each.id in self.payment]

    def fits(self, shares: Sequence[Share]) -> bool:
        """Whether each invoice still needs what it would get."""
        return all(self.balance.get(share.invoice, 0) >= share.amount for share in shares)

    def use(self, answer: Answer) -> None:
        """What a match used up is gone for the lines that follow."""
        for share in answer.shares:
            before = self.balance[share.invoice]
            self._by_balance[before].discard(share.invoice)
            self.balance[share.invoice] = before - share.amount
            self._by_balance.setdefault(before - share.amount, set()).add(share.invoice)
            self.touched.add(share.invoice)
        if answer.payment is not None:
            del self.payment[answer.payment]


def in_time(payment: OnTheWay, day: date) -> bool:
    """Whether the bank shows the payment when it should."""
    if payment.by_hand:
        return abs((day - payment.on).days) <= BY_HAND
    return payment.on <= day and business_days(payment.on, day) <= WINDOW
