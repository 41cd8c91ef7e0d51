"""Two approvers remove each other at the same moment: one stays. On MariaDB; SQLite has one writer at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from portal.accounts import queries, service
from portal.accounts.types import CustomerDraft
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.platform.db import db, transaction

pytestmark = pytest.mark.mariadb
ROUNDS = 5


def by(user_id: int) -> Identity:
    return Identity(user_id, "Somebody", "s@x.example", frozenset(), None, None, None, None, 0)


def approvers(number: int) -> tuple[int, int, int]:
    """A customer with two approvers, who alone look after its people."""
    made = transaction(lambda: service.create_customer(f"ABC{number:03}", CustomerDraft("A company", "a@x.example")))
    create = service.create_user
    one, two = (
        transaction(
            lambda who=who: create(f"{who}{number}@x.example", who, None, memberships=[(made, "approver")])
        )
        for who in ("one", "two")
    )  # fmt: skip
    return made, one, two


def both_leave(app: Any, customer: int, pair: tuple[int, int]) -> int:
    """Each removes the other at once; how many approvers are left."""
    start = threading.Barrier(2, timeout=10)

    def remove(gone: int, who: int) -> None:
        with app.app_context():

            def work() -> None:
                queries.member_rows(customer)  # as the page did that has the button
                start.wait() if not start.broken and start.n_waiting < 2 else None
                service.remove_member(customer, gone, by=by(who))

            try:
                transaction(work)
            except (BadInput, threading.BrokenBarrierError):
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=remove, args=each) for each in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return len(service.users_of(customer, "approver"))


def test_one_approver_stays_when_two_remove_each_other(mariadb_app: Any) -> None:
    left = [both_leave(mariadb_app, made[0], made[1:]) for made in map(approvers, range(ROUNDS))]

    assert left == [1] * ROUNDS


def test_without_the_lock_both_would_go(mariadb_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(customer_id: int) -> Any:
        return db.session.get(queries.Customer, customer_id)

    monkeypatch.setattr(queries, "lock_customer", unlocked)
    left = [both_leave(mariadb_app, made[0], made[1:]) for made in map(approvers, range(ROUNDS))]

    assert 0 in left
