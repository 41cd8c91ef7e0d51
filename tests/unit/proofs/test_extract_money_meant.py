"""What stands around an amount says what it is: another currency, a bound, a batch, a total with fees."""

from __future__ import annotations

import pytest

from portal.proofs.extract import read_fields
from portal.proofs.extract.samples import page_of


def _extraction(amount: str, *more: str):
    return read_fields([page_of((
        "Payment confirmation",
        f"Amount|{amount}",
        "Payment date|2026-05-20",
        "Beneficiary account number|62841790356",
        "Beneficiary reference|INV-2026-00836",
        *more,
    ))])  # fmt: skip


@pytest.mark.parametrize(
    "printed",
    ["N$ 12 500.00", "P 12 500.00", "M 12 500.00", "₦12 500.00", "Rs. 12 500.00", "RM 12 500.00", "R$ 12 500.00",
     "KES 12 500.00", "RTGS$ 12 500.00", "12 500.00 kr", "12 500.00 pula", "12 500.00 points", "Namibian Dollar 12 500.00",
     "up to R 12 500.00", "approx. R 12 500.00", "R 12 500.00 per month", "(R 12 500.00)", "R 12 500.00 CR"],
)  # fmt: skip
def test_an_amount_that_is_qualified_is_none(printed: str):
    assert _extraction(printed).fields["amount"] is None


@pytest.mark.parametrize(
    "printed",
    ["R 12 500.00", "ZAR12500.00", "R12,500.00", "Sum of R 12 500.00 paid", "12 500.00 ZAR", "R 12 500.00 only",
     "-R 12 500.00", "R 12 500.00 Immediate Payment"],
)  # fmt: skip
def test_an_amount_in_rand_is_read_with_the_words_banks_put_around_it(printed: str):
    amount = _extraction(printed).fields["amount"]
    assert amount is not None
    assert amount.value == "12500.00"


@pytest.mark.parametrize(
    ("told", "currency"),
    [("ZAR", "ZAR"), ("South African Rand", "ZAR"), ("USD", "USD"), ("Pula", "XXX"), ("NAD - Namibian dollar", "NAD")],
)
def test_a_currency_printed_for_itself_is_the_amounts(told: str, currency: str):
    found = _extraction("12 500.00", f"Payment currency|{told}").fields["currency"]
    assert found is not None
    assert found.value == currency


@pytest.mark.parametrize(
    ("line", "code"),
    [("First National Bank of Namibia Limited", "foreign_bank"), ("Number of payments|4", "several_payments"),
     ("Batch total|R 12 500.00", "several_payments"), ("Aantal begunstigdes: 3", "several_payments")],
)  # fmt: skip
def test_a_batch_and_a_bank_abroad_are_signals(line: str, code: str):
    assert code in {signal.code for signal in _extraction("R 12 500.00", line).signals}


def test_one_payment_is_no_batch():
    assert _extraction("R 12 500.00", "Number of payments|1").signals == ()


def test_a_total_alone_is_read_and_not_believed():
    """It may hold the fee."""
    total = read_fields([page_of(("Payment confirmation", "Fee|R 8.00", "Total|R 12 508.00"))]).fields["amount"]
    assert total is None or total.confidence < 0.5


def test_a_narrow_column_that_breaks_an_amount_leaves_it_whole():
    broken = read_fields([page_of(("Payment confirmation", "Amount", "R2", "363.90", "", "Paid to", "Example Supply"))])
    amount = broken.fields["amount"]
    assert amount is None or amount.value == "2363.90"


@pytest.mark.parametrize("printed", ["•••• 0356", "**** **** 0356", "..790356", "XXXXXXX0356"])
def test_a_mask_apart_from_its_digits_belongs_to_the_account(printed: str):
    shown = read_fields([page_of(("Payment confirmation", "Amount|R 5.00", f"Beneficiary account|{printed}"))])
    account = shown.fields["beneficiary_account"]
    assert account is not None
    assert account.value == printed


def test_a_letter_that_ends_a_line_with_a_label_goes_on_below():
    told = read_fields([page_of((
        "Nedbank", "KLIPFONTEIN TRADING has paid R12 500.00 into your account on 2026-05-20 with Reference:",
        "INV-2026-00836",
    ))]).fields["reference"]  # fmt: skip
    assert told is not None
    assert told.value == "INV-2026-00836"


def test_an_invoice_gives_its_total_in_rand_and_no_heading_for_a_reference():
    fields = read_fields([page_of((
        "TAX INVOICE", "Invoice number|INV-2026-00001", "Description|Qty", "Chairs|2 R 4 297.13", "Subtotal|R 8 594.26",
        "Total due|R 9 885.40",
    ))]).fields  # fmt: skip
    assert fields["amount"] is not None
    assert fields["amount"].value == "9885.40"
    assert fields["reference"] is None


def test_without_the_sign_of_the_rand_a_space_parts_a_quantity_from_a_price():
    fields = read_fields([page_of(("RECEIPT", "Chairs|60.00", "Total|2 120.00", "Cash|150.00", "Change|30.00"))]).fields
    assert fields["amount"] is not None
    assert fields["amount"].value == "120.00"
