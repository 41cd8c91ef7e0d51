"""Bank layouts as data: how one bank's document is recognised, what its labels mean, how its values look.

Source: docs/rules/reading.md, D16. Adding a bank is adding a file to `portal/proofs/layouts`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from portal.proofs.extract.general import FOLDER, BadLayout, load, tables, text, texts
from portal.proofs.extract.labels import squeezed
from portal.proofs.types import FIELD_NAMES
from portal.proofs.types.as_json import JsonObject

_NEAR = 88
_KNOWN_KEYS = {
    "id", "bank", "version", "about", "anchors", "enough", "labels", "forms", "date_form", "never", "samples",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """One document of one bank."""

    id: str
    bank: str
    version: str
    #: phrases the document always carries; `enough` of them must be found
    anchors: tuple[str, ...]
    enough: int
    #: kind of label → phrases, standing before the general meanings
    labels: dict[str, tuple[str, ...]]
    #: field → expression its printed value matches
    forms: dict[str, re.Pattern[str]]
    date_form: str | None
    #: fields this document never prints
    never: tuple[str, ...]
    #: small documents as text lines with the fields they must give (`flask proofs layouts check`)
    samples: tuple[JsonObject, ...]


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Every layout file, by id. Raises BadLayout for the first that breaks the schema."""
    return tuple(_layout(path.name) for path in sorted(FOLDER.glob("*.json")))


@cache
def layouts_version() -> str:
    """How many layouts there are and a hash of every data file: it changes with any of them."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return f"{len(all_layouts())}-{digest.hexdigest()[:10]}"


def recognised(page_text: str, without: Collection[str] = ()) -> Layout | None:
    """The layout whose anchors a text carries; None when none, or two alike.

    without: names of banks whose layouts are switched off.
    """
    letters = squeezed(page_text)
    scored = []
    for layout in all_layouts():
        if layout.bank in without:
            continue
        hits = sum(_carries(letters, anchor) for anchor in layout.anchors)
        if hits >= layout.enough:
            scored.append((hits / len(layout.anchors), hits, layout))
    scored.sort(key=lambda item: (-item[0], -item[1], item[2].id))
    return scored[0][2] if scored else None


def never_printed(layout_id: str | None) -> tuple[str, ...]:
    """The fields that a layout's documents never print; none where no layout was recognised."""
    return next((layout.never for layout in all_layouts() if layout.id == layout_id), ())


def _carries(letters: str, anchor: str) -> bool:
    wanted = squeezed(anchor)
    if wanted in letters:
        return True
    return len(wanted) >= 14 and len(letters) >= len(wanted) and fuzz.partial_ratio(wanted, letters) >= _NEAR


def _layout(name: str) -> Layout:
    data = load(name)
    unknown = set(data) - _KNOWN_KEYS
    if unknown:
        raise BadLayout(f"{name}: unknown keys {sorted(unknown)}")
    try:
        layout = Layout(
            id=text(data, "id"),
            bank=text(data, "bank"),
            version=text(data, "version"),
            anchors=texts(data, "anchors"),
            enough=_whole(data, "enough"),
            labels=tables(data, "labels"),
            forms=_forms(data),
            date_form=text(data, "date_form") if "date_form" in data else None,
            never=texts(data, "never"),
            samples=_samples(data),
        )
    except BadLayout as error:
        raise BadLayout(f"{name}: {error}") from error
    _check(name, layout)
    return layout


def _check(name: str, layout: Layout) -> None:
    if not 1 <= layout.enough <= len(layout.anchors):
        raise BadLayout(f"{name}: enough is between 1 and the number of anchors")
    strangers = (set(layout.forms) | set(layout.never)) - set(FIELD_NAMES)
    if strangers:
        raise BadLayout(f"{name}: no fields of a reading: {sorted(strangers)}")
    if not layout.samples:
        raise BadLayout(f"{name}: a layout has at least one sample")


def _forms(data: JsonObject) -> dict[str, re.Pattern[str]]:
    found = data.get("forms", {})
    if not isinstance(found, dict):
        raise BadLayout("forms is not an object")
    try:
        return {field: re.compile(text(found, field)) for field in found}
    except re.error as error:
        raise BadLayout(f"forms: {error}") from error


def _samples(data: JsonObject) -> tuple[JsonObject, ...]:
    found = data.get("samples", [])
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise BadLayout("samples is not a list")
    samples: list[JsonObject] = []
    for item in found:
        if not isinstance(item, dict) or not isinstance(item.get("fields"), dict) or not texts(item, "lines"):
            raise BadLayout("each sample has lines and fields")
        samples.append(item)
    return tuple(samples)


def _whole(data: JsonObject, name: str) -> int:
    found = data.get(name)
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadLayout(f"{name} is missing or no whole number")
    return found
