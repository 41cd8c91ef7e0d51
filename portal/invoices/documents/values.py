"""What the printed forms of invoices and credit notes share: values of the house as plain text for a template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.core.countries import name_of
from portal.core.exchange import rate_words
from portal.core.money import Money
from portal.core.vat import export_rule
from portal.invoices.types import InvoiceInfo, Party, RateRow
from portal.invoices.types.credit import CreditNoteInfo
from portal.platform import typeset


def party(found: Party) -> dict[str, object]:
    """Who it is from or to."""
    return {
        "name": found.name,
        "address": list(found.address),
        "vat_number": found.vat_number,
        "registration": found.registration,
        "code": found.code,
        "email": found.email,
        "phone": found.phone,
        "country": found.abroad,
    }


def export_words(export_to: str, day: date) -> str:
    """Why no VAT is on it, in the words that an auditor looks for."""
    return f"Zero-rated supply: goods exported to {name_of(export_to)}, {export_rule(day)}."


def rand_words(currency: str, micros: int, day: date, rand: Money) -> str:
    """The rate, its day, and what the total is worth in rand."""
    rate = f"1 {currency} = R {rate_words(micros)} on {typeset.long_day(day)}"
    return f"Exchange rate: {rate}. Value in rand: {rand}."


def rates(found: Iterable[RateRow]) -> list[dict[str, str]]:
    """The table of VAT by rate."""
    return [
        {"rate": each.words, "net": str(each.net), "vat": str(each.vat), "gross": str(each.net + each.vat)}
        for each in found
    ]


def evidence(info: InvoiceInfo | CreditNoteInfo, supplied: date) -> list[str]:
    """What an export's document says beside its sums: the rule, and of foreign money the rate and the value in rand.

    supplied: the day of supply, whose rule holds. Source: docs/rules/foreign-money.md F3, F4.
    """
    said = [export_words(info.export_to, supplied)] if info.export_to else []
    if info.rand is not None and info.rate_micros is not None and info.rate_day is not None:
        said.append(rand_words(info.total.currency, info.rate_micros, info.rate_day, info.rand))
    return said
