"""Who a payer is, by what people decided before. It raises a candidate; no check ever asks it.

A person's decision for a memory counts one, and halves in two years; one against it counts two, and halves in ninety
days: a mistake hushes a memory at once and is forgiven in time.
Source: docs/rules/learning.md, L1 to L4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from portal.proofs.types import Reading, Signal, Verdict, VerdictCode
from portal.proofs.types.payers import Candidate, Mark, Memory, Payer

FOR_HALF_LIFE_DAYS = 730
AGAINST_HALF_LIFE_DAYS = 90
AGAINST_WEIGHT = 2.0
#: below this a memory says nothing
LEAST = 0.5
#: how sure a likeness is: the account that a payer pays from tells more than its name, the layout settles ties
_ACCOUNT, _NAME, _LAYOUT = 0.6, 0.3, 0.1
_MOST = 3
_LETTERS = re.compile(r"[^0-9A-Z]+")
SIGNAL = "known_payer"


def payer_of(reading: Reading) -> Payer:
    """The payer of a document."""
    name, account = reading.value("payer_name") or "", reading.value("payer_account") or ""
    return payer(name, account, reading.layout or "")


def payer(name: str, account: str, layout: str) -> Payer:
    """The comparable form of what is printed: letters and digits of the name, the account's last four digits."""
    tail = re.search(r"(\d{4})\D*$", re.sub(r"[\s-]", "", account))
    return Payer(_LETTERS.sub("", name.upper())[:80], tail[1] if tail else "", layout[:80])


def strength(memory: Memory, today: date) -> float:
    """What the decisions behind a memory come to today; nothing while it is switched off."""
    if not memory.active:
        return 0.0
    return sum(_weight(mark, today) for mark in memory.marks)


def _weight(mark: Mark, today: date) -> float:
    age = max(0, (today - mark.day).days)
    if mark.sign > 0:
        return float(0.5 ** (age / FOR_HALF_LIFE_DAYS))
    return float(-AGAINST_WEIGHT * 0.5 ** (age / AGAINST_HALF_LIFE_DAYS))


def likeness(memory: Payer, seen: Payer) -> float:
    """How well what is printed fits what is remembered, 0 to 1. Two different accounts, or names, are no likeness."""
    score = 0.0
    for mine, theirs, weight in (
        (memory.account_key, seen.account_key, _ACCOUNT),
        (memory.name_key, seen.name_key, _NAME),
    ):
        if mine and theirs and mine != theirs:
            return 0.0
        if mine and mine == theirs:
            score += weight
    return score + _LAYOUT if score and memory.layout == seen.layout else score


def candidates(memories: Iterable[Memory], seen: Payer, today: date) -> tuple[Candidate, ...]:
    """The customers whom this payer paid for before, the likeliest first, at most three."""
    best: dict[int, Candidate] = {}
    for memory in memories:
        alike, strong = likeness(memory.payer, seen), strength(memory, today)
        if not alike or strong < LEAST:
            continue
        times = sum(mark.sign > 0 for mark in memory.marks)
        found = Candidate(memory.customer_id, memory.id, round(alike * strong, 4), times)
        held = best.get(memory.customer_id)
        if held is None or found.score > held.score:
            best[memory.customer_id] = found
    return tuple(sorted(best.values(), key=lambda each: (-each.score, each.customer_id))[:_MOST])


def told(verdict: Verdict, words: Iterable[str]) -> Verdict:
    """The same verdict with what is remembered of its payer, as information for whoever looks at it.

    Only what a person will look at hears of it; the decision, its checks and its split stay as they are.
    """
    if verdict.verdict is not VerdictCode.REVIEW:
        return verdict
    signals = tuple(Signal(SIGNAL, "info", each) for each in words)
    return replace(verdict, signals=(*verdict.signals, *signals))
