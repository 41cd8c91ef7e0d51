"""Invariants that always hold, and the check that asks for all of them (reliability.md 3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from portal.core.money import Money
from portal.ledger import queries
from portal.ledger.service.verifying import DIGESTS, changed_since
from portal.ledger.types import Broken, Check, Held
from portal.platform import jobs, outbox
from portal.platform.db import database_triggers, declared_triggers

_CHECKS: dict[str, Check] = {}
_SLOW: dict[str, Check] = {}
#: Rows named for one broken invariant.
MOST_ROWS = 20
#: Journals whose digests every self-check recomputes; ``flask ledger verify`` recomputes all.
_RECENT = 2_000

BALANCED = "ledger: each journal balances"
TRIAL = "ledger: all debits equal all credits"
CURRENCY = "ledger: a journal has one currency"
TRIGGERS_THERE = "ledger: the database refuses to change what is written"
LEASES = "jobs: nothing runs longer than its lease"
MAILS = "mails: each is sent, will be, or was given up"


def invariant(name: str, check: Check) -> None:
    """A feature adds a rule that must hold at any moment between two transactions.

    check: gives the rows that break it, at most twenty; reads only. Registering a name again replaces it.
    """
    _CHECKS[name] = check


def nightly_invariant(name: str, check: Check) -> None:
    """A rule whose check takes long or looks outside the database: asked each night and by ``flask self-check``.

    check: as above, but it may end the transaction it finds.
    """
    _SLOW[name] = check


def self_check() -> list[Held]:
    """Ask every registered invariant; one outcome each, in the order of their names. Reads only.

    All of them see one moment, so that money that moves meanwhile is no false alarm; therefore call it when
    no transaction is open, or with nothing half done in the open one.
    """
    queries.see_one_moment()
    return _ask(_CHECKS)


def nightly_check() -> list[Held]:
    """Ask the rules that only the night has time for; each sees its own moment. Reads only."""
    return _ask(_SLOW)


def _ask(checks: dict[str, Check]) -> list[Held]:
    return [Held(name, tuple(islice(checks[name](), MOST_ROWS))) for name in sorted(checks)]


def _unbalanced() -> Iterator[Broken]:
    for number, source, customer_id, amount, debits, credits_ in queries.unbalanced_journals(MOST_ROWS):
        words = f"{source}: amount {Money(amount)}, debits {Money(debits)}, credits {Money(credits_)}"
        yield Broken(BALANCED, f"journal {number}", words, customer_id)


def _trial() -> Iterator[Broken]:
    for currency, cents in queries.trial_balance():
        if cents:
            yield Broken(TRIAL, currency, f"debits less credits are {Money(cents, currency)}")


def _currencies() -> Iterator[Broken]:
    for number, code in queries.mixed_currencies(MOST_ROWS):
        yield Broken(CURRENCY, f"entry {number}", f"it stands on {code}")


def _recent_digests() -> list[Broken]:
    return changed_since(queries.highest_journal() - _RECENT)


def _triggers() -> Iterator[Broken]:
    """The books, documents and logs are append only because triggers say so; somebody could have dropped one."""
    there = database_triggers()
    for name in sorted(declared_triggers() - there) if there is not None else ():
        yield Broken(TRIGGERS_THERE, f"trigger {name}", "it is not in the database")


def _leases() -> Iterator[Broken]:
    for job in jobs.overdue(MOST_ROWS):
        yield Broken(LEASES, f"job {job.id}", f"{job.words}: under way, and no worker holds it any more")


def _mails() -> Iterator[Broken]:
    for mail_id, event in outbox.stranded(MOST_ROWS):
        yield Broken(MAILS, f"mail {mail_id}", f"{event}: it waits, and no job is going to send it")


invariant(BALANCED, _unbalanced)
invariant(TRIAL, _trial)
invariant(CURRENCY, _currencies)
invariant(DIGESTS, _recent_digests)
invariant(TRIGGERS_THERE, _triggers)
invariant(LEASES, _leases)
invariant(MAILS, _mails)
