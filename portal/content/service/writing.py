"""The pieces of the public pages: read, written, compared, restored. Source: docs/rules/content.md, C1 to C5."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from portal.content import queries
from portal.content.models import ContentVersion
from portal.content.pieces import PIECES
from portal.content.service import facts, versions
from portal.content.types import ICONS, ITEMS_AT_MOST, Content, Item, Piece, PieceInfo, VersionInfo
from portal.core.company import Company
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.platform import frames

#: what every page shows
FRAME = (facts.KEY, "menu")
_LINK = re.compile(r"(/(?!/)|https://|mailto:)[^\s\"'<>\\]*")


def _piece(key: str) -> Piece:
    if key not in PIECES:
        raise NotFound(f"piece {key}")
    return PIECES[key]


def frame(*keys: str) -> tuple[Company, dict[str, Content]]:
    """Who we are, the visitors' menu, and the pieces a page needs: one query for all."""
    bodies = {row.piece: row.body for row in queries.pieces((facts.KEY, "menu", *keys))}
    return facts.from_rows(bodies), _contents(("menu", *keys), bodies)


def frame_of(told: Mapping[str, Any]) -> tuple[Company, dict[str, Content]]:
    """The same for a page of somebody who is signed in: it was asked together with who they are (platform/frames.py)."""
    bodies = {key: told[key] for key in FRAME if told.get(key) is not None}
    return facts.from_rows(bodies), _contents(("menu",), bodies)


def register_frame() -> None:
    """Ask for facts and menu together with who is asking."""
    for key in FRAME:
        frames.register(key, partial(queries.body_of, key))


def shown(*keys: str) -> dict[str, Content]:
    """What pieces say now."""
    return _contents(keys, {row.piece: row.body for row in queries.pieces(keys)})


def _contents(keys: Iterable[str], bodies: Mapping[str, Any]) -> dict[str, Content]:
    return {key: _content(bodies[key]) if key in bodies else PIECES[key].default for key in keys}


def all_pieces() -> list[PieceInfo]:
    """Every piece, with who wrote it last."""
    rows = {row.piece: row for row in queries.pieces()}
    infos = []
    for piece in PIECES.values():
        row = rows.get(piece.key)
        if row is None:
            infos.append(PieceInfo(piece, piece.default, 0, None, None))
        else:
            infos.append(PieceInfo(piece, _content(row.body), row.number, row.changed_at, row.changed_by))
    return infos


def piece_info(key: str) -> PieceInfo:
    """One piece. Raises NotFound."""
    piece = _piece(key)
    for row in queries.pieces([key]):
        return PieceInfo(piece, _content(row.body), row.number, row.changed_at, row.changed_by)
    return PieceInfo(piece, piece.default, 0, None, None)


def checked(key: str, content: Content) -> Content:
    """The content with only what its piece uses, empty entries left out.

    Raises BadInput for a link that leads neither into the portal nor to an https address, an icon we do not have,
    or too many entries.
    """
    has = _piece(key).has
    items = tuple(item for item in content.items if item.title.strip()) if "items" in has else ()
    if len(items) > ITEMS_AT_MOST:
        raise BadInput(f"Write at most {ITEMS_AT_MOST} entries.")
    if "title" in has and not content.title.strip() and (items or "items" not in has):
        raise BadInput("Write a title.", field="title")
    kept = tuple(_checked_item(item, has) for item in items)
    return Content(content.title.strip() if "title" in has else "", content.words.strip() if "words" in has else "", kept)  # fmt: skip


def _checked_item(item: Item, has: frozenset[str]) -> Item:
    link, icon = item.link.strip(), item.icon.strip()
    if "link" in has and not _LINK.fullmatch(link):
        raise BadInput(f"“{item.title}” needs an address like /products or https://example.co.za.")
    if "icon" in has and icon not in ICONS:
        raise BadInput(f"Choose a picture for “{item.title}”.")
    return Item(
        item.title.strip(), item.words.strip() if "item words" in has else "", icon if "icon" in has else "",
        link if "link" in has else "",
    )  # fmt: skip


def write(key: str, content: Content, *, seen: int, by: Identity, note: str = "") -> int:
    """Write a piece; it is shown from now on and every earlier version is kept. Flushes; audited.

    Returns the number of its version. Raises NotFound, BadInput as ``checked`` does, and Conflict when somebody
    else wrote after the version ``seen``.
    """
    told = checked(key, content)
    body = {"title": told.title, "words": told.words, "items": [asdict(item) for item in told.items]}
    return versions.append(key, body, seen=seen, by=by, note=note)


def restore(key: str, number: int, *, seen: int, by: Identity) -> int:
    """Say again what an earlier version said, as a new version. Flushes. Raises NotFound, Conflict."""
    _piece(key)
    old = queries.version(key, number)
    return versions.append(key, old.body, seen=seen, by=by, note=f"As version {number}")


def versions_of(key: str) -> list[VersionInfo]:
    """What a piece said, the newest first, 200 at most; without what it said from the start."""
    _piece(key)
    return [_version(row) for row in queries.versions(key, 200)]


def version_of(key: str, number: int) -> VersionInfo:
    """One version; 0 is what the piece said from the start. Raises NotFound."""
    piece = _piece(key)
    if number == 0:
        first = queries.versions(key, 200)
        return VersionInfo(0, piece.default, "the portal", first[-1].at, "") if first else _never(key)
    return _version(queries.version(key, number))


def _never(key: str) -> VersionInfo:
    raise NotFound(f"versions of {key}")


def differences(old: Content, new: Content) -> list[tuple[str, str]]:
    """Line by line what became of a piece: pairs of ``-``, ``+`` or blank, and the line; far unchanged lines left out."""
    lines = difflib.unified_diff(_lines(old), _lines(new), lineterm="", n=2)
    return [(line[0], line[1:]) for line in list(lines)[2:] if not line.startswith("@@")]


def _lines(content: Content) -> list[str]:
    lines = [content.title, *content.words.splitlines()]
    for item in content.items:
        about = " · ".join(part for part in (item.title, item.icon, item.link) if part)
        lines += [about, *(f"    {line}" for line in item.words.splitlines())]
    return [line for line in lines if line.strip()]


def _version(row: ContentVersion) -> VersionInfo:
    return VersionInfo(row.number, _content(row.body), row.by_name, row.at, row.note)


def _content(body: Mapping[str, Any]) -> Content:
    content = Content(body.get("title", ""), body.get("words", ""))
    return replace(content, items=tuple(Item(**item) for item in body.get("items", ())))
