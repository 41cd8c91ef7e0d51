"""Small worlds for matching, with plain defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.banking.match import BUILT_IN, Answer, Case, Line, OnTheWay, Owed, Payer, Share, match
from portal.banking.types.rules import AsideRule

KAROO = Payer("KAR001", "Karoo Drilling (Pty) Ltd", "461JDVH3")
VAAL = Payer("VAA002", "Vaal Logistics CC", "GUR3K54W", ("VAAL ACC PAYABLE 7722",))
DAY = date(2026, 3, 16)


def owed(number: str, reference: str, balance: int, customer: Payer = KAROO) -> Owed:
    return Owed(number, reference, customer.code, balance, date(2026, 2, 1), date(2026, 3, 1))


def paid(invoice: Owed, amount: int | None = None, *, on: date = date(2026, 3, 13), name: str = "P1") -> OnTheWay:
    cents = amount or invoice.balance
    share = Share(invoice.number, min(cents, invoice.balance))
    return OnTheWay(name, invoice.customer, cents, invoice.reference, on, True, (share,))


def line(cents: int, text: str, reference: str = "", *, on: date = DAY, name: str = "L1") -> Line:
    return Line(name, on, cents, text, reference)


FIRST = owed("INV-2026-00101", "RRJWJJ98", 1_500_00)
SECOND = owed("INV-2026-00102", "5U7YDVNA", 320_50)
THEIRS = owed("INV-2026-00103", "2E5K7VW2", 777_77, VAAL)


def answers(
    *lines: Line,
    invoices: Sequence[Owed] = (FIRST, SECOND, THEIRS),
    payments: Sequence[OnTheWay] = (),
    rules: Sequence[AsideRule] = BUILT_IN,
) -> list[Answer]:
    known = (KAROO, VAAL)
    case = Case(date(2026, 3, 31), ("62841790356",), known, tuple(invoices), tuple(payments), lines, tuple(rules))
    return match(case)


def answer(found: Line, **world: Sequence[Owed] | Sequence[OnTheWay] | Sequence[AsideRule]) -> Answer:
    (one,) = answers(found, **world)  # type: ignore[arg-type]
    return one
