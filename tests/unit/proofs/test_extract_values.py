"""Amounts, dates, words and accounts are read strictly: what could be two things is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.proofs.extract import spelled
from portal.proofs.extract.amounts import figures_in, only_figure
from portal.proofs.extract.dates import dates_in
from portal.proofs.extract.lines import Token
from portal.proofs.extract.normal import reference_normal
from portal.proofs.extract.spelled import cents_of
from portal.proofs.extract.values import account, amount, name, reference, trace
from portal.proofs.types import Word


def tokens(text: str, confidence: float = 1.0) -> tuple[Token, ...]:
    return tuple(Token(Word(part, (0, 0, 0, 0), 1, confidence), 0, 0, 0, 0) for part in text.split())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("R 12 500.00", "12500.00"),
        ("R12,500.00", "12500.00"),
        ("R12 500,00", "12500.00"),
        ("12.500,00", "12500.00"),
        ("ZAR44000.00", "44000.00"),
        ("ZAR 12,500.00", "12500.00"),
        ("1 210 227.65", "1210227.65"),
        ("80.00", "80.00"),
        ("R76.00", "76.00"),
        ("12 500.00 ZAR", "12500.00"),
        ("R 500", "500.00"),
    ],
)
def test_amounts_as_banks_print_them(text: str, plain: str):
    figure = only_figure(text)
    assert figure is not None
    assert (figure.money.plain, figure.money.currency) == (plain, "ZAR")


@pytest.mark.parametrize(
    "text",
    ["R12.500", "R1 234.5", "2ZAR223322.53", "RI2500.00", "12O0.00", "R 0776.09", "1962/000738/06", "15%", "..790356"],
)
def test_a_damaged_or_ambiguous_amount_is_none(text: str):
    assert only_figure(text) is None
    assert amount(tokens(text)) is None


def test_two_amounts_in_one_place_are_none():
    assert amount(tokens("R 500.00 (fee R 5.00)")) is None
    assert [figure.money.plain for figure in figures_in("R 500.00 (fee R 5.00)")] == ["500.00", "5.00"]


def test_an_amount_without_cents_is_believed_less_and_from_a_picture_only_with_its_currency():
    exact, whole = amount(tokens("R 500.00")), amount(tokens("R 500"))
    assert exact is not None and whole is not None
    assert whole[0].fit < exact[0].fit
    assert amount(tokens("50000", 0.9)) is None


def test_the_engines_dollar_is_no_currency():
    assert amount(tokens("$2.39", 0.9)) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026/08/31", "2026-08-31"),
        ("2025-07-31 11h05", "2025-07-31"),
        ("20/04/2026 10:15", "2026-04-20"),
        ("20/04/202610:15", "2026-04-20"),
        ("03/04/2026", "2026-04-03"),
        ("4 Oktober 2026", "2026-10-04"),
        ("14 March 2026", "2026-03-14"),
        ("1st May 2026", "2026-05-01"),
        ("March 3, 2026", "2026-03-03"),
        ("14-Mar-26", "2026-03-14"),
        ("14.03.2026", "2026-03-14"),
        ("20260314", "2026-03-14"),
        ("Saturday, 14 March 2026 at 14:05", "2026-03-14"),
        ("2026-06-28/NEDBANK/002138443961", "2026-06-28"),
    ],
)
def test_dates_as_banks_print_them(text: str, iso: str):
    assert [dated.day.isoformat() for dated in dates_in(text)] == [iso]


@pytest.mark.parametrize(
    "text", ["1962/000738/06", "31/02/2026", "2026-13-01", "0860 123 000", "62841790356", "7K04 M2X3"]
)
def test_what_is_no_date_is_none(text: str):
    assert dates_in(text) == []


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Twelve thousand six hundred and ninety-four rand and seventeen cents", 1269417),
        ("Two hundred rand only", 20000),
        ("One million two hundred and ten thousand two hundred and twenty-seven rand and sixty-five cents", 121022765),
        ("Vyfhonderd en een rand en nul sent", 50100),
        ("Een miljoen tweehonderd en tienduisend tweehonderd seween-twintig rand en vyf-en-sestig sent", 121022765),
        ("Agthonderd ses-en-vyttigduisend sewehonderd en agt rand en een-en-twintig sent", 85670821),
        ("Three hundrcd and twenty-four rand and thirty cents", 32430),
    ],
)
def test_amounts_in_words_in_both_languages(text: str, cents: int):
    assert cents_of(text) == cents


@pytest.mark.parametrize("text", ["R 5", "rand", "made by Mr Seven Rand", "twelve elephants rand", ""])
def test_words_that_are_no_amount_are_none(text: str):
    assert cents_of(text) is None


@given(st.lists(st.sampled_from([*spelled._KNOWN, "7", "99", "somebody"]), max_size=9))
def test_number_words_in_any_order_are_an_amount_or_none(words: list[str]):
    cents = cents_of(" ".join(words))
    assert cents is None or cents >= 0


def test_words_that_name_two_sums_are_no_amount():
    assert cents_of("one hundred rand and fifty rand") is None


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("62841790356", "62841790356"),
        ("..790356", "..790356"),
        ("XXXXXXXXXXXX0356", "XXXXXXXXXXXX0356"),
        ("****6789", "****6789"),
        ("62 8417 90356", "62 8417 90356"),
        ("Cheque account ****6789", "****6789"),
        ("2.790356", "..790356"),
    ],
)
def test_accounts_are_given_as_printed(text: str, printed: str):
    found = account(tokens(text))
    assert found is not None and found.text == printed


@pytest.mark.parametrize("text", ["Savings", "R500.00", "12"])
def test_what_is_no_account_is_none(text: str):
    assert account(tokens(text)) is None


def test_names_lose_the_banks_star_and_what_belongs_to_the_account():
    named = name(tokens("*KLIPFONTEIN TRADING (PTY"))
    assert named is not None and named.text == "KLIPFONTEIN TRADING (PTY"
    assert name(tokens("R 500.00")) is None


def test_a_traces_pieces_hold_digits_and_references_are_nearly_anything():
    number = trace(tokens("2026-06-28/NEDBANK/002138443961"))
    assert number is not None and number.text == "2026-06-28/NEDBANK/002138443961"
    assert trace(tokens("see your statement for details")) is None
    typed = reference(tokens("PO 4471 / INV-2026-01339"))
    assert typed is not None and typed.text == "PO 4471 / INV-2026-01339"
    assert reference(tokens("N/A")) is None


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("INV-2026-04594", "INV-2026-04594"),
        ("inv2026 04594 thanks", "INV-2026-04594"),
        ("INV-2O26-O4612", "INV-2026-04612"),
        ("PO 4471 / INV-2026-01339", "INV-2026-01339"),
        ("INV-2026-04093 INV-2026-04097", None),
        ("T MABHOKO", None),
    ],
)
def test_our_number_in_what_was_typed(typed: str, normal: str | None):
    assert reference_normal(typed) == normal
