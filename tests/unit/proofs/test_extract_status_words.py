"""A state of the payment in words that nobody listed is never taken for a payment that was made."""

from __future__ import annotations

import pytest

from portal.proofs.extract import read_fields
from portal.proofs.extract.samples import page_of
from portal.proofs.extract.wording import status_of


def _read(*lines: str) -> dict[str, str]:
    fields = read_fields([page_of(lines)]).fields
    return {name: value.value for name, value in fields.items() if value is not None}


def _notice(title: str, *more: str) -> dict[str, str]:
    return _read(
        title,
        "Amount|R 5 430.57",
        "Payment date|2026-05-20",
        "Beneficiary account number|62841790356",
        "Beneficiary reference|INV-2026-00836",
        *more,
    )


@pytest.mark.parametrize(
    "printed", ["Successful", "Payment successful", "Completed 2026/05/20", "Processed and paid", "Suksesvol"]
)
def test_a_status_that_says_nothing_but_made_is_made(printed: str):
    assert status_of(printed) == "made"


@pytest.mark.parametrize(
    "printed",
    ["Accepted for processing", "Partially processed", "Successful, awaiting clearance", "Authorised 1 of 2", "R/D",
     "Unknown", "Captured", "Loaded", "Received", "In clearing", "Stopped", "Expired", "Dishonoured", "In afwagting"],
)  # fmt: skip
def test_any_other_word_in_a_status_leaves_it_open(printed: str):
    assert _notice("Payment confirmation", f"Status|{printed}").get("status") != "made"


def test_an_engine_may_misread_one_letter_of_made_and_no_more():
    assert status_of("Successfu1", seen=True) == "made"
    assert status_of("Successfu1") == "successfu1"
    assert status_of("Unsuccessfu1", seen=True) == "unsuccessfu1"


@pytest.mark.parametrize("title", ["Payment details", "Once-off payment", "Immediate payment", "EFT payment"])
def test_titles_that_forms_carry_too_do_not_say_that_money_went(title: str):
    assert "status" not in _notice(title)


@pytest.mark.parametrize(
    "asked",
    ["Please send proof of payment to accounts@example.co.za", "Review the payment confirmation before you pay",
     "This is not a proof of payment", "Hierdie is nie 'n bewys van betaling nie"],
)  # fmt: skip
def test_asking_for_a_proof_is_none(asked: str):
    assert "status" not in _notice(asked)


def test_a_title_that_says_so_and_a_status_that_says_so_are_believed():
    assert _notice("Payment confirmation")["status"] == "made"
    assert _notice("Once-off payment", "Status|Successful")["status"] == "made"
