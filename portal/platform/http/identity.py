"""Who is asking this request."""

from __future__ import annotations

from flask import g

from portal.core.errors import NotFound
from portal.core.identity import Identity, Program


def identity_or_none() -> Identity | None:
    """The signed-in person, or None."""
    found: Identity | None = g.get("identity")
    return found


def program_or_none() -> Program | None:
    """The program whose token this request carries, or None."""
    found: Program | None = g.get("program")
    return found


def current_identity() -> Identity:
    """The signed-in person. Raises NotFound when nobody is: the access mark was wrong."""
    found = identity_or_none()
    if found is None:
        raise NotFound("nobody is signed in")
    return found


def current_program() -> Program:
    """The program that asks. Raises NotFound when none does: the access mark was wrong."""
    found = program_or_none()
    if found is None:
        raise NotFound("no program asks")
    return found


def customer_id() -> int:
    """The customer the signed-in person acts for, or whose program asks. Raises NotFound when there is none."""
    program = program_or_none()
    found = program.customer_id if program is not None else current_identity().customer_id
    if found is None:
        raise NotFound("not acting for a customer")
    return found
