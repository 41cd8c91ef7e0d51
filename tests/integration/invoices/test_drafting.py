"""Invoices by hand: discounts, carriage and dates come out to the cent; nothing unlawful is issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.service import crediting, drafting
from portal.invoices.types import DraftLine, InvoiceDraft, LegalForm
from portal.invoices.types.credit import CreditDraft
from portal.invoices.types.drafts import DraftInfo, DraftState, days_late
from portal.platform import audit
from portal.platform.db import transaction
from tests.integration.orders.shop import Shop, more_staff, new_key

HOSE = DraftLine("Hydraulic hose", "HH-12", Decimal(3), "roll", Money.zar(99_99), VatCode.STANDARD, 1250)
MEAL = DraftLine("Maize meal", "MM-10", Decimal("2.5"), "bag", Money.zar(10_01), VatCode.ZERO)


def written(shop: Shop, **changes: Any) -> InvoiceDraft:
    return replace(InvoiceDraft(shop.customer_id, (HOSE, MEAL)), **changes)


def keep(shop: Shop, **changes: Any) -> DraftInfo:
    return transaction(lambda: drafting.save(written(shop, **changes), by="Nomvula"))


def issue(draft: DraftInfo) -> Any:
    return transaction(lambda: drafting.issue_draft(draft.id, seen_version=draft.version, key=new_key()))


def test_discounts_and_carriage_are_taken_off_and_put_on_to_the_cent(shop: Shop) -> None:
    """262.473… and 5 % off it; carriage without any discount."""
    made = issue(keep(shop, discount=500, carriage=Money.zar(150_00)))

    found = invoices.document(made.number)
    hose, meal, carriage = found.lines
    assert (hose.net, hose.vat) == (Money.zar(249_35), Money.zar(37_40))
    assert (meal.net, meal.vat) == (Money.zar(23_77), Money.zar(0))
    assert (carriage.net, carriage.vat, carriage.whole_discount) == (Money.zar(150_00), Money.zar(22_50), 0)
    assert made.total == hose.gross + meal.gross + carriage.gross
    assert hose.discount_words == "12.5\u00a0%\u00a0+\u00a05\u00a0%"


def test_a_discounted_line_is_credited_at_what_it_cost(shop: Shop) -> None:
    made = issue(keep(shop, discount=500))
    note = transaction(
        lambda: crediting.credit(CreditDraft(made.number, "Back", {1: Decimal(3)}), key=new_key())
    )  # fmt: skip
    assert note.total == Money.zar(249_35 + 37_40)


def test_a_draft_is_issued_once_and_keeps_what_it_was(shop: Shop) -> None:
    draft = keep(shop)
    made = issue(draft)

    after = drafting.view(draft.id).info
    assert (after.state, after.invoice_number) == (DraftState.ISSUED, made.number)
    for deed in (
        lambda: drafting.issue_draft(draft.id, seen_version=after.version, key=new_key()),
        lambda: drafting.discard(draft.id, seen_version=after.version),
        lambda: drafting.save(written(shop), by="x", draft_id=draft.id, seen_version=after.version),
    ):
        with pytest.raises(IllegalMove):
            transaction(deed)


def test_what_somebody_changed_meanwhile_is_not_issued(shop: Shop) -> None:
    draft = keep(shop)
    transaction(
        lambda: drafting.save(written(shop, discount=100), by="x", draft_id=draft.id, seen_version=draft.version)
    )  # fmt: skip
    with pytest.raises(Conflict):
        issue(draft)


def test_the_same_form_twice_issues_one_invoice(shop: Shop) -> None:
    draft, key = keep(shop), new_key()
    first, again = (
        transaction(lambda: drafting.issue_draft(draft.id, seen_version=draft.version, key=key)) for _ in range(2)
    )
    assert first.number == again.number


def test_the_rate_of_the_day_of_supply_holds(shop: Shop) -> None:
    made = issue(keep(shop, supplied_on=date(2018, 3, 31)))
    assert invoices.document(made.number).lines[0].rate == 1400
    assert made.supplied_on == date(2018, 3, 31)


def test_an_invoice_later_than_21_days_is_noted(shop: Shop) -> None:
    day = clock.today() - timedelta(days=24)
    made = issue(keep(shop, supplied_on=day))
    assert days_late(day, clock.today()) == 3
    assert next(each.action for each in audit.of(made.number)) == "invoice.issued-late"
    assert days_late(clock.today() - timedelta(days=21), clock.today()) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lines": ()}, "at least one line"),
        ({"discount": 10_001}, "between 0 and 100"),
        ({"supplied_on": date(2199, 1, 1)}, "not before"),
        ({"discount": 10_000}, "above nothing"),
    ],
)
def test_what_is_no_invoice_is_kept_but_not_issued(shop: Shop, changes: dict[str, Any], words: str) -> None:
    draft = keep(shop, **changes)
    assert words in drafting.view(draft.id).refused
    with pytest.raises(NotIssuable, match=words):
        issue(draft)


def test_nobody_without_our_own_vat_number_and_address(shop: Shop, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, settings = keep(shop), app.extensions["settings"]
    for company in (replace(settings.company, vat_number=""), replace(settings.company, address=())):
        monkeypatch.setitem(app.extensions, "settings", replace(settings, company=company))
        with pytest.raises(NotIssuable, match="Our own name, address or VAT number"):
            issue(draft)


def test_above_five_thousand_rand_the_recipients_address_is_demanded(shop: Shop) -> None:
    def move_out() -> None:
        from portal.accounts.types import CustomerDraft

        info = accounts.customer(shop.customer_id)
        accounts.change_customer(info.code, CustomerDraft(info.name, info.email), seen=info.fingerprint)

    transaction(move_out)
    small, large = keep(shop), keep(shop, lines=(replace(HOSE, quantity=Decimal(60)),))

    assert drafting.view(small.id).form is LegalForm.ABRIDGED
    assert issue(small).number
    assert "names its recipient's address" in drafting.view(large.id).refused


@pytest.mark.parametrize(("cents", "form"), [(5_000_00, "abridged"), (5_000_01, "full"), (1, "abridged")])
def test_the_form_follows_from_the_amount(cents: int, form: str) -> None:
    assert LegalForm.of(Money.zar(cents)) == form


# -- pages -------------------------------------------------------------------------------------------------------------


def line(number: int, **values: str) -> dict[str, str]:
    usual = {
        "sku": "",
        "description": "",
        "quantity": "",
        "unit": "",
        "price": "",
        "less": "",
        "vat": "standard",
        **values,
    }
    return {f"{name}-{number}": value for name, value in usual.items()}


def test_a_clerk_writes_looks_and_issues(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/invoices/drafts/new?customer=MPD014")
    form = line(1, sku="HH-12-R2AT") | line(2, description="Fitting by hand", quantity="2", price="1 000.00", less="10")
    answer = clerk.post(
        "/staff/invoices/drafts/new", data={"customer": "MPD014"} | form | {"less_whole": "5", "po_number": "PO 9"}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]

    page = clerk.get(answer.location).get_data(as_text=True)
    assert "Hydraulic hose 1/2 inch" in page and "less 10\u00a0%" in page
    assert clerk.get(f"{answer.location}.pdf").data[:5] == b"%PDF-"
    version = page.split('name="version" value="', 1)[1].split('"', 1)[0]
    issued = clerk.post(f"{answer.location}/issue", data={"version": version, "key": new_key()})
    assert issued.status_code == 303

    number = issued.location.rpartition("/")[2]
    assert invoices.by_number(number).total == Money.zar(4_132_50 + 619_88 + 1_710_00 + 256_50)


def test_what_is_wrong_is_named_at_its_field_and_kept(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/invoices/drafts/new?customer=MPD014")
    form = line(1, description="Hose", quantity="many", price="12.345", less="200")

    answer = clerk.post("/staff/invoices/drafts/new", data={"customer": "MPD014"} | form | {"carriage": "x"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ('value="many"', 'value="12.345"', "Write the quantity like 2 or 1.5.", "Write a discount in percent"):
        assert words in page, words


def test_more_lines_can_be_asked_for_and_nothing_is_lost(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/invoices/drafts/new?customer=MPD014")
    form = line(1, description="Half a line") | {"step": "more"}
    page = clerk.post("/staff/invoices/drafts/new", data={"customer": "MPD014"} | form).get_data(as_text=True)
    assert 'value="Half a line"' in page
    assert 'name="price-6"' in page
