from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from portal.core.errors import Conflict, NotFound
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.errors import MoreThanOwed
from portal.invoices.types import DraftLine, Flag, InvoiceDraft, InvoiceInfo, State
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, open_shop
from tests.integration.soundness import broken


@pytest.fixture
def shop(app: Any) -> Shop:
    """Without the closing self-check: here invoices are settled without the payment that would explain it."""
    return open_shop()


@pytest.fixture
def invoice(shop: Shop) -> InvoiceInfo:
    """Of R 100.00."""
    line = DraftLine("Hose", "HH", Decimal(1), "each", Money.zar(100_00), VatCode.ZERO)
    return transaction(lambda: invoices.issue(InvoiceDraft(shop.customer_id, (line,))))


def settle(invoice: InvoiceInfo, cents: int) -> InvoiceInfo:
    return transaction(lambda: invoices.settle(invoice.id, Money.zar(cents)))


def unsettle(invoice: InvoiceInfo, cents: int) -> InvoiceInfo:
    return transaction(lambda: invoices.unsettle(invoice.id, Money.zar(cents)))


def test_money_moves_the_state_there_and_a_reversal_back(invoice: InvoiceInfo) -> None:
    steps = [settle(invoice, 25_00), settle(invoice, 75_00), unsettle(invoice, 75_00), unsettle(invoice, 25_00)]

    assert [(step.state, step.balance.cents) for step in steps] == [
        (State.PART_PAID, 75_00), (State.PAID, 0), (State.PART_PAID, 75_00), (State.ISSUED, 100_00),
    ]  # fmt: skip


def test_more_than_is_owed_is_refused_and_nothing_is_kept(invoice: InvoiceInfo) -> None:
    settle(invoice, 60_00)
    with pytest.raises(MoreThanOwed) as refused:
        settle(invoice, 40_01)
    assert refused.value.balance == Money.zar(40_00)
    assert invoices.by_id(invoice.id).balance == Money.zar(40_00)


@pytest.mark.parametrize("cents", [0, -1])
def test_only_amounts_above_nothing_settle(invoice: InvoiceInfo, cents: int) -> None:
    with pytest.raises(Conflict):
        settle(invoice, cents)


def test_more_than_was_paid_is_not_taken_back(invoice: InvoiceInfo) -> None:
    settle(invoice, 60_00)
    with pytest.raises(Conflict):
        unsettle(invoice, 60_01)


def test_a_missing_invoice_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        transaction(lambda: invoices.settle(999, Money.zar(1)))
    with pytest.raises(NotFound):
        transaction(lambda: invoices.lock([999]))


def test_a_proof_is_under_way_until_the_invoice_is_paid(invoice: InvoiceInfo) -> None:
    transaction(lambda: invoices.set_flag(invoice.id, Flag.PROOF_UNDER_WAY))
    assert invoices.by_id(invoice.id).proof_under_way
    assert settle(invoice, 100_00).proof_under_way is False


def test_a_paid_invoice_gets_no_proof_under_way(invoice: InvoiceInfo) -> None:
    settle(invoice, 100_00)
    transaction(lambda: invoices.set_under_way(invoice.id, True))
    assert invoices.by_id(invoice.id).proof_under_way is False


def test_locking_counts_the_version_so_that_a_cluster_sees_it(invoice: InvoiceInfo) -> None:
    from portal.invoices.models import Invoice

    before = db.session.get_one(Invoice, invoice.id).version
    db.session.rollback()
    transaction(lambda: invoices.lock([invoice.id]))
    assert db.session.get_one(Invoice, invoice.id).version == before + 1


def test_the_self_check_names_an_invoice_whose_state_was_bent(shop: Shop, invoice: InvoiceInfo) -> None:
    db.session.execute(text("UPDATE invoice SET state = 'paid', is_open = 0"))
    db.session.commit()
    assert any(invoice.number in words for words in broken())
    db.session.execute(text("UPDATE invoice SET state = 'issued', is_open = 1"))
    db.session.commit()


def test_the_self_check_sees_a_gap_in_the_numbers(shop: Shop, invoice: InvoiceInfo) -> None:
    db.session.execute(text("UPDATE number_series SET last = last + 1 WHERE series = 'INV'"))
    db.session.commit()
    assert any("numbers without gaps" in words for words in broken())
    db.session.execute(text("UPDATE number_series SET last = last - 1 WHERE series = 'INV'"))
    db.session.commit()
