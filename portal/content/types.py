"""What staff write on public pages, and messages that people leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: what editors may choose beside a title; names of the sprite
ICONS = (
    "arrow-right", "building-2", "camera", "circle-check", "clock", "cog", "droplets", "file-check", "fuel", "hard-hat",
    "landmark", "layers", "mail", "map-pin", "package", "receipt", "shield-check", "shopping-cart", "spray-can", "truck",
    "users", "wrench",
)  # fmt: skip
ITEMS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a piece, like one service. words: Markdown. link: a path of ours or an https address."""

    title: str
    words: str = ""
    icon: str = ""
    link: str = ""

    @property
    def as_place(self) -> tuple[str, str, str]:
        """Words, address and key of a place in the menu."""
        return self.title, self.link, self.link.strip("/#")


@dataclass(frozen=True, slots=True)
class Content:
    """What a piece says. words: Markdown."""

    title: str = ""
    words: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the public pages that staff write. has: which of title, words and items' fields it uses."""

    key: str
    name: str
    #: the page it stands on
    page: str
    has: frozenset[str]
    default: Content
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PieceInfo:
    """A piece as it stands. number: of its version; 0 while it says what it said from the start."""

    piece: Piece
    content: Content
    number: int
    changed_at: datetime | None
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version of a piece. note: why it was written."""

    number: int
    content: Content
    by: str
    at: datetime
    note: str


class MessageState(StrEnum):
    """Where a message stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AnswerInfo:
    """What one of us wrote back."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """One message. answered_by: the name of who dealt with it, or None while it waits; assigned_to: who looks after it."""

    id: int
    name: str
    email: str
    company: str
    words: str
    sent_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    assigned_id: int | None = None
    assigned_to: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def state(self) -> MessageState:
        """Closed, answered, or waiting for us."""
        if self.closed_at is not None:
            return MessageState.CLOSED
        return MessageState.OPEN if self.answered_at is None else MessageState.ANSWERED
