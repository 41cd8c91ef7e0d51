"""Amounts in words."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.demo.drawing.spelling import in_afrikaans, in_english


@pytest.mark.parametrize(
    ("cents", "english", "afrikaans"),
    [
        (0, "Zero rand and zero cents", "Nul rand en nul sent"),
        (101, "One rand and one cent", "Een rand en een sent"),
        (19_20, "Nineteen rand and twenty cents", "Negentien rand en twintig sent"),
        (342_00, "Three hundred and forty-two rand and zero cents", "Driehonderd en twee-en-veertig rand en nul sent"),
        (
            12_694_17,
            "Twelve thousand six hundred and ninety-four rand and seventeen cents",
            "Twaalfduisend seshonderd en vier-en-negentig rand en sewentien sent",
        ),
        (1_000_000_00, "One million rand and zero cents", "Een miljoen rand en nul sent"),
        (
            2_001_050_09,
            "Two million one thousand and fifty rand and nine cents",
            "Twee miljoen eenduisend en vyftig rand en nege sent",
        ),
    ],
)
def test_an_amount_is_spelled(cents: int, english: str, afrikaans: str) -> None:
    assert in_english(Money.zar(cents)) == english
    assert in_afrikaans(Money.zar(cents)) == afrikaans
