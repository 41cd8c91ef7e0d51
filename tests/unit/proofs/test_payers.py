"""What is remembered of payers raises candidates, fades, and never touches what the rules decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.proofs.match.payers import LEAST, SIGNAL, candidates, likeness, payer, payer_of, strength, told
from portal.proofs.types import Outcome, VerdictCode
from portal.proofs.types.payers import Mark, Memory, Payer
from tests.unit.proofs import cases

TODAY = date(2026, 3, 16)
KAROO = payer("Karooveld Drilling (Pty) Ltd", "62 841 190 736", "fnb-notice")

marks = st.builds(
    Mark, sign=st.sampled_from((1, -1)), day=st.integers(0, 3_000).map(lambda back: TODAY - timedelta(days=back))
)
payers = st.builds(
    Payer, name_key=st.sampled_from(("", "KAROOVELDDRILLINGPTYLTD", "ZANDVLIET")),
    account_key=st.sampled_from(("", "0736", "1111")), layout=st.sampled_from(("", "fnb-notice", "absa")),
)  # fmt: skip
memories = st.lists(
    st.builds(
        Memory, id=st.integers(1, 99), payer=payers, customer_id=st.integers(1, 4),
        marks=st.lists(marks, max_size=6).map(tuple), active=st.booleans(),
    ),
    max_size=8,
)  # fmt: skip
#: changes of a clean notice and its case, each with a verdict of its own
READINGS = (
    cases.reading(), cases.reading(amount="1317.77"), cases.reading(reference=None), cases.reading(status="scheduled"),
    cases.reading(beneficiary_account="..111111"), cases.reading(ok=False), cases.reading(confidence=0.4),
    cases.reading(signals=(cases.signal("bad"),)),
)  # fmt: skip


def memory(*days_ago: int, customer: int = 1, sign: int = 1, who: Payer = KAROO, active: bool = True) -> Memory:
    return Memory(1, who, customer, tuple(Mark(sign, TODAY - timedelta(days=back)) for back in days_ago), active)


@given(memories, st.sampled_from(READINGS), st.booleans())
def test_whatever_is_remembered_never_changes_a_verdict_to_verified_or_to_anything_else(
    remembered: list[Memory], read: object, duplicate: bool
) -> None:
    judged = cases.judged(read, cases.case(earlier=(cases.earlier(),) if duplicate else ()))
    found = candidates(remembered, KAROO, TODAY)

    after = told(judged, [f"This payer paid for customer {each.customer_id} before." for each in found])

    assert replace(after, signals=judged.signals) == judged
    new = after.signals[len(judged.signals) :]
    assert after.signals[: len(judged.signals)] == judged.signals
    assert {one.severity for one in new} <= {"info"} and {one.code for one in new} <= {SIGNAL}
    assert not new or judged.verdict is VerdictCode.REVIEW


@given(memories)
def test_what_is_remembered_and_read_again_with_the_reading_fails_no_check_either(remembered: list[Memory]) -> None:
    judged = cases.judged(cases.reading(amount="1317.77"))
    after = told(judged, [str(each) for each in candidates(remembered, KAROO, TODAY)])

    again = cases.judged(cases.reading(amount="1317.77", signals=after.signals))

    assert next(one.outcome for one in again.checks if one.code == "tamper") is Outcome.PASS
    assert again.verdict is judged.verdict


@given(memories)
def test_candidates_are_few_sorted_above_the_least_and_each_customer_once(remembered: list[Memory]) -> None:
    found = candidates(remembered, KAROO, TODAY)

    assert len(found) <= 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({one.customer_id for one in found}) == len(found)
    assert not {one.customer_id for one in found} - {one.customer_id for one in remembered if one.active and one.marks}


@given(memories, marks)
def test_a_decision_against_never_strengthens_and_one_for_never_weakens(remembered: list[Memory], mark: Mark) -> None:
    for one in remembered:
        more = strength(replace(one, marks=(*one.marks, mark)), TODAY)
        assert (more <= strength(one, TODAY)) if mark.sign < 0 else (more >= strength(one, TODAY))


def test_a_mistake_hushes_a_memory_at_once_and_is_forgiven_in_time() -> None:
    trusted, doubted = memory(5), replace(memory(5), marks=(*memory(5).marks, Mark(-1, TODAY)))
    assert strength(trusted, TODAY) > LEAST > strength(doubted, TODAY)

    later = TODAY + timedelta(days=365)
    assert strength(doubted, later) > LEAST


def test_a_memory_fades_when_nothing_confirms_it_any_more() -> None:
    assert strength(memory(0), TODAY) == 1.0
    assert strength(memory(730), TODAY) == pytest.approx(0.5)
    assert candidates([memory(2_000)], KAROO, TODAY) == ()


def test_what_is_switched_off_says_nothing() -> None:
    assert candidates([memory(1, active=False)], KAROO, TODAY) == ()


@pytest.mark.parametrize(
    ("remembered", "seen", "alike"),
    [
        (KAROO, KAROO, True),
        (KAROO, payer("KAROOVELD DRILLING PTY LTD", "", ""), True),
        (KAROO, payer("", "***0736", ""), True),
        (KAROO, payer("Zandvliet", "***0736", "fnb-notice"), False),
        (KAROO, payer("Karooveld Drilling (Pty) Ltd", "1111", "fnb-notice"), False),
        (payer("", "", "fnb-notice"), KAROO, False),
    ],
)
def test_a_likeness_needs_the_account_or_the_name_and_contradicts_neither(
    remembered: Payer, seen: Payer, alike: bool
) -> None:
    assert (likeness(remembered, seen) > 0) is alike


def test_the_account_tells_more_than_the_name_and_the_layout_settles_ties() -> None:
    account, name = payer("", "0736", "absa"), payer("Karooveld Drilling (Pty) Ltd", "", "absa")
    same = replace(account, layout=KAROO.layout)
    assert likeness(same, KAROO) > likeness(account, KAROO) > likeness(name, KAROO) > 0


@pytest.mark.parametrize(
    ("account", "key"),
    [
        ("62 841 190 736", "0736"),
        ("****6789", "6789"),
        ("6789 (cheque)", "6789"),
        ("62-8411-90-736", "0736"),
        ("***12", ""),
        ("", ""),
    ],
)
def test_an_account_is_remembered_by_its_last_four_digits(account: str, key: str) -> None:
    assert payer("", account, "").account_key == key


def test_a_document_that_names_no_payer_is_nobody() -> None:
    assert not payer_of(cases.reading()).known
