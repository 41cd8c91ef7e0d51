"""Output VAT of a period as the return asks for it, checked against the ledger (docs/rules/statements.md A8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money, total
from portal.core.vat import VatCode
from portal.invoices.types import rate_words
from portal.platform.export import Row
from portal.reporting.queries import vat as of_vat

#: The fields of a VAT201 return; exported goods have one of their own.
EXPORTS_BOX = "2A"
BOXES = {VatCode.STANDARD: "1", VatCode.ZERO: "2", VatCode.EXEMPT: "3"}
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    since: date
    until: date

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Period:
        """From the address; the last whole two months that ended, when it names none. Raises BadInput."""
        since, until = _day(values.get("since"), "since"), _day(values.get("until"), "until")
        usual = cls.usual(clock.today())
        made = cls(since or usual.since, until or usual.until)
        if made.since > made.until:
            raise BadInput("The period ends before it begins.", field="until")
        if made.until - made.since > LONGEST:
            raise BadInput("A VAT report covers one year at most.", field="since")
        return made

    @classmethod
    def usual(cls, today: date) -> Period:
        """The two calendar months before this one."""
        until = today.replace(day=1) - timedelta(days=1)
        since = (until.replace(day=1) - timedelta(days=1)).replace(day=1)
        return cls(since, until)


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Write the day like 2026-03-16.", field=field) from None


@dataclass(frozen=True, slots=True)
class RateOfPeriod:
    """One code and rate: what was invoiced and what was credited."""

    code: VatCode
    rate: int
    invoiced_net: Money
    invoiced_vat: Money
    credited_net: Money
    credited_vat: Money
    exported: bool = False

    @property
    def words(self) -> str:
        """``15 %``, ``Zero-rated``, ``Zero-rated, exported``."""
        return rate_words(self.code, self.rate) + (", exported" if self.exported else "")

    @property
    def box(self) -> str:
        """The field of the return."""
        return EXPORTS_BOX if self.exported else BOXES[self.code]

    @property
    def net(self) -> Money:
        """Supplies less credit notes, without VAT."""
        return self.invoiced_net - self.credited_net

    @property
    def vat(self) -> Money:
        """Output VAT less credit notes."""
        return self.invoiced_vat - self.credited_vat


@dataclass(frozen=True, slots=True)
class VatReport:
    """Output VAT of a period. booked: what the ledger's account of it grew by."""

    period: Period
    rates: tuple[RateOfPeriod, ...]
    booked: Money

    @property
    def net(self) -> Money:
        """All supplies less credit notes, without VAT."""
        return total(each.net for each in self.rates)

    @property
    def vat(self) -> Money:
        """Output VAT by the documents."""
        return total(each.vat for each in self.rates)

    @property
    def other(self) -> Money:
        """What the ledger has beside the documents, like VAT claimed back on bad debts."""
        return self.booked - self.vat


def report(period: Period) -> VatReport:
    """Invoices and credit notes by their day of issue, in rand."""
    sums: dict[tuple[int, VatCode, bool], list[Money]] = {}
    for place, found in (
        (0, of_vat.invoiced(period.since, period.until)),
        (2, of_vat.credited(period.since, period.until)),
    ):
        for each in found:
            row = sums.setdefault((-each.rate, each.code, each.exported), [Money.zar(0)] * 4)
            row[place], row[place + 1] = row[place] + each.net, row[place + 1] + each.vat
    rates = tuple(
        RateOfPeriod(code, -rate, amounts[0], amounts[1], amounts[2], amounts[3], exported)
        for (rate, code, exported), amounts in sorted(sums.items())
    )
    return VatReport(period, rates, of_vat.booked(period.since, period.until))


HEADS = (
    "VAT201 field", "Rate", "Invoiced without VAT", "VAT invoiced", "Credited without VAT", "VAT credited",
    "Without VAT", "VAT", "With VAT",
)  # fmt: skip
DETAIL_HEADS = ("Document", "Issued", "Customer", "Name", "VAT number", "Without VAT", "VAT", "With VAT")


def rows(found: VatReport) -> Iterator[Row]:
    """The report as a file: a line for each rate, the sum, and what the ledger has."""
    for each in found.rates:
        yield (
            each.box, each.words, each.invoiced_net, each.invoiced_vat, each.credited_net, each.credited_vat, each.net,
            each.vat, each.net + each.vat,
        )  # fmt: skip
    yield ("", "All", "", "", "", "", found.net, found.vat, found.net + found.vat)
    yield ("", "In the ledger", "", "", "", "", "", found.booked, "")


def detail(period: Period) -> Iterator[Row]:
    """Every document behind the report."""
    for each in of_vat.documents(period.since, period.until):
        yield (
            each.number, each.issued_on, each.customer_code, each.recipient, each.vat_number, each.net, each.vat,
            each.net + each.vat,
        )  # fmt: skip
