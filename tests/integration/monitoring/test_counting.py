"""Counting what happened, and only what happened."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.platform import metrics
from portal.platform.db import db, transaction


def issued() -> float:
    return metrics.value("invoice_issued_total")


def test_a_count_waits_for_the_commit(app) -> None:
    before = issued()
    metrics.when_committed(metrics.invoices_issued.inc)
    db.session.execute(text("SELECT 1"))
    assert issued() == before
    db.session.commit()
    assert issued() == before + 1
    db.session.execute(text("SELECT 1"))
    db.session.commit()
    assert issued() == before + 1


def test_what_was_rolled_back_is_not_counted(app) -> None:
    before = issued()

    def work() -> None:
        db.session.execute(text("SELECT 1"))
        metrics.when_committed(metrics.invoices_issued.inc)
        raise ValueError

    with pytest.raises(ValueError):
        transaction(work)
    transaction(lambda: db.session.execute(text("SELECT 1")))
    assert issued() == before


def test_a_request_is_counted_by_its_endpoint_and_not_by_its_address(app, client) -> None:
    client.get("/no/such/page")
    body, _ = metrics.scrape("")
    assert b'api_requests_total{endpoint="none",method="GET",status="404"}' in body
    assert b"/no/such/page" not in body


def test_strangers_invent_no_methods(app, client) -> None:
    client.open("/health/live", method="BREW")
    body, _ = metrics.scrape("")
    assert b'method="other"' in body
    assert b"BREW" not in body
