"""The names that are searched for, and indexes that find them whole, folded, damaged or shortened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from portal.core.reference.code import normal
from portal.core.text import alphanumeric, fold

T = TypeVar("T")

_NUMBER = re.compile(r"([A-Z]+)[^A-Z0-9]*((?:[0-9]+[^A-Z0-9]+)*)([0-9]+)")
#: Names shorter than this are never found damaged or cut: too much would look like them.
SHORTEST_DAMAGED = 6


@dataclass(frozen=True, slots=True)
class Name(Generic[T]):
    """One known name: as written, reduced, folded; and its parts when it is a number like ``INV-2026-00417``."""

    written: str
    reduced: str
    folded: str
    value: T
    prefix: str | None
    middle: tuple[str, ...]
    last: str

    @property
    def is_number(self) -> bool:
        """Whether names beside this one differ only in digits, so that a wrong digit names another invoice."""
        return self.prefix is not None

    @property
    def series(self) -> tuple[str | None, tuple[str, ...]]:
        """What all numbers of one series and year share."""
        return self.prefix, self.middle


def name_of(written: str, value: T) -> Name[T]:
    """Take a known name apart."""
    reduced = alphanumeric(written)
    parts = _NUMBER.fullmatch(written.upper().strip())
    if parts is None or normal(written) == written:  # our own references are never a series, whatever they look like
        return Name(written, reduced, fold(reduced), value, None, (), "")
    middle = tuple(re.findall(r"[0-9]+", parts[2]))
    return Name(written, reduced, fold(reduced), value, parts[1], middle, parts[3])


@dataclass(frozen=True, slots=True)
class Index(Generic[T]):
    """All known names by their reduced form, folded form, folded form less one letter, cut form last number and years."""

    names: tuple[Name[T], ...]
    whole: Mapping[str, tuple[Name[T], ...]]
    folded: Mapping[str, tuple[Name[T], ...]]
    damaged: Mapping[str, tuple[Name[T], ...]]
    cut: Mapping[str, tuple[Name[T], ...]]
    numbers: Mapping[int, tuple[Name[T], ...]]
    #: what stands between prefix and number: the years in use
    middles: frozenset[str]
    #: by name: what its series shares, and how many digits its last part has where it is a number
    series: Mapping[str, tuple[str | None, tuple[str, ...]]]
    width: Mapping[str, int]


def index_of(known: Mapping[str, T]) -> Index[T]:
    """Build the indexes; names without any letter or digit are left out."""
    names = tuple(name for name in (name_of(written, value) for written, value in known.items()) if name.reduced)
    whole: dict[str, list[Name[T]]] = {}
    folded: dict[str, list[Name[T]]] = {}
    damaged: dict[str, list[Name[T]]] = {}
    cut: dict[str, list[Name[T]]] = {}
    numbers: dict[int, list[Name[T]]] = {}
    for name in names:
        whole.setdefault(name.reduced, []).append(name)
        folded.setdefault(name.folded, []).append(name)
        if name.is_number:
            numbers.setdefault(int(name.last), []).append(name)
        for variant in {name.folded, *less_one(name.folded)}:
            damaged.setdefault(variant, []).append(name)
        if len(name.reduced) - 2 >= SHORTEST_DAMAGED:
            cut.setdefault(name.folded[:-2], []).append(name)
    middles = frozenset("".join(name.middle) for name in names if name.middle)
    series = {name.written: name.series for name in names}
    width = {name.written: len(name.last) for name in names if name.is_number}
    return Index(
        names, _frozen(whole), _frozen(folded), _frozen(damaged), _frozen(cut), _frozen_numbers(numbers), middles,
        series, width,
    )  # fmt: skip


def less_one(text: str) -> Iterator[str]:
    """The text without its first letter, without its second, and so on."""
    return (text[:at] + text[at + 1 :] for at in range(len(text)))


def _frozen(groups: dict[str, list[Name[T]]]) -> dict[str, tuple[Name[T], ...]]:
    return {key: tuple(names) for key, names in groups.items()}


def _frozen_numbers(groups: dict[int, list[Name[T]]]) -> dict[int, tuple[Name[T], ...]]:
    return {key: tuple(names) for key, names in groups.items()}
