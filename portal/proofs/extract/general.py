"""The data every document is read with: labels, banks and wording, checked when they are loaded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.proofs.types.as_json import JsonObject, JsonValue

FOLDER = Path(__file__).parent.parent / "layouts"
Patterns = tuple[re.Pattern[str], ...]


class BadLayout(ValueError):
    """A layout or a general table is not what its schema says; the words name the file and the place."""


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank: its short name, universal branch code, and what only it prints."""

    name: str
    branch: str
    registration: tuple[str, ...]
    domains: tuple[str, ...]
    phrases: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases and patterns of `layouts/general/wording.json`."""

    status: dict[str, Patterns]
    made: Patterns
    #: words that a status of a made payment consists of, and those that may stand around them
    made_words: frozenset[str]
    made_around: frozenset[str]
    conditional: Patterns
    #: asking for a payment or for its proof
    requests: Patterns
    titles: dict[str, tuple[str, ...]]
    #: titles of payments that say nothing of whether money went: a form carries them too
    neutral_titles: tuple[str, ...]
    marks: dict[str, tuple[str, ...]]
    confirms: Patterns
    payer_sentences: Patterns
    small_print: Patterns


@dataclass(frozen=True, slots=True)
class LabelParts:
    """Words that labels are made of: by what they name, by whose it is, by which of several; and all of them."""

    nouns: dict[str, tuple[str, ...]]
    parties: dict[str, tuple[str, ...]]
    traits: dict[str, tuple[str, ...]]
    known: frozenset[str]


@cache
def label_table() -> dict[str, tuple[str, ...]]:
    """Kind of label → its phrases."""
    return tables(load("general/labels.json"), "labels")


@cache
def heading_kinds() -> dict[str, tuple[str, ...]]:
    """The headings that are no labels as well, as kinds of their own: ``heading_payer``."""
    labels = {phrase for phrases in label_table().values() for phrase in phrases}
    return {
        f"heading_{party}": tuple(phrase for phrase in phrases if phrase not in labels)
        for party, phrases in headings().items()
    }


@cache
def headings() -> dict[str, tuple[str, ...]]:
    """Party → the headings under which its details stand."""
    return tables(load("general/labels.json"), "headings")


@cache
def label_parts() -> LabelParts:
    """What labels are composed of."""
    data = load("general/labels.json")
    nouns, parties, traits = tables(data, "nouns"), tables(data, "parties"), tables(data, "traits")
    known = frozenset(texts(data, "fillers")).union(*nouns.values(), *parties.values(), *traits.values())
    return LabelParts(nouns, parties, traits, known)


@cache
def banks() -> tuple[Bank, ...]:
    """Every bank we know of."""
    found = []
    for item in _list(load("general/banks.json"), "banks"):
        if not isinstance(item, dict):
            raise BadLayout("banks.json: each bank is an object")
        found.append(
            Bank(
                text(item, "name"), text(item, "branch"), texts(item, "registration"), texts(item, "domains"),
                texts(item, "phrases"), texts(item, "names"),
            )
        )  # fmt: skip
    return tuple(found)


@cache
def wording() -> Wording:
    """What documents say about themselves."""
    data = load("general/wording.json")
    return Wording(
        status={name: patterns(phrases) for name, phrases in tables(data, "status").items()},
        made=patterns(texts(data, "made")),
        made_words=frozenset(texts(data, "made_words")),
        made_around=frozenset(texts(data, "made_around")),
        conditional=patterns(texts(data, "conditional")),
        requests=patterns(texts(data, "requests")),
        titles=tables(data, "titles"),
        neutral_titles=texts(data, "neutral_titles"),
        marks=tables(data, "marks"),
        confirms=patterns(texts(data, "confirms")),
        payer_sentences=patterns(texts(data, "payer_sentences"), re.IGNORECASE),
        small_print=patterns(texts(data, "small_print")),
    )


def load(name: str) -> JsonObject:
    """A data file of `portal/proofs/layouts`. Raises BadLayout when it is no JSON object."""
    try:
        data: JsonValue = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadLayout(f"{name}: {error}") from error
    if not isinstance(data, dict):
        raise BadLayout(f"{name}: not an object")
    return data


def text(data: JsonObject, name: str) -> str:
    """A text of an object. Raises BadLayout."""
    found = data.get(name)
    if not isinstance(found, str):
        raise BadLayout(f"{name} is missing or is not text")
    return found


def texts(data: JsonObject, name: str) -> tuple[str, ...]:
    """A list of texts of an object; empty when absent. Raises BadLayout."""
    found = _list(data, name)
    return tuple(_as_text(item, name) for item in found)


def tables(data: JsonObject, name: str) -> dict[str, tuple[str, ...]]:
    """An object of lists of texts; empty when absent. Raises BadLayout."""
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise BadLayout(f"{name} is not an object")
    return {key: texts(found, key) for key in found}


def patterns(phrases: tuple[str, ...], flags: int = 0) -> Patterns:
    """Compiled expressions. Raises BadLayout for one that is none."""
    try:
        return tuple(re.compile(phrase, flags) for phrase in phrases)
    except re.error as error:
        raise BadLayout(f"not an expression: {error}") from error


def _list(data: JsonObject, name: str) -> list[JsonValue]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise BadLayout(f"{name} is not a list")
    return found


def _as_text(item: JsonValue, name: str) -> str:
    if not isinstance(item, str):
        raise BadLayout(f"{name}: each entry is text")
    return item
