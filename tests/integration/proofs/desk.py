"""What tests of the clerks' desk share: colleagues, settings of the test's own, and a proof to decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import current_app

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.platform.db import transaction
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofInfo
from tests.integration.proofs.conftest import PASSWORD, World


def colleague(name: str, role: str = "clerk") -> Identity:
    """One more of our people."""
    email = f"{name.split()[0].lower()}@us.example"
    number = transaction(lambda: accounts.create_user(email, name, PASSWORD, staff_roles=[role]))
    return Identity(number, name, email, frozenset({role}), None, None, None, None, 0)


@contextmanager
def settings(**changed: Any) -> Iterator[None]:
    """Other settings for a while."""
    before = current_app.extensions["settings"]
    current_app.extensions["settings"] = replace(before, **changed)
    try:
        yield
    finally:
        current_app.extensions["settings"] = before


def short(
    world: World, proof_of: Any, *, key: str = "form-1", cents: int = 10_000_00, **drawn: Any
) -> tuple[ProofInfo, Any]:
    """A proof in review, R 100 short of its invoice, and the invoice."""
    invoice = world.invoice(cents)
    return world.judged(proof_of(invoice, amount=invoice.total - Money.zar(100_00), **drawn), key=key).info, invoice


def part_payment(info: ProofInfo, invoice: Any, why: str = "part payment agreed") -> Acceptance:
    """What a clerk accepts of it."""
    assert info.amount is not None
    return Acceptance(info.amount, clock.today(), (Share(invoice.number, info.amount),), why)
