"""A person's notices inside the portal; they are written by whoever has something to tell."""

from __future__ import annotations

from portal.platform import outbox


def notices_of(user_id: int, limit: int = 50) -> list[outbox.NoticeInfo]:
    """The newest notices of a person."""
    return outbox.notices(user_id, limit=limit)


def mark_notices_read(user_id: int) -> int:
    """A person has seen all notices. Flushes. Returns how many were new."""
    return outbox.mark_read(user_id)
