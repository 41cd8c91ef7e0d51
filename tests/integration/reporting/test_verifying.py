"""A code proves what we signed and nothing else: a changed letter, figure, key or document makes it worthless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import text

from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.service import crediting, proving
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import signing
from portal.platform.db import db, transaction
from portal.reporting import verifying
from tests.integration.orders.conftest import shop, signed_in
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer

__all__ = ["shop", "signed_in"]
_LINK = re.compile(rb"/verify/([A-Za-z0-9._~-]+)")


def code_in(pdf: bytes) -> str:
    """Where the document's own link leads."""
    document = pypdfium2.PdfDocument(pdf)
    document.close()
    found = _LINK.search(pdf) or _LINK.search(_inflated(pdf))
    assert found, "no link to the page that proves it"
    return found[1].decode()


def _inflated(pdf: bytes) -> bytes:
    import io

    from pypdf import PdfReader

    links = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for each in page.get("/Annots") or ():
            links.append(str(each.get_object().get("/A", {}).get("/URI", "")))
    return "\n".join(links).encode()


@pytest.fixture
def number(shop: Shop) -> str:
    return shop.order((shop.hose, 2)).invoice_number


@pytest.fixture
def payment_id(shop: Shop, number: str) -> int:
    received = BankReceipt(Money.zar(1_000_00), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    ids = [invoices.by_number(number).id]
    return transaction(lambda: payments.record_receipt(shop.customer_id, received, ids, key=new_key())).payment_id


@pytest.fixture
def papers(shop: Shop, number: str, payment_id: int, signed_in: Any) -> Iterator[dict[str, str]]:
    """The code on each kind of document, by what the page must show."""
    note = transaction(lambda: crediting.credit(CreditDraft(number, "Came back", None), key=new_key()))
    buyer = signed_in(shop.buyer.email)
    yield {
        f"Tax Invoice {number}": code_in(buyer.get(f"/invoices/{number}.pdf").data),
        f"Credit Note {note.number}": code_in(buyer.get(f"/credit-notes/{note.number}.pdf").data),
        f"Receipt PAY-{payment_id:06d}": code_in(buyer.get(f"/receipts/{payment_id}.pdf").data),
        "Statement of Account": code_in(buyer.get("/statement.pdf?form=balance-forward").data),
    }


def test_each_document_leads_to_a_page_that_shows_what_we_signed(papers: dict[str, str], client: Any) -> None:
    for words, code in papers.items():
        answer = client.get(f"/verify/{code}")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, words
        assert "This document is genuine" in page
        assert words in page
        assert "ending" in page and "0736" in page


def test_a_code_with_any_letter_changed_is_not_genuine(papers: dict[str, str], client: Any) -> None:
    for code in papers.values():
        for place in (4, 8, len(code) // 2, len(code) - 5):
            other = "A" if code[place] != "A" else "B"
            answer = client.get(f"/verify/{code[:place]}{other}{code[place + 1 :]}")
            assert answer.status_code == 404
            assert "This is not genuine" in answer.get_data(as_text=True)


@pytest.mark.parametrize("code", ["x", "INV-2026-000001", "INV-2026-000001~" + "A" * 86, "%25", "~" * 90, "STA-A.1~x"])
def test_what_was_never_a_code_is_not_genuine(shop: Shop, client: Any, code: str) -> None:
    answer = client.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert "This is not genuine" in answer.get_data(as_text=True)


def test_a_signature_does_not_move_to_another_document(shop: Shop, number: str) -> None:
    other = shop.order((shop.hose, 2)).invoice_number
    code = signing.sign(number, proving.flat(proving.invoice_facts(invoices.document(number))))
    assert verifying.check(code) is not None
    assert verifying.check(code.replace(number, other)) is None


def test_a_row_changed_in_the_database_makes_its_paper_worthless(shop: Shop, number: str) -> None:
    code = signing.sign(number, proving.flat(proving.invoice_facts(invoices.document(number))))
    db.session.execute(text("DROP TRIGGER tr_invoice_line_update"))
    before = db.session.execute(text("SELECT description FROM invoice_line")).scalar_one()
    db.session.execute(text("UPDATE invoice_line SET description = 'Something else'"))
    assert verifying.check(code) is None
    db.session.execute(text("UPDATE invoice_line SET description = :before"), {"before": before})
    assert verifying.check(code) is not None
    db.session.rollback()
    from portal.invoices.models import TRIGGERS
    from portal.platform.db import create_triggers

    rule = next(each for each in TRIGGERS if each.name == "tr_invoice_line_update")
    if db.engine.dialect.name == "mysql":  # there DDL commits by itself
        db.session.execute(text("UPDATE invoice_line SET description = :before"), {"before": before})
        db.session.commit()
        with db.engine.begin() as connection:
            create_triggers(connection, [rule])


def test_what_an_earlier_key_signed_stays_genuine_and_a_forgotten_key_signs_nothing(
    shop: Shop, app: Any, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["settings"]
    facts = proving.flat(proving.invoice_facts(invoices.document(number)))
    old = signing.sign(number, facts)
    monkeypatch.setitem(app.extensions, "settings", replace(settings, signing_keys=("new", *settings.signing_keys)))
    new = signing.sign(number, facts)
    assert new != old
    assert verifying.check(old) and verifying.check(new)
    monkeypatch.setitem(app.extensions, "settings", replace(settings, signing_keys=("new",)))
    assert verifying.check(old) is None
    assert len(signing.public_keys()[0]) == 64


def test_a_receipt_of_money_that_was_taken_back_says_so(
    shop: Shop, payment_id: int, signed_in: Any, client: Any
) -> None:
    buyer = signed_in(shop.buyer.email)
    code = code_in(buyer.get(f"/receipts/{payment_id}.pdf").data)
    transaction(lambda: payments.reverse(payment_id, "Bounced", key=new_key()))
    page = client.get(f"/verify/{code}").get_data(as_text=True)
    assert "The money was taken back" in page


def test_only_confirmed_money_has_a_receipt_and_only_its_own_customer_gets_it(
    shop: Shop, number: str, payment_id: int, signed_in: Any
) -> None:
    claimed = transaction(
        lambda: payments.claim(shop.customer_id, Money.zar(5_00), clock.today(), [], words="Proof")
    )  # fmt: skip
    buyer, stranger = signed_in(shop.buyer.email), signed_in(second_customer().email)
    clerk = signed_in(more_staff("clerk").email)
    assert buyer.get(f"/receipts/{claimed}.pdf").status_code == 404
    assert stranger.get(f"/receipts/{payment_id}.pdf").status_code == 404
    assert clerk.get(f"/staff/bank/payments/{payment_id}/receipt.pdf").data[:5] == b"%PDF-"


def test_an_address_can_be_pasted(shop: Shop, client: Any) -> None:
    assert client.get("/verify").status_code == 200
    answer = client.get("/verify?code=https://portal.example/verify/INV-1~abc")
    assert answer.location.endswith("/verify/INV-1~abc")


def test_nobody_tries_codes_by_the_hundred(shop: Shop, app: Any, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, rate_limit_enabled=True))
    monkeypatch.setitem(app.extensions, "rate_windows", None)
    app.extensions.pop("rate_windows")
    answers = [client.get("/verify/x").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
