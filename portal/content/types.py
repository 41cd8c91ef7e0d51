"""Messages that people leave for us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """One message. answered_by: the name of who dealt with it, or None while it waits."""

    id: int
    name: str
    email: str
    company: str
    words: str
    sent_at: datetime
    answered_at: datetime | None
    answered_by: str | None
