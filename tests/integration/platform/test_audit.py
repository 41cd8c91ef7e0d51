"""The audit log knows who, from where and in which request, and forgets nothing."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from portal.core.identity import Identity
from portal.platform import audit
from portal.platform.db import db
from portal.platform.models import AuditEvent

NOMVULA = Identity(4, "Nomvula Dlamini", "nomvula@360degree.example", frozenset({"clerk"}), None, None, None, None, 9)


def test_a_deed_in_a_request_is_noted_with_person_address_and_request(app):
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "10.1.2.3"}):
        g.identity, g.request_id = NOMVULA, "f00f00f00f00"
        audit.record("order.released", "ORD-2026-000017", before={"state": "held"}, after={"reason": "paid in cash"})
        db.session.commit()

    (event,) = audit.of("ORD-2026-000017")
    assert (event.actor_id, event.actor) == (4, "nomvula@360degree.example")
    assert (event.address, event.request_id) == ("10.1.2.3", "f00f00f00f00")
    assert (event.before, event.after) == ({"state": "held"}, {"reason": "paid in cash"})


def test_a_deed_of_nobody_signed_in_is_a_stranger_s_and_one_of_a_job_the_system_s(app):
    with app.test_request_context("/"):
        audit.record("login.failed", "user:x")
        db.session.commit()
    with app.app_context():
        g.request_id = "job-17"
        audit.record("proof.judged", "PRF-1")
        db.session.commit()

    assert audit.of("user:x")[0].actor == "stranger"
    assert (audit.of("PRF-1")[0].actor, audit.of("PRF-1")[0].request_id) == ("system", "job-17")


def test_what_happened_to_a_thing_is_told_newest_first(app):
    for action in ("made", "changed"):
        audit.record(action, "thing")
    audit.record("made", "other")

    assert [event.action for event in audit.of("thing")] == ["changed", "made"]


def test_a_rolled_back_deed_leaves_no_entry(app):
    audit.record("made", "thing")
    db.session.rollback()

    assert audit.of("thing") == []


@pytest.mark.parametrize("statement", [update(AuditEvent).values(actor="nobody"), delete(AuditEvent)])
def test_the_database_itself_refuses_to_change_or_forget(app, statement):
    audit.record("made", "thing")
    db.session.commit()

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(statement)
    db.session.rollback()

    assert audit.of("thing")[0].actor == "system"
