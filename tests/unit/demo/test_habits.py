"""How the demo's customers pay."""

from __future__ import annotations

from datetime import date, time
from itertools import islice
from random import Random

import pytest

from portal.core import reference as references
from portal.core.money import Money
from portal.demo import names
from portal.demo.drawing.facts import BANK_OF, Form, ProofFacts, Style
from portal.demo.habits import PDF_FORMS, Bill, Intent, facts_of, forms, intents, style_of, typed

CUSTOMER = names.CUSTOMERS[0]
REFERENCE = references.make(Random(1))
BILL = Bill(("INV-2026-000007",), (REFERENCE,), Money.zar(12_345_67))


def facts(intent: Intent, seed: int = 1) -> ProofFacts:
    return facts_of(intent, CUSTOMER, BILL, date(2026, 3, 14), time(10, 15), Random(seed))


def test_forty_invoices_meet_every_intent() -> None:
    assert set(islice(intents(), 40)) == set(Intent)


def test_nearly_half_of_all_payers_send_exactly_what_they_should() -> None:
    assert list(islice(intents(), 40)).count(Intent.EXACT) >= 18


def test_pictures_are_rare_among_good_proofs_and_come_early() -> None:
    early, late = list(islice(forms(), 24)), list(islice(forms(), 24, 49))

    assert [form for form in early if form not in PDF_FORMS] == [Form.SCREENSHOT_PHONE, Form.PHOTO]
    assert set(late) == PDF_FORMS


def test_later_invoices_meet_nothing_that_only_pictures_show() -> None:
    later = set(islice(intents(), 40, 80))

    assert not later & {Intent.FORGED_PICTURE, Intent.BLURRED}
    assert Intent.FORGED_PDF in later


@pytest.mark.parametrize(
    ("intent", "cents"),
    [
        (Intent.EXACT, 12_345_67),
        (Intent.SHORT, 9_876_00),
        (Intent.OVER, 12_595_67),
        (Intent.FORGED_PICTURE, 1_234_56),
        (Intent.FORGED_PDF, 1_234_56),
    ],
)
def test_the_amount_follows_from_the_intent(intent: Intent, cents: int) -> None:
    assert facts(intent).amount == Money.zar(cents)


def test_a_careless_payer_types_no_reference() -> None:
    assert facts(Intent.NO_REFERENCE).reference is None


def test_a_planned_payment_is_not_a_payment() -> None:
    assert facts(Intent.SCHEDULED).status == "scheduled"
    assert facts(Intent.EXACT).status == "made"


@pytest.mark.parametrize("seed", range(40))
def test_what_is_typed_leads_to_the_invoice(seed: int) -> None:
    plain = typed(BILL, Random(seed)).upper().replace(" ", "").removeprefix("PAYMENT")

    assert plain in {REFERENCE, "INV-2026-000007"}


def test_people_type_the_reference_in_several_ways() -> None:
    assert len({typed(BILL, Random(seed)) for seed in range(60)}) == 4


def test_two_invoices_are_named_by_both_references() -> None:
    both = Bill(("INV-1", "INV-2"), ("7K04M2X3", "9AC4M2X3"), Money.zar(5))

    assert typed(both, Random(1)) == "7K04M2X3 9AC4M2X3"


@pytest.mark.parametrize("customer", names.CUSTOMERS, ids=lambda customer: customer.code)
def test_a_customer_sends_its_own_banks_document(customer: names.CustomerName) -> None:
    sent = [style_of(customer, Random(seed)) for seed in range(40)]
    strange = {Style.CARD, Style.COLUMN}

    assert {BANK_OF[style] for style in sent if style not in strange} == {customer.bank}


def test_the_money_goes_to_one_of_our_accounts() -> None:
    ours = {(account.number, account.bank, account.branch) for account in names.OUR_ACCOUNTS}
    paid_to = {
        (each.beneficiary_account, each.beneficiary_bank, each.branch)
        for each in (facts(Intent.EXACT, seed) for seed in range(80))
    }

    assert paid_to == ours
