"""All customers that owe, by age: the page of our staff, and the same rows as a file."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core import clock
from portal.core.money import Money, total
from portal.platform.export import Row
from portal.platform.paging import Page, asked_for
from portal.reporting.queries import accounts as of_accounts
from portal.reporting.queries.accounts import DebtorRow
from portal.reporting.statements import AGES, BOUNDS

PAGE = 50
HEADS = ("Customer", "Name", *AGES, "Open invoices", "Credit on account", "Balance")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which debtors are asked for."""

    search: str = ""
    only_overdue: bool = False
    currency: str = "ZAR"


@dataclass(frozen=True, slots=True)
class Debtor:
    """One customer: what is open by age, credit on account, and the balance of both."""

    row: DebtorRow

    @property
    def open_sum(self) -> Money:
        """All open invoices."""
        return total(self.row.ages, self.row.credit.currency)

    @property
    def overdue(self) -> Money:
        """What is late."""
        return total(self.row.ages[1:], self.row.credit.currency)

    @property
    def balance(self) -> Money:
        """What is owed once credit is counted."""
        return self.open_sum - self.row.credit

    def cells(self) -> Row:
        """One row of a file, under HEADS."""
        row = self.row
        return (row.code, row.name, *row.ages, self.open_sum, row.credit, self.balance)


@dataclass(frozen=True, slots=True)
class Sums:
    """All customers together, and what the ledger says; these are equal or the self-check is red."""

    ages: tuple[Money, ...]
    receivable: Money
    credit: Money

    @property
    def open_sum(self) -> Money:
        """All open invoices."""
        return total(self.ages, self.credit.currency)

    @property
    def balance(self) -> Money:
        """What all owe once credit is counted."""
        return self.open_sum - self.credit

    @property
    def agrees(self) -> bool:
        """Whether open invoices are what the ledger has as receivable."""
        return self.open_sum == self.receivable


def page(wanted: Wanted, after: str | None = None, limit: int = PAGE) -> Page[Debtor]:
    """A page of debtors, by customer code. Source: docs/rules/statements.md A6."""
    found = of_accounts.debtors(
        asked_for(wanted.search), wanted.only_overdue, clock.today(), BOUNDS, wanted.currency, after, limit
    )
    return found.map(Debtor)


def sums(currency: str = "ZAR") -> Sums:
    """The last line of the list."""
    receivable, credit = of_accounts.booked(currency)
    return Sums(of_accounts.ages_of_all(clock.today(), BOUNDS, currency), receivable, credit)
