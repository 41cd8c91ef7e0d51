"""Words anywhere in a document that take the payment back, or make the document none, and those that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.proofs.types import Outcome
from tests.unit.proofs.cases import judged, outcome, page_of, reading

PASS, UNKNOWN = Outcome.PASS, Outcome.UNKNOWN


def _status(*lines):
    return outcome(judged(reading(pages=[page_of(*lines)])), "status")


@pytest.mark.parametrize(
    "said",
    ["The payment below was stopped at the client's request.", "You have a payment waiting for release.",
     "Please note the payment was recalled on 22 May 2026.", "Die volgende betaling sal gemaak word:",
     "The payment bounced.", "Review your payment details before you confirm.", "Simulation - no payment was made.",
     "This is not a valid proof of payment", "Hierdie is nie 'n bewys van betaling nie.", "For training purposes only",
     "Money has not been moved.", "Payment captured. Not yet released."],
)  # fmt: skip
def test_a_sentence_about_this_payment_takes_it_back_wherever_it_stands(said):
    assert _status((0.1, "Payment successful"), (0.1, said)) is UNKNOWN
    assert _status((0.1, "Payment successful"), (0.8, said)) is UNKNOWN


@pytest.mark.parametrize(
    "mark", ["SPECIMEN", "Void", "DRAFT", "Sample only", "Pay now", "CANCELLED", "Konsep", "Quotation"]
)
def test_a_mark_alone_on_its_line_makes_the_document_none(mark):
    assert _status((0.1, "Payment successful"), (0.8, mark)) is UNKNOWN


def test_what_stands_on_another_page_counts():
    second = replace(page_of((0.3, "This payment was reversed on 22 June 2026.")), number=2)

    assert outcome(judged(reading(pages=[page_of((0.1, "Payment successful")), second])), "status") is UNKNOWN


@pytest.mark.parametrize(
    "small_print",
    ["If the payment is rejected the funds will be returned.", "Payments that were cancelled are refunded.",
     "This notification is not a guarantee that the transaction was not reversed.",
     "The payment may be returned by the receiving bank."],
)  # fmt: skip
def test_disclaimers_about_payments_in_general_do_not(small_print):
    assert _status((0.1, "Payment successful"), (0.8, small_print)) is PASS


def test_the_end_of_a_disclaimer_on_a_line_of_its_own_is_no_mark():
    lines = ((0.8, "The bank is not liable for any loss where a payment is"), (0.82, "Rejected"))

    assert _status((0.1, "Payment successful"), *lines) is PASS


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Payment date 2026-03-14\nValue date 2026-03-18", UNKNOWN), ("To be debited on 18 March 2026", UNKNOWN),
     ("Code valid until 2026-06-14", PASS), ("Disclaimer\nTerms of 01/04/2026", PASS), ("Printed 16/03/2026", PASS)],
)  # fmt: skip
def test_a_day_to_come_anywhere_above_the_small_print_leaves_the_date_open(text, expected):
    assert outcome(judged(reading(text=text)), "date") is expected


def test_a_day_that_the_payer_typed_says_nothing():
    typed = "INV-2026-02805 due 2026-04-01"

    assert outcome(judged(reading(text=f"Reference {typed}", reference=typed)), "date") is PASS


def test_a_proof_that_no_bank_signs_is_not_one():
    assert outcome(judged(reading(payer_bank=None)), "is_pop") is UNKNOWN


@pytest.mark.parametrize(
    ("payer", "expected"),
    [("360Degree Supply", UNKNOWN), ("360DEGREE SUPPLY (PTY) LTD", UNKNOWN), ("Thaba Logistics", PASS), (None, PASS)],
)
def test_money_from_an_account_in_our_name_is_not_money_to_us(payer, expected):
    assert outcome(judged(reading(payer_name=payer)), "beneficiary_account") is expected


@pytest.mark.parametrize(
    "said",
    ["This transaction did not go through.", "Your transfer is incomplete.", "Payment unconfirmed", "Onvoltooid",
     "Transaction aborted", "Your payment has been delayed.", "Hierdie betaling moet nog goedgekeur word."],
)  # fmt: skip
def test_a_denying_or_deferring_word_nobody_listed_is_enough_in_the_head(said):
    assert _status((0.1, "Payment successful"), (0.1, said)) is UNKNOWN


@pytest.mark.parametrize("said", ["Please do not reply to this message", "Date captured", "Branch not provided"])
def test_what_notices_say_of_other_things_is_harmless_there(said):
    assert _status((0.1, "Payment successful"), (0.1, said)) is PASS
