"""What a line says: invoices, customers and payments named by reference or number, and payers by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from portal.banking.match.payers import Named, Payers
from portal.banking.match.world import Case, Line
from portal.core.reference import Ambiguous, Found, Names, Search, Strength, normal
from portal.core.text import alphanumeric, fold

_TOKEN = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_LONG = 7
#: shorter texts of a payer name nothing
_TELLING = 6


NOBODY = Named()


class Kind(IntEnum):
    """What a name stands for."""

    INVOICE = 1
    CUSTOMER = 2
    PAYMENT = 3


class Target(NamedTuple):
    """One thing of the world."""

    kind: Kind
    key: str


class How(IntEnum):
    """How far a name that was found can be relied upon."""

    #: a hint for a person
    WEAK = 1
    #: one symbol is wrong or the tail is lost: only the exact amount makes it certain
    REPAIRED = 2
    #: look-alikes or lost zeros: the same
    SURE = 3
    #: letter for letter
    WHOLE = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that a line names. words: what was repaired, empty when nothing was."""

    key: str
    how: How
    seen: str
    words: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a line says, strongest mention of each thing."""

    invoices: tuple[Mention, ...] = ()
    customers: tuple[Mention, ...] = ()
    payments: tuple[Mention, ...] = ()
    doubtful: tuple[Target, ...] = ()
    strangers: tuple[str, ...] = ()
    payer: Named = NOBODY

    @property
    def names_nothing(self) -> bool:
        """Whether no reference or number of any kind stands in the line."""
        return not (self.invoices or self.customers or self.payments or self.doubtful or self.strangers)


class Reader:
    """Reads lines against one closed world, indexed once."""

    def __init__(self, case: Case) -> None:
        known = dict(_known(case))
        self._names = Names(known)
        self._exact = {alphanumeric(name): target for name, target in known.items() if len(alphanumeric(name)) >= _LONG}
        self._known = known
        self._payers = Payers(case.customers)
        self._folded = {each.number: fold(alphanumeric(each.reference)) for each in case.invoices if each.reference}

    def read(self, line: Line, owing: Iterable[str]) -> Evidence:
        """What the line says. The whole text is searched unless all of it is words and names found at once.

        owing: invoices that need exactly what came; only their references are believed where every digit was read as a letter.
        """
        payer = self._payers.named_in(line.text)
        if (at_once := self._at_once(line.text)) is not None:
            return _evidence(at_once, (), (), payer)
        found: Search[Target] = self._names.find(line.text)
        mentions = [(each.value, _mention(each)) for each in found.found]
        if not mentions and not found.ambiguous:
            mentions = self._in_letters(line.text, owing)
        return _evidence(mentions, self._targets(found.ambiguous), found.strangers, payer)

    def _at_once(self, text: str) -> list[tuple[Target, Mention]] | None:
        """Mentions of a text that is plain words but for names written in full; None when it has to be searched."""
        found: dict[Target, Mention] = {}
        for token in _TOKEN.findall(text.upper()):
            target = self._exact.get(token.replace("-", ""))
            if target is not None:
                found.setdefault(target, Mention(target.key, How.WHOLE, token, ""))
            elif not token.isalpha():
                return None
        return list(found.items()) or None

    def _in_letters(self, text: str, owing: Iterable[str]) -> list[tuple[Target, Mention]]:
        """A word whose letters all look like the reference's digits: too little to search for, enough with the amount."""
        words = {fold(word): word for word in _TOKEN.findall(text.upper())}
        found: list[tuple[Target, Mention]] = []
        for number in owing:
            word = words.get(self._folded.get(number, ""))
            if word is not None:
                told = f"“{word}” was read as the reference of {number}: letters and digits that look alike"
                found.append((Target(Kind.INVOICE, number), Mention(number, How.SURE, word, told)))
        return found if len(found) == 1 else []

    def _targets(self, places: Iterable[Ambiguous]) -> tuple[Target, ...]:
        return tuple(dict.fromkeys(self._known[name] for place in places for name in place.names))


def _known(case: Case) -> Iterable[tuple[str, Target]]:
    """Every name there is; where two things share one, the invoice is meant before the customer."""
    for payment in case.payments:
        if _tells(payment.reference):
            yield payment.reference, Target(Kind.PAYMENT, payment.id)
    for customer in case.customers:
        if customer.reference:
            yield customer.reference, Target(Kind.CUSTOMER, customer.code)
    for invoice in case.invoices:
        yield invoice.number, Target(Kind.INVOICE, invoice.number)
        if invoice.reference:
            yield invoice.reference, Target(Kind.INVOICE, invoice.number)


def _tells(reference: str) -> bool:
    """Whether what a payer typed names anything: “PAYMENT” and “MARCH” stand in half of all lines."""
    reduced = alphanumeric(reference)
    return normal(reference) is not None or (len(reduced) >= _TELLING and sum(map(str.isdigit, reduced)) >= 2)


def _mention(found: Found[Target]) -> Mention:
    return Mention(found.value.key, _how(found), found.seen, found.words)


def _how(found: Found[Target]) -> How:
    if found.strength is Strength.EXACT or (not found.in_series and _same(found)):
        return How.WHOLE
    if found.strength is Strength.SURE:
        return How.SURE
    if found.strength is Strength.LIKELY and not found.in_series and not _swapped(found):
        return How.REPAIRED
    return How.WEAK


def _same(found: Found[Target]) -> bool:
    return alphanumeric(found.seen) == alphanumeric(found.name)


def _swapped(found: Found[Target]) -> bool:
    """Whether two symbols changed places: that is two symbols wrong, not one."""
    return sorted(alphanumeric(found.seen)) == sorted(alphanumeric(found.name))


def _evidence(
    mentions: Iterable[tuple[Target, Mention]],
    doubtful: tuple[Target, ...],
    strangers: tuple[str, ...],
    payer: Named,
) -> Evidence:
    kinds: dict[Kind, list[Mention]] = {kind: [] for kind in Kind}
    for target, mention in mentions:
        kinds[target.kind].append(mention)
    return Evidence(
        tuple(kinds[Kind.INVOICE]), tuple(kinds[Kind.CUSTOMER]), tuple(kinds[Kind.PAYMENT]), doubtful, strangers, payer
    )
