"""Documents whose labels nobody listed, whose tables run on, and slips that add up: read by meaning and arithmetic."""

from __future__ import annotations

import pytest

from portal.proofs.extract import read_fields
from portal.proofs.extract.composed import composed
from portal.proofs.extract.samples import page_of


def _read(*lines: str) -> dict[str, str]:
    fields = read_fields([page_of(lines)]).fields
    return {name: value.value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Remaining payment limit", "limit"), ("Balance after payment", "balance"), ("Cost of payment", "fee"),
        ("Processed date", "date"), ("Payment Date/Time", "date"), ("Date printed", "date_other"),
        ("Invoice date", "date_other"), ("Future payment date", "date_scheduled"), ("Sum paid", "amount"),
        ("Credit amount", "amount"), ("Payment Amount (R)", "amount"), ("Amount due", None), ("Invoice amount", None),
        ("Unique transaction number", "trace_id"), ("Payee's statement", "reference"), ("You will see", "own_reference"),
        ("Own statement narrative", "own_reference"), ("Beneficiary's ref.", "reference"), ("Account type", "other"),
        ("Debit account number", "payer_account"), ("Bank se naam", "bank_any"), ("Customer loyalty tier", None),
        ("Payer and payee reference", None), ("Amount 500", None),
    ],
)  # fmt: skip
def test_a_label_nobody_listed_is_understood_by_its_parts(label: str, kind: str | None):
    found = composed(label.split())
    assert (found.kind if found else None) == kind


def test_limits_and_balances_are_never_the_amount():
    fields = _read(
        "Payment confirmation",
        "Remaining payment limit|R 90 000.00",
        "Balance on this account|R 1 234.56",
        "Sum paid|R 5 430.57",
        "Recipient will see|INV-2026-00836",
    )
    assert (fields["amount"], fields["reference"]) == ("5430.57", "INV-2026-00836")


def test_a_told_payment_is_found_beside_a_limit():
    fields = _read(
        "Proof of payment",
        "You paid R90,742.65 to Example Supply on 04 Jun 2026 at 14:27.",
        "Daily limit remaining|R70000.00",
        "Destination account|47909167685",
    )
    assert (fields["amount"], fields["date"]) == ("90742.65", "2026-06-04")


def test_you_paid_may_name_a_sum_or_a_person():
    assert _read("Payment successful", "You paid|R 304.00", "Their reference|INV-2026-00417")["amount"] == "304.00"
    named = _read("Payment successful", "You paid|Example Supply", "Amount|R 304.00")
    assert (named["beneficiary_name"], named["amount"]) == ("Example Supply", "304.00")


def test_a_value_that_begins_like_a_label_stays_a_value():
    fields = _read("Proof of payment", "Amount|R 10.00", "Reference|Account 4471", "Payer|Supplies May")
    assert fields["reference"] == "Account 4471"
    assert "beneficiary_account" not in fields


def test_a_label_with_its_value_below_is_no_heading_of_what_follows():
    """In a card, ``Payer`` names the payer; the account below belongs to whom it says, not to the payer."""
    fields = _read(
        "Payment advice",
        "Amount", "R 3 546.50",
        "Payer", "Bosduif Lodge",
        "Payment reference", "INV-2026-04744",
        "Payment date", "15 September 2026",
    )  # fmt: skip
    assert fields["reference"] == "INV-2026-04744"


def test_a_table_may_be_headed_by_labels_nobody_listed():
    fields = _read(
        "Payment advice",
        "Sum paid|Remaining payment limit|Beneficiary's ref.",
        "R 123.38|R 86 568.46|INV-2026-02518",
        "Payments to other banks may take up to two business days to be seen there.",
    )
    assert (fields["amount"], fields["reference"]) == ("123.38", "INV-2026-02518")


def test_a_title_of_three_labels_is_no_table():
    fields = _read("Kennisgewing van betaling", "Bedrag|R32 641,36", "Begunstigde verwysing|INV-2026-01273")
    assert (fields["amount"], fields["reference"]) == ("32641.36", "INV-2026-01273")


def test_a_month_of_may_is_no_condition():
    fields = _read("Bewys van betaling", "A payment of R33 534.71 was made to your account by Mokoena on 05-May-2026.")
    assert fields["date"] == "2026-05-05"


_SLIP = ("TAX INVOICE", "Cashier: 4", "Item|Qty|Amount", "Safety shoes|1|103.77")


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        (("Sub-Total|103.77", "TOTAL|110.00", "CASH|110.00", "CHANGE|0.00"), "110.00"),
        (("Total (MYR)|20.00", "GST 6%|1.20", "NetTotal(MYR): 21.20", "Net Total Rounded (MYR) :", "Change|0.00"), "21.20"),
        (("Total 0% supplies: 19.83", "Total 6% supplies (Inc. GST): 32.05", "Total Payable: -51.88"), "51.88"),
        (("Total Incl. GST|27.56", "Rounding|-0.01", "Total|27.55"), "27.55"),
        (("Grand Total|33.00", "Total|32.95", "Cash|50.00", "Change Due|17.05"), "32.95"),
    ],
)  # fmt: skip
def test_the_total_of_a_slip_is_told_by_wording_and_proved_by_arithmetic(lines: tuple[str, ...], total: str):
    assert _read(*_SLIP, *lines)["amount"] == total
