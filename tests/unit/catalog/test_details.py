"""Barcodes, UN numbers, specifications and the tree of shelves, read as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.types import (
    CategoryInfo,
    as_tree,
    barcode_of,
    check_digit,
    path_to,
    specs_of,
    specs_text,
    un_number_of,
    within,
)
from portal.core.errors import BadInput


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4006381333931", "4006381333931"),
        ("96385074", "96385074"),
        ("036000291452", "036000291452"),
        ("10012345000017", "10012345000017"),
        (" 4 006381 333931 ", "4006381333931"),
        ("", None),
    ],
)
def test_a_barcode_is_read_with_its_spaces(written: str, read: str | None) -> None:
    assert barcode_of(written) == read


@pytest.mark.parametrize("written", ["4006381333930", "123", "400638133393A", "٤٠٠٦٣٨١٣٣٣٩٣١", "40063813339310000"])
def test_what_is_no_barcode_is_refused(written: str) -> None:
    with pytest.raises(BadInput) as refused:
        barcode_of(written)
    assert refused.value.field == "barcode"


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_figure_is_always_found(figures: str, place: int, off: int) -> None:
    whole = f"{figures}{check_digit(figures)}"
    assert barcode_of(whole) == whole
    wrong = f"{whole[:place]}{(int(whole[place]) + off) % 10}{whole[place + 1 :]}"
    with pytest.raises(BadInput):
        barcode_of(wrong)


@pytest.mark.parametrize(("written", "read"), [("UN1263", "1263"), (" un 1263", "1263"), ("1263", "1263"), ("", "")])
def test_un_numbers_are_read_with_and_without_their_letters(written: str, read: str) -> None:
    assert un_number_of(written) == read


@pytest.mark.parametrize("written", ["126", "12634", "UNO", "UN 12 63"])
def test_what_is_no_un_number_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        un_number_of(written)


def test_specifications_are_one_thing_a_line() -> None:
    rows = specs_of("Bore: 12.7 mm\n\n Ratio : 1:2 \n")
    assert rows == (("Bore", "12.7 mm"), ("Ratio", "1:2"))
    assert specs_of(specs_text(rows)) == rows


@pytest.mark.parametrize("written", ["Bore", ": 12", "Bore:", "x" * 81 + ": 1", "\n".join("a: b" for _ in range(41))])
def test_a_line_that_says_nothing_is_refused(written: str) -> None:
    with pytest.raises(BadInput) as refused:
        specs_of(written)
    assert refused.value.field == "specs"


def shelf(number: int, parent: int | None = None, products: int = 1) -> CategoryInfo:
    return CategoryInfo(number, f"s{number}", f"Shelf {number}", "package", products, parent)


SHELVES = (shelf(1), shelf(2), shelf(3, 1), shelf(4, 3), shelf(5, 2))


def test_shelves_stand_below_the_one_they_are_in_and_count_upwards() -> None:
    tree = as_tree(SHELVES)
    assert [(each.slug, each.depth, each.products) for each in tree] == [
        ("s1", 0, 3), ("s3", 1, 2), ("s4", 2, 1), ("s2", 0, 2), ("s5", 1, 1),
    ]  # fmt: skip


def test_the_path_to_a_shelf_begins_outside() -> None:
    assert [each.slug for each in path_to("s4", SHELVES)] == ["s1", "s3", "s4"]
    assert path_to("s9", SHELVES) == ()


def test_what_is_within_a_shelf_is_all_below_it() -> None:
    assert within("s1", SHELVES) == {1, 3, 4}
    assert within("s9", SHELVES) == frozenset()
