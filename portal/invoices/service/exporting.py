"""Supplies that leave the country: rated at nothing by the rule of their day, in dollars with rate and value in rand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from portal.catalog import service as catalog
from portal.catalog.errors import NoExchangeRate
from portal.core.countries import name_of
from portal.core.exchange import HOME, in_rand
from portal.core.money import Money
from portal.core.vat import VatCode, code_for
from portal.invoices.errors import NotIssuable
from portal.invoices.models import Invoice
from portal.invoices.types import DraftLine

if TYPE_CHECKING:
    from portal.accounts.types import CustomerInfo


def taxed(goods: tuple[DraftLine, ...], customer: CustomerInfo, day: date) -> tuple[DraftLine, ...]:
    """The lines as they are taxed on a day of supply: for a customer abroad, rated at nothing where at home they are not.

    Raises NotIssuable for foreign money on anything but zero-rated exports, and for lines in several currencies.
    Source: docs/rules/foreign-money.md F2, F3.
    """
    lines = tuple(replace(line, vat_code=code_for(line.vat_code, customer.abroad, day)) for line in goods)
    currencies = {line.unit_price.currency for line in lines}
    if len(currencies) > 1:
        raise NotIssuable("An invoice has one currency.")
    if currencies <= {HOME}:
        return lines
    currency = currencies.pop()
    if not customer.abroad:
        raise NotIssuable(f"An invoice in {currency} is for exports only, and {customer.name} is in South Africa.")
    exempt = next((line for line in lines if line.vat_code is not VatCode.ZERO), None)
    if exempt is not None:
        raise NotIssuable(
            f"An invoice in {currency} is for zero-rated exports only; “{exempt.description}” is exempt. "
            "Invoice it in rand."
        )
    return lines


def value(row: Invoice, lines: tuple[DraftLine, ...], customer: CustomerInfo, day: date) -> None:
    """Write on an invoice where its goods go and, in foreign money, the rate of the day and the value in rand.

    Raises NotIssuable while no rate counts on the day: none is guessed. Source: docs/rules/foreign-money.md F3, F4.
    """
    exported = customer.abroad and any(line.vat_code is VatCode.ZERO for line in lines)
    row.export_to = customer.country if exported else ""
    row.rate_micros = row.rate_day = row.rand_cents = None
    if row.currency == HOME:
        return
    try:
        rate = catalog.rate_on(row.currency, day)
    except NoExchangeRate as error:
        raise NotIssuable(f"{error} Nothing is invoiced in {row.currency} before that.") from None
    row.rate_micros, row.rate_day = rate.micros, rate.day
    row.rand_cents = in_rand(Money(row.total_cents, row.currency), rate.micros).cents


def demand_address(customer: CustomerInfo) -> None:
    """An export's papers name where it went. Raises NotIssuable. Source: docs/rules/foreign-money.md F3."""
    if customer.abroad and not (customer.name.strip() and any(customer.address)):
        raise NotIssuable(
            f"An export names its recipient’s address in {name_of(customer.country)}. Add it to the customer."
        )
