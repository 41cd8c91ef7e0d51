"""Whole journals go into one chain, in order, each once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.money import Money
from portal.ledger import queries
from portal.ledger import service as ledger
from portal.ledger.service import sealing
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company


def test_what_was_posted_since_is_sealed_and_nothing_twice(booked: Company) -> None:
    assert transaction(ledger.seal_waiting) == 3
    assert transaction(ledger.seal_waiting) == 0
    booked.invoice(Money.zar(1_00))

    assert transaction(ledger.seal_waiting) == 1
    assert ledger.journal(4).sealed_as == 4
    assert ledger.verify().problems == ()


def test_a_backlog_is_sealed_a_part_at_a_time(booked: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_BATCH", 1)

    assert [transaction(lambda: ledger.seal_waiting(2)) for _ in range(3)] == [2, 1, 0]
    assert ledger.verify().problems == ()


def test_a_second_chain_beside_the_first_is_refused(booked: Company) -> None:
    transaction(lambda: ledger.seal_waiting(1))
    twin = {"sequence": 1, "journal_id": 2, "digest": "0" * 64, "sealed_at": clock.now()}

    with pytest.raises(IntegrityError):
        queries.add_seals([twin])
    db.session.rollback()


def test_the_job_seals_and_the_check_finds_nothing(booked: Company, app: Any) -> None:
    transaction(lambda: [jobs.enqueue(kind, {}) for kind in ("ledger.seal", "ledger.self_check", "ledger.verify")])

    jobs.run_pending(strict=True)

    assert ledger.verify().sealed == 3
