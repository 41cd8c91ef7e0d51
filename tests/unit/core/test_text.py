import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import alphanumeric, counted, edits, fold, listed, slug, squeeze


def test_look_alikes_fold_to_their_digit():
    assert fold("inv-2O26-QSB") == "1NV-2026-058"


@given(st.text())
def test_folding_keeps_the_length_and_every_digit(text):
    folded = fold(text)

    assert len(folded) == len(text)
    assert all(after == before for before, after in zip(text, folded, strict=True) if before in "0123456789")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("360H997", "360H997", 0),
        ("360H997", "360H99", 1),
        ("360H997", "3060H997", 1),
        ("360H997", "36H0997", 1),
        ("360H997", "360X997", 1),
        ("360H997", "361X997", 2),
        ("360H997", "ABCDEFG", 3),
        ("", "AB", 2),
    ],
)
def test_edits_count_changes_losses_additions_and_swaps(first, second, expected):
    assert edits(first, second, 2) == edits(second, first, 2) == expected


def test_lists_read_as_people_say_them():
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == ["a", "a and b", "a, b or c"]
    assert (counted(1, "invoice"), counted(3, "invoice"), counted(2, "proof", "proofs")) == (
        "1 invoice",
        "3 invoices",
        "2 proofs",
    )


def test_only_letters_and_digits_are_left_for_comparing():
    assert alphanumeric(" inv-2026/004 17é") == "INV202600417"
    assert squeeze("  a \n b\u00a0c ") == "a b c"


def test_a_slug_is_plain_and_never_empty():
    assert slug("Zandvliet Hydraulics (BK)") == "zandvliet-hydraulics-bk"
    assert slug("Café 360°") == "cafe-360"
    assert slug("—") == "item"
