"""Charts: sizes that add up, escaped words, no style in sight."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from portal.platform import charts


def drawn(svg: str) -> ET.Element:
    assert "style" not in svg
    return ET.fromstring(svg)


@pytest.mark.parametrize(
    ("highest", "top"), [(1, 1), (7, 8), (9, 10), (10, 10), (11, 20), (41, 50), (601, 800), (79_700_000, 80_000_000)]
)
def test_an_axis_ends_at_a_round_number(highest: int, top: int) -> None:
    assert charts.nice_top(highest) == top


def test_bars_stand_on_each_other_and_fill_their_share() -> None:
    root = drawn(charts.stacked_bars([charts.Bar("16", 100, 100, "16 March")], "One day"))

    solid, hatched = root.findall("rect")
    assert (solid.get("class"), hatched.get("class")) == ("bar-1", "bar-2")
    assert solid.get("height") == hatched.get("height") == "88.0"
    assert solid.get("y") == "102.0"
    assert hatched.get("y") == "13.0"  # one pixel of air between them
    assert root.get("aria-label") == "One day"


def test_a_day_without_money_has_no_bar() -> None:
    root = drawn(charts.stacked_bars([charts.Bar("1", 0, 0, "none"), charts.Bar("2", 5, 0, "some")], "Two days"))

    assert [title.text for title in root.iter("title")] == ["some"]


def test_no_days_are_an_empty_chart() -> None:
    assert drawn(charts.stacked_bars([], "Nothing")).findall("rect") == []


def test_words_are_escaped() -> None:
    svg = charts.stacked_bars([charts.Bar("<b>", 1, 0, 'R 1 & "more"')], "Brits & <Sons>")

    assert "<b>" not in svg
    assert drawn(svg).get("aria-label") == "Brits & <Sons>"


def test_shares_fill_the_width() -> None:
    parts = drawn(charts.shares([50, 25, 25, 0], "Ages")).findall("rect")

    assert [part.get("class") for part in parts] == ["age-0", "age-1", "age-2"]
    assert [part.get("x") for part in parts] == ["0.0%", "50.0%", "75.0%"]


def test_a_week_without_a_rate_is_a_gap() -> None:
    root = drawn(charts.rate_line([800, 810, None, 850, 860], "Rate", goal=850, first="22 Dec", last="9 Mar"))

    assert len([line for line in root.iter("line") if line.get("class") == "line"]) == 2
    assert "86.0 %" in "".join(root.itertext())


def test_one_rate_alone_is_a_dot() -> None:
    root = drawn(charts.rate_line([None, 900, None, 1000], "Rate", goal=850, first="a", last="b"))

    assert {spot.get("cx") for spot in root.iter("circle")} == {"30.6%", "91.8%"}
    assert not [line for line in root.iter("line") if line.get("class") == "line"]


def test_the_longest_row_is_the_largest_count() -> None:
    root = drawn(
        charts.row_bars([charts.Line("under 30 min", 3, "bar-q"), charts.Line("over 2 h", 1, "age-4")], "Queue")
    )

    assert [rect.get("width") for rect in root.findall("rect")] == ["56.0%", "18.6%"]


def test_numbers_are_plain() -> None:
    svg = charts.stacked_bars([charts.Bar("1", 33, 7, "x"), charts.Bar("2", 91, 0, "y")], "Thirds")

    assert not re.search(r"\d\.\d{2,}", svg)
