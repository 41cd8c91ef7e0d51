"""Invariants that always hold, and the check that asks for all of them (reliability.md 3)."""

from __future__ import annotations

from collections.abc import Iterator

from portal.core.money import Money
from portal.ledger import queries
from portal.ledger.service.verifying import DIGESTS, changed_since
from portal.ledger.types import Broken, Check, Held

_CHECKS: dict[str, Check] = {}
#: Rows named for one broken invariant.
MOST_ROWS = 20
#: Journals whose digests every self-check recomputes; ``flask ledger verify`` recomputes all.
_RECENT = 2_000

BALANCED = "ledger: each journal balances"
TRIAL = "ledger: all debits equal all credits"
CURRENCY = "ledger: a journal has one currency"


def invariant(name: str, check: Check) -> None:
    """A feature adds a rule that must hold at any moment between two transactions.

    check: gives the rows that break it, at most twenty; reads only. Registering a name again replaces it.
    """
    _CHECKS[name] = check


def self_check() -> list[Held]:
    """Ask every registered invariant; one outcome each, in the order of their names. Reads only.

    All of them see one moment, so that money that moves meanwhile is no false alarm; therefore call it when
    no transaction is open, or with nothing half done in the open one.
    """
    queries.see_one_moment()
    return [Held(name, tuple(_CHECKS[name]())[:MOST_ROWS]) for name in sorted(_CHECKS)]


def _unbalanced() -> Iterator[Broken]:
    for number, source, amount, debits, credits_ in queries.unbalanced_journals(MOST_ROWS):
        words = f"{source}: amount {Money(amount)}, debits {Money(debits)}, credits {Money(credits_)}"
        yield Broken(BALANCED, f"journal {number}", words)


def _trial() -> Iterator[Broken]:
    for currency, cents in queries.trial_balance():
        if cents:
            yield Broken(TRIAL, currency, f"debits less credits are {Money(cents, currency)}")


def _currencies() -> Iterator[Broken]:
    for number, code in queries.mixed_currencies(MOST_ROWS):
        yield Broken(CURRENCY, f"entry {number}", f"it stands on {code}")


def _recent_digests() -> list[Broken]:
    return changed_since(queries.highest_journal() - _RECENT)


invariant(BALANCED, _unbalanced)
invariant(TRIAL, _trial)
invariant(CURRENCY, _currencies)
invariant(DIGESTS, _recent_digests)
