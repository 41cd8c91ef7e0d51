"""``flask user create``: people from the command line."""

from __future__ import annotations

import json
import secrets
import sys

import click
from flask.cli import AppGroup

from portal.accounts import service
from portal.core.errors import BadInput, NotFound
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES
from portal.platform.db import transaction

people = AppGroup("user", help="People who may sign in.")
COMMANDS = (people,)


@people.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--staff", "staff_roles", multiple=True, type=click.Choice(STAFF_ROLES), help="A staff role; repeatable.")
@click.option("--customer", help="The code of the customer the person acts for, like MPD014.")
@click.option("--role", default="buyer", show_default=True, type=click.Choice(CUSTOMER_ROLES), help="The role there.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def create(
    email: str,
    name: str,
    staff_roles: tuple[str, ...],
    customer: str | None,
    role: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a person; prints the password when it was made here."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)

    def work() -> int:
        ties = [(service.customer_by_code(customer).id, role)] if customer else []
        return service.create_user(email, name, password, staff_roles=staff_roles, memberships=ties)

    try:
        user_id = transaction(work)
    except NotFound:
        _refuse(f"There is no customer {customer}.", as_json)
    except BadInput as error:
        _refuse(error.words, as_json)
    else:
        made = None if password_stdin else password
        _say({"ok": True, "id": user_id, "email": email.strip().lower(), "password": made}, as_json)


def _say(facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo(f"{facts['email']} may sign in.")
    if facts["password"]:
        click.echo(f"Password: {facts['password']}")


def _refuse(words: str, as_json: bool) -> None:
    click.echo(json.dumps({"ok": False, "error": words}) if as_json else words, err=not as_json)
    sys.exit(1)
