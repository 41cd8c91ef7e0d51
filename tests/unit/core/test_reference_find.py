import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.reference import Names, Strength, find, make

KNOWN = {
    "INV-2026-04301": "A",
    "360EANYDJ": "A",
    "INV-2026-01516": "B",
    "360HFDETN": "B",
    "INV-2026-00417": "C",
    "INV-2026-04788": "D",
    "INV-2026-04781": "E",
}


def names(text, known=KNOWN):
    return [found.value for found in find(text, known).found if found.strength > Strength.WEAK]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INV-2026-04301", ["A"]),
        ("inv 2026 04301", ["A"]),
        ("INV202604301", ["A"]),
        ("PO 4471 / INV-2026-04301", ["A"]),
        ("INV-2026-04301ABC", ["A"]),
        ("PAYMENTINV-2026-04301", ["A"]),
        ("INV-2026-04301 diesel", ["A"]),
        ("360hfd-etn", ["B"]),
        ("INV-2026-04301 360EANYDJ", ["A"]),
        ("INV-2026-04301, INV-2026-01516", ["A", "B"]),
    ],
)
def test_exact_names_are_found_through_spaces_dashes_case_and_glue(text, expected):
    found = find(text, KNOWN).found

    assert [one.value for one in found] == expected
    assert {one.how for one in found} == {"exact"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INV-2O26-O43OI", ["A"]),
        ("36OHFDETN", ["B"]),
        ("INV-2026-417", ["C"]),
        ("INV2026417", ["C"]),
        ("2026-00417", ["C"]),
        ("inv 417", ["C"]),
        ("payment inv no. 4301", ["A"]),
        ("faktuur 4301", ["A"]),
        ("inv04301 part delivery", ["A"]),
        ("INV-2026-000417", ["C"]),
        ("INV 2026 04 301", ["A"]),
        ("NV-2026-04301", ["A"]),
        ("IMV-2026-04301", ["A"]),
        ("360HFDXTN", ["B"]),
        ("360HFDET", ["B"]),
        ("360HFD3ETN", ["B"]),
        ("306HFDETN", ["B"]),
        ("INV-2026-04301 01516", ["A", "B"]),
        ("INV-2026-04301/1516 en 417", ["A", "B", "C"]),
    ],
)
def test_slips_are_repaired_and_told(text, expected):
    found = find(text, KNOWN).found

    assert [one.value for one in found] == expected
    assert all(one.words for one in found if one.how == "repaired")
    assert any(one.how == "repaired" for one in found)


def test_a_find_says_where_it_stands_and_what_was_seen():
    text = "PO 4471 / inv-2O26-04301 thanks"

    (found,) = find(text, KNOWN).found

    assert text[slice(*found.span)] == found.seen == "inv-2O26-04301"
    assert "INV-2026-04301" in found.words


@pytest.mark.parametrize(
    "text",
    [
        *["", "T MABHOKO", "payment", "2026", "PO 4301", "order no 417", "tel 04301", "R 4301.00", "417"],
        *["INV-2025-04301", "INV-2026-99999", "1INV", "INV-2026-043011", "0INV-2026-1043010", "A0430B"],
    ],
)
def test_what_names_nothing_known_finds_nothing_to_rely_upon(text):
    assert names(text) == []


def test_one_number_is_never_found_inside_another():
    assert find("INV-10", ["INV-1"]).found == ()
    assert find("INV-1O", ["INV-1"]).found == ()
    assert find("AINV-210", ["INV-2", "INV-21"]).found == ()
    assert [one.name for one in find("INV-10", ["INV-1", "INV-10"]).found] == ["INV-10"]
    assert [one.name for one in find("INV-1", ["INV-1", "INV-10"]).found] == ["INV-1"]


def test_a_number_split_by_a_space_that_could_be_two_is_none():
    search = find("INV-1 0", ["INV-1", "INV-10"])

    assert search.found == ()
    assert set(search.ambiguous[0].names) == {"INV-1", "INV-10"}


def test_a_lost_tail_that_could_be_two_is_none_and_is_reported():
    search = find("INV-2026-0478", KNOWN)

    assert search.found == ()
    assert set(search.ambiguous[0].names) == {"INV-2026-04788", "INV-2026-04781"}
    assert search.ambiguous[0].seen == "INV-2026-0478"


def test_a_wrong_digit_in_a_number_is_only_a_hint_because_it_names_another_invoice():
    search = find("INV-2026-04302", KNOWN)

    assert [one.strength for one in search.found] == [Strength.WEAK]
    assert search.strangers == ("INV-2026-04302",)


def test_two_lost_characters_are_believed_only_with_the_balance():
    (found,) = find("360HFDE", KNOWN).found

    assert found.value == "B"
    assert found.needs_balance
    assert not find("360HFDET", KNOWN).found[0].needs_balance


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("INV-2026-04301 INV-2026-09999", "INV-2026-09999"),
        ("INV-2026-04301 04302", "04302"),
        ("INV-2026-04301 and 04999", "04999"),
        ("360HFDETN 360WWWW99", "360WWWW99"),
    ],
)
def test_a_name_of_the_right_form_that_is_not_known_is_a_stranger(text, stranger):
    search = find(text, KNOWN)

    assert search.strangers == (stranger,)
    assert len(search.found) == 1


def test_a_valid_reference_of_ours_that_is_not_known_is_a_stranger_and_not_repaired():
    known, other = make(1), make(2)

    search = find(other, [known])

    assert (search.found, search.strangers) == ((), (other,))


def test_whole_pages_are_searched_without_repairs():
    page = "Branch 04301\nReference INV-2026-0451\nTrace 417\nYour INV-2O26-O1516"

    assert [one.value for one in find(page, KNOWN, repair=False).found] == ["B"]


def test_names_of_one_thing_are_never_ambiguous():
    assert names("INV-2026-043O1 36OEANYDJ") == ["A"]


def test_a_letter_where_a_neighbour_has_a_digit_could_be_either():
    search = find("INV-2026-00041I", ["INV-2026-000411", "INV-2026-000417"])

    assert search.found == ()
    assert len(search.ambiguous) == 1


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def one_slip(source, text):
    kind, place = source.choice(["change", "lose", "add", "swap"]), source.randrange(len(text) - 1)
    letter = source.choice(LETTERS)
    return {
        "change": text[:place] + letter + text[place + 1 :],
        "lose": text[:place] + text[place + 1 :],
        "add": text[:place] + letter + text[place:],
        "swap": text[:place] + text[place + 1] + text[place] + text[place + 2 :],
    }[kind]


def references(source, count):
    taken = set()
    while len(taken) < count:
        taken.add(make(source, taken))
    return sorted(taken)


def test_one_slip_in_our_references_is_nearly_always_repaired_and_never_names_another():
    source = random.Random(11)
    known = references(source, 60)
    world = Names({name: name for name in known})
    repaired = 0
    for _ in range(3000):
        meant = source.choice(known)
        found = {one.name for one in world.find(one_slip(source, meant)).found}
        assert found <= {meant}
        repaired += found == {meant}
    assert repaired >= 2970


def test_two_slips_never_name_another():
    source = random.Random(12)
    known = references(source, 60)
    world = Names({name: name for name in known})
    for _ in range(1500):
        meant = source.choice(known)
        damaged = one_slip(source, one_slip(source, meant))
        assert {one.name for one in world.find(damaged).found} <= {meant}


def test_one_slip_in_a_running_number_is_repaired_refused_or_the_number_itself():
    source = random.Random(13)
    known = [f"INV-2026-{number:06d}" for number in range(400, 460)]
    world = Names({name: name for name in known})
    for _ in range(2000):
        meant = source.choice(known)
        damaged = one_slip(source, meant)
        found = [one for one in world.find(damaged).found if one.strength > Strength.WEAK]
        assert {one.name for one in found} <= {meant} or found[0].how == "exact"


@given(st.text(max_size=60))
def test_any_text_is_searched_without_harm_and_spans_are_true(text):
    for found in find(text, KNOWN).found:
        assert text[slice(*found.span)] == found.seen


@given(st.sampled_from(sorted(KNOWN)), st.sampled_from(["", " ", "PO 4471 / ", "paid ", "ref:", "*", "\n"]))
def test_an_exact_name_is_always_found_behind_other_words(name, before):
    assert names(before + name) == [KNOWN[name]]
