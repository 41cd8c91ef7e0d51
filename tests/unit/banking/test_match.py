"""Certain is only what names one thing and fits to the cent; whatever points two ways is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.banking.match import Outcome, Owed, Share
from portal.banking.match.days import business_days
from portal.banking.match.sums import sets_of
from tests.unit.banking.worlds import DAY, FIRST, KAROO, SECOND, THEIRS, VAAL, answer, answers, line, owed, paid

MATCHED, SUGGESTED, UNMATCHED, IGNORED = Outcome.MATCHED, Outcome.SUGGESTED, Outcome.UNMATCHED, Outcome.IGNORED
NUMBER = FIRST.number


@pytest.mark.parametrize(
    "text",
    [
        "MAGTAPE CREDIT RRJWJJ98", "EFT rrjwjj98 THANKS", "EFT RRJW JJ98", "EFT RRJW-JJ98", "KAROO DRILLINGRRJWJJ98",
        "EFT INV-2026-00101", "EFT inv 2026 00101", "EFT INV202600101", "REF RRJWJJ98", "EFT RR JW JJ 98",
        "EFT RRJWJJ9B", "EFT RRJWJJ9", "EFT RRJWJJ", "EFT RRJWJA98", "inv 2026/101",
    ],
)  # fmt: skip
def test_a_reference_or_number_with_the_exact_balance_pays_the_invoice(text: str) -> None:
    found = answer(line(1_500_00, text))
    assert (found.outcome, found.shares) == (MATCHED, (Share(NUMBER, 1_500_00),))
    assert found.reasons


@pytest.mark.parametrize("text", ["EFT RRJWJJ9B", "EFT RRJWJJ9", "EFT RRJWJA98", "inv 2026/101"])
def test_what_was_repaired_needs_the_exact_balance(text: str) -> None:
    assert answer(line(1_400_00, text)).outcome is SUGGESTED


def test_a_whole_reference_takes_a_part_and_more_than_is_open() -> None:
    part, more = answer(line(1_000_00, "RRJWJJ98")), answer(line(1_600_00, "RRJWJJ98"))
    assert (part.shares, part.left_over) == ((Share(NUMBER, 1_000_00),), 0)
    assert (more.shares, more.left_over) == ((Share(NUMBER, 1_500_00),), 100_00)


def test_each_line_sees_what_those_before_it_used_up() -> None:
    first, rest, again = answers(
        line(1_000_00, "RRJWJJ98"), line(500_00, "RRJWJJ98", name="L2"), line(500_00, "RRJWJJ98", name="L3")
    )
    assert [first.outcome, rest.outcome, again.outcome] == [MATCHED, MATCHED, SUGGESTED]
    assert "paid already" in again.reasons[0]


def test_two_invoices_are_paid_by_their_exact_sum_only() -> None:
    assert answer(line(1_820_50, "RRJWJJ98 5U7YDVNA")).shares == (Share(NUMBER, 1_500_00), Share(SECOND.number, 320_50))
    assert answer(line(1_820_51, "RRJWJJ98 5U7YDVNA")).outcome is SUGGESTED


def test_a_number_is_not_found_inside_a_longer_one() -> None:
    one, ten = owed("INV-1", "9ATM3K8P", 50_00), owed("INV-10", "8R8DT77K", 60_00)
    assert answer(line(60_00, "EFT INV-10"), invoices=(one, ten)).shares == (Share("INV-10", 60_00),)
    assert answer(line(60_00, "EFT INV-10"), invoices=(one,)).outcome is not MATCHED
    assert answer(line(50_00, "EFT INV-10"), invoices=(one, ten)).outcome is SUGGESTED


def test_evidence_that_points_two_ways_is_asked() -> None:
    assert answer(line(777_77, "VAAL LOGISTICS RRJWJJ98")).outcome is SUGGESTED
    assert answer(line(1_500_00, f"{FIRST.reference} {VAAL.reference}")).outcome is SUGGESTED


def test_an_amount_that_is_another_invoice_of_the_same_customer_is_asked() -> None:
    assert answer(line(320_50, "RRJWJJ98")).outcome is SUGGESTED
    assert answer(line(1_820_50, "RRJWJJ98")).outcome is SUGGESTED


def test_the_customers_reference_pays_one_invoice_or_everything() -> None:
    assert answer(line(320_50, KAROO.reference)).shares == (Share(SECOND.number, 320_50),)
    assert {share.invoice for share in answer(line(1_820_50, KAROO.reference)).shares} == {NUMBER, SECOND.number}
    assert answer(line(100_00, KAROO.reference)).outcome is SUGGESTED
    twins = (FIRST, owed("INV-2026-00109", "9FN8R74E", FIRST.balance))
    assert answer(line(1_500_00, KAROO.reference), invoices=twins).outcome is SUGGESTED


def test_a_payment_on_the_way_is_named_by_its_line() -> None:
    assert answer(line(1_500_00, "EFT RRJWJJ98"), payments=[paid(FIRST)]).payment == "P1"
    assert answer(line(1_500_00, "EFT KAROO DRILLING"), payments=[paid(FIRST)]).payment == "P1"


@pytest.mark.parametrize(
    ("on", "outcome"),
    [(date(2026, 3, 16), MATCHED), (date(2026, 3, 18), MATCHED), (date(2026, 3, 19), SUGGESTED), (date(2026, 3, 12), SUGGESTED)],
)  # fmt: skip
def test_name_and_amount_confirm_within_three_business_days(on: date, outcome: Outcome) -> None:
    assert answer(line(1_500_00, "EFT KAROO DRILLING", on=on), payments=[paid(FIRST)]).outcome is outcome


def test_a_name_is_not_enough_when_something_else_has_the_amount() -> None:
    rival = owed("INV-2026-00120", "EX9GHMVN", FIRST.balance, VAAL)
    found = answer(line(1_500_00, "EFT KAROO DRILLING"), payments=[paid(FIRST)], invoices=(FIRST, rival))
    assert found.outcome is SUGGESTED


@pytest.mark.parametrize("typed", ["PAYMENT", "MARCH", "X1", "INVOICE"])
def test_a_word_that_a_payer_typed_as_reference_names_nothing(typed: str) -> None:
    announced = replace(paid(FIRST), reference=typed)
    assert answer(line(1_500_00, f"EFT {typed} RECEIVED"), payments=[announced]).outcome is SUGGESTED


def test_a_number_of_the_payers_own_names_its_payment() -> None:
    announced = replace(paid(FIRST), reference="PO129/OVE105")
    assert answer(line(1_500_00, "EFT PO129/OVE105"), payments=[announced]).payment == "P1"


def test_a_payment_of_another_amount_than_came_is_asked() -> None:
    announced = paid(FIRST, 15_000_00)
    assert answer(line(1_500_00, "RRJWJJ98"), payments=[announced]).outcome is SUGGESTED


def test_an_amount_or_a_name_or_a_learned_payer_only_suggests() -> None:
    assert answer(line(777_77, "CASH DEPOSIT")).candidates[0].invoice == THEIRS.number
    assert answer(line(320_50, "EFT KAROO DRILLING")).outcome is SUGGESTED
    learned = answer(line(777_77, "CASHFOCUS VAAL ACC PAYABLE 7722"))
    assert learned.outcome is SUGGESTED and "confirmed this payer" in learned.candidates[0].why


def test_a_reversal_and_what_it_takes_back_are_no_money_and_paid_again_is() -> None:
    found = answers(
        line(1_500_00, "EFT KAROO RRJWJJ98"),
        line(-1_500_00, "REVERSAL EFT KAROO RRJWJJ98", name="L2"),
        line(1_500_00, "EFT KAROO RRJWJJ98", name="L3"),
    )
    assert [each.outcome for each in found] == [UNMATCHED, IGNORED, MATCHED]
    assert found[1].takes_back == "L1"


@pytest.mark.parametrize(
    ("cents", "text", "rule"),
    [
        (-8_50, "#SERVICE FEES", "B2"), (-100_00, "BANKKOSTE MAART", "B2"), (-500_00, "SUPPLIER PMT RRJWJJ98", "B2"),
        (900_00, "SARS VAT REFUND 4890213377", "B4"), (320_50, "TRANSFER FROM CALL ACCOUNT 4471", "B4"),
        (320_50, "IB TRANSFER 62841790356", "B4"), (12_00, "CREDIT INTEREST", "B4"),
    ],
)  # fmt: skip
def test_what_is_no_customers_money_is_set_aside(cents: int, text: str, rule: str) -> None:
    found = answer(line(cents, text))
    assert (found.outcome, found.rule) == (IGNORED, rule)


def test_nothing_that_fits_is_said_so() -> None:
    found = answer(line(1_23, "ATM 04007714 DEP"))
    assert found.outcome is UNMATCHED and not found.candidates


REFERENCES = ("RRJWJJ98", "5U7YDVNA", "2E5K7VW2", "9ATM3K8P", "8R8DT77K", "7DMWGU5W")


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), max_size=14),
    st.lists(st.integers(1, 300), min_size=6, max_size=6),
)
def test_no_invoice_ever_gets_more_than_it_needs_and_no_line_gives_more_than_came(
    told: list[tuple[int, int]], balances: list[int]
) -> None:
    invoices = [
        Owed(f"INV-{at}", reference, (KAROO, VAAL)[at % 2].code, balance, DAY, DAY)
        for at, (reference, balance) in enumerate(zip(REFERENCES, balances, strict=True))
    ]
    lines = [line(cents, f"EFT {REFERENCES[which]}", name=str(at)) for at, (which, cents) in enumerate(told)]
    got: dict[str, int] = {}
    for found, each in zip(answers(*lines, invoices=invoices), lines, strict=True):
        given_ = sum(share.amount for share in found.shares)
        assert given_ + found.left_over == (each.amount if found.outcome is MATCHED else 0)
        for share in found.shares:
            got[share.invoice] = got.get(share.invoice, 0) + share.amount
    assert all(amount <= balances[int(number[4:])] for number, amount in got.items())


def test_business_days_leave_out_weekends_and_public_holidays() -> None:
    assert business_days(date(2026, 3, 20), date(2026, 3, 23)) == 1
    assert business_days(date(2026, 4, 2), date(2026, 4, 7)) == 1  # Good Friday, Family Day
    assert business_days(date(2026, 3, 20), date(2026, 3, 20)) == 0


@given(st.lists(st.integers(1, 50), max_size=8), st.integers(1, 120))
def test_sets_have_the_sum_they_are_found_for(amounts: list[int], wanted: int) -> None:
    balances = [(str(at), cents) for at, cents in enumerate(amounts)]
    for found in sets_of(balances, wanted):
        assert sum(amounts[int(number)] for number in found) == wanted
