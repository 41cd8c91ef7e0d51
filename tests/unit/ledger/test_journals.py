"""A journal is balanced or it is not written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.ledger import journals
from portal.ledger.errors import Unbalanced
from portal.ledger.types import AccountKey, AccountKind, Draft, EntryInfo, JournalInfo, JournalKind, Line

DAY = date(2026, 3, 16)
SALES = AccountKey(AccountKind.SALES)
BANK = AccountKey(AccountKind.BANK, "ZAR", 1)
R1 = Money.zar(1_00)


def draft(*lines: Line, source: str = "test:1") -> Draft:
    return Draft(JournalKind.FEE, DAY, source, "Test", lines)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (Line(BANK, debit=R1),),
        (Line(BANK, debit=R1), Line(SALES, credit=Money.zar(99))),
        (Line(BANK, debit=R1, credit=R1), Line(SALES, credit=R1)),
        (Line(BANK), Line(SALES, credit=R1)),
        (Line(BANK, debit=Money.zar(0)), Line(SALES, credit=Money.zar(0))),
        (Line(BANK, debit=-R1), Line(SALES, credit=-R1)),
        (Line(BANK, debit=Money(1_00, "USD")), Line(SALES, credit=Money(1_00, "USD"))),
        (Line(BANK, debit=R1), Line(AccountKey(AccountKind.SALES, "USD"), credit=R1)),
    ],
)
def test_what_does_not_balance_line_for_line_is_refused(lines: tuple[Line, ...]) -> None:
    with pytest.raises(Unbalanced):
        journals.check(draft(*lines))


@pytest.mark.parametrize("source", ["", "x" * 61])
def test_a_source_that_would_not_fit_its_column_is_refused(source: str) -> None:
    with pytest.raises(Unbalanced):
        journals.check(draft(Line(BANK, debit=R1), Line(SALES, credit=R1), source=source))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_every_invoice_balances(net: int, vat: int) -> None:
    if net + vat:
        made = journals.invoice("INV-2026-000001", 7, Money.zar(net), Money.zar(vat), DAY)

        assert journals.check(made) == Money.zar(net + vat)


@given(st.integers(1, 10**9), st.data())
def test_every_receipt_balances_whatever_part_of_it_pays_invoices(amount: int, data: st.DataObject) -> None:
    allocated = data.draw(st.integers(0, amount))

    made = journals.receipt("payment:1", 7, 1, Money.zar(amount), Money.zar(allocated), DAY, "Receipt")

    assert journals.check(made) == Money.zar(amount)
    credits_ = {line.account.kind: line.credit for line in made.lines if line.credit}
    assert credits_.get(AccountKind.RECEIVABLE, Money.zar(0)) == Money.zar(allocated)


def test_a_reversal_is_every_line_on_its_other_side() -> None:
    entries = (EntryInfo(1, BANK, R1, None, "d1"), EntryInfo(2, SALES, None, R1, "d2"))
    moment = datetime(2026, 3, 16, tzinfo=UTC)
    info = JournalInfo(5, JournalKind.RECEIPT, DAY, moment, "payment:1", "Receipt", R1, 7, None, entries=entries)

    made = journals.reversal(info, DAY, "Taken back")

    assert made.reverses == 5
    assert made.source == "journal:5"
    assert made.lines == (Line(BANK, credit=R1), Line(SALES, debit=R1))
    assert journals.check(replace(made, reverses=None)) == R1


@pytest.mark.parametrize("key", [SALES, BANK, AccountKey(AccountKind.UNALLOCATED, "USD", 12)])
def test_an_account_is_found_again_by_its_code(key: AccountKey) -> None:
    assert AccountKey.of_code(key.code) == key
