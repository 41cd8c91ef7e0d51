"""Matching after an import, and booking what is certain: one job a line, so that none holds up another."""

from __future__ import annotations

from typing import Any

from portal.banking import service
from portal.banking.match import Answer
from portal.banking.service.importing import MATCH
from portal.banking.service.matching import BOOK
from portal.platform import jobs


def register() -> None:
    """Tell the worker how statements are matched and lines booked."""
    jobs.register(MATCH, queue="imports", work=_match, effect=_keep, words="Match a bank statement")
    jobs.register(
        BOOK, queue="imports", work=lambda _payload: None, effect=_book, words="Book a line of a bank statement"
    )


def _match(payload: dict[str, Any]) -> dict[int, Answer]:
    return service.answers_for(payload["statement_id"])


def _keep(payload: dict[str, Any], answers: dict[int, Answer]) -> None:
    service.keep(payload["statement_id"], answers)


def _book(payload: dict[str, Any], _nothing: None) -> None:
    service.book(payload["line_id"])
