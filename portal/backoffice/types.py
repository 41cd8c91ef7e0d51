"""What the back office shows."""

from __future__ import annotations

from dataclasses import dataclass

QUEUE_WORDS = {
    "ocr": "Readings",
    "notifications": "Mails",
    "default": "General",
    "webhooks": "Gateway notices",
    "imports": "Statement imports",
}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How many jobs wait in one queue."""

    name: str
    words: str
    waiting: int
