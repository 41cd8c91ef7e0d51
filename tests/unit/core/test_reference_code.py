import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import reference
from portal.core.reference import ALPHABET

seeds = st.integers(0, 2**32)


@given(seeds)
def test_a_new_reference_checks_and_has_eight_symbols_of_the_alphabet(seed):
    code = reference.make(seed)

    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert reference.check(code)


def test_the_alphabet_leaves_out_what_looks_like_a_digit():
    assert len(ALPHABET) == len(set(ALPHABET)) == 29
    assert not set("OILSBZQ") & set(ALPHABET)


@given(seeds, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_single_substitution_is_found(seed, place, symbol):
    code = reference.make(seed)
    damaged = code[:place] + symbol + code[place + 1 :]

    assert reference.check(damaged) == (damaged == code)


@given(seeds, st.integers(0, 6))
def test_every_swap_of_neighbours_is_found(seed, place):
    code = reference.make(seed)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert reference.check(swapped) == (swapped == code)


def test_the_weights_run_from_two_and_the_check_symbol_counts_once():
    body = "7K04M2X"
    weighed = sum(weight * ALPHABET.index(symbol) for weight, symbol in zip(range(2, 9), body, strict=True))

    assert (weighed + ALPHABET.index(reference.check_symbol(body))) % 29 == 0


def test_open_references_differ_in_at_least_two_places():
    source, taken = random.Random(7), set()
    for _ in range(300):
        taken.add(reference.make(source, taken))

    assert len(taken) == 300
    ordered = sorted(taken)
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            assert sum(left != right for left, right in zip(first, second, strict=True)) >= 2


def test_a_taken_reference_is_not_made_again():
    first = reference.make(5)

    assert reference.make(5, {first}) != first


@given(seeds)
def test_a_reference_is_never_all_digits_like_an_amount_or_a_date(seed):
    assert sum(symbol.isalpha() for symbol in reference.make(seed)) >= 2


@given(seeds)
def test_people_may_write_it_with_spaces_dashes_and_look_alikes(seed):
    code = reference.make(seed)
    written = reference.show(code).lower().replace("0", "o").replace("1", "l").replace("5", "s")

    assert reference.normal(written) == code
    assert reference.check(written.replace(" ", "-"))


@pytest.mark.parametrize("text", ["", "7K04", "7K04 M2X3 9", "INV-2026-000417", "7K04M2X%"])
def test_what_has_another_form_is_not_ours(text):
    assert reference.normal(text) is None


def test_a_reference_is_shown_in_two_groups():
    assert reference.show("7K04M2X3") == "7K04 M2X3"
    assert reference.show("INV-110") == "INV-110"
