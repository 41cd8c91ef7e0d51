"""Phrases as staff write them fit what banks print, and nothing that is too short or too wide."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.banking.match import BUILT_IN, Outcome, Rules
from portal.banking.match.rules import BadPhrase, check_phrase, pattern_of
from portal.banking.types.rules import AsideKind, AsideRule
from tests.unit.banking.worlds import answer, line

FEES, REVERSALS, TRANSFERS, INCOME = BUILT_IN


@pytest.mark.parametrize(
    ("phrase", "text", "fits"),
    [
        ("INTEREST|RENTE", "CREDIT INTEREST MARCH", True),
        ("INTEREST|RENTE", "rente ontvang", True),
        ("INTEREST|RENTE", "INTERESTING MINING", False),
        ("TRANSFER FROM|TO * SAVINGS ACC|ACCOUNT", "TRANSFER FROM OUR OLD SAVINGS ACCOUNT", True),
        ("TRANSFER FROM|TO * SAVINGS ACC|ACCOUNT", "TRANSFER FROM SAVINGS CLUB", False),
        ("BANK KOSTE", "BANKKOSTE MAART", True),
        ("^#", "#SERVICE FEES", True),
        ("^#", "REF #12", False),
        ("^REVERSAL", "- REVERSAL EFT", True),
        ("^REVERSAL", "PART REVERSAL", False),
        ("A.B", "AXB", False),
        ("RENT (", "RENT (MARCH)", True),
    ],
)
def test_a_phrase_fits(phrase: str, text: str, fits: bool) -> None:
    assert (pattern_of(phrase).search(text) is not None) is fits


@pytest.mark.parametrize("phrase", ["A", "*", "^", "AB", "A|B", "X * * * * Y", "W" * 121, "ABC |", "||||"])
def test_a_phrase_that_fits_too_much_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        check_phrase(phrase)


def test_what_came_with_the_portal_passes_its_own_check() -> None:
    for rule in BUILT_IN:
        for phrase in rule.phrases:
            check_phrase(phrase)


@given(st.text(max_size=60))
def test_no_phrase_breaks_the_matcher(phrase: str) -> None:
    try:
        check_phrase(phrase)
    except BadPhrase:
        return
    pattern_of(phrase).search("MAGTAPE CREDIT KAROO DRILLING 7K04M2X3")


def test_a_hostile_phrase_is_fast() -> None:
    pattern = pattern_of("AAA * AAA * AAA")
    began = time.perf_counter()
    assert pattern.search("AAA " * 200 + "B") is not None
    assert pattern_of("AAB * AAB * AAC").search("AAB " * 200) is None
    assert time.perf_counter() - began < 1


def test_rules_are_asked_in_their_order_and_only_those_in_force() -> None:
    mine = AsideRule("own-1", AsideKind.INCOME, "Mine", ("SARS",), place=5)
    assert Rules([*BUILT_IN, mine]).first((AsideKind.INCOME,), "SARS VAT") == mine
    assert Rules([*BUILT_IN, replace(mine, active=False)]).first((AsideKind.INCOME,), "SARS VAT") == INCOME


def test_without_its_rule_income_waits_for_a_person() -> None:
    interest = line(12_00, "CREDIT INTEREST")
    assert answer(interest).outcome is Outcome.IGNORED
    assert answer(interest, rules=(FEES, REVERSALS, TRANSFERS)).outcome is Outcome.UNMATCHED


def test_a_rule_of_our_own_sets_aside_what_names_nobody_and_never_a_customers_money() -> None:
    scrap = AsideRule("own-1", AsideKind.INCOME, "Scrap metal", ("SCRAP METAL",))
    told = answer(line(99_00, "SCRAP METAL YARD"), rules=(*BUILT_IN, scrap))
    assert (told.outcome, told.reasons) == (Outcome.IGNORED, ("Scrap metal.",))
    assert answer(line(1_500_00, "SCRAP METAL RRJWJJ98"), rules=(*BUILT_IN, scrap)).outcome is Outcome.MATCHED
