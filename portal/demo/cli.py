"""``flask demo load`` and ``flask demo passwords``: a lively company to look at. Never in production."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup

from portal.core.errors import Conflict
from portal.demo import service
from portal.platform import config

demo = AppGroup("demo", help="A made-up company to try the portal with.")
COMMANDS = (demo,)
#: more than these are made in bulk, in the years before
_MOST_ORDERS = 5_000
_INVOICES = "How many orders; else as many as fit the days. Above 5 000: invoices in all, most of them in bulk."
_DAY = click.DateTime(["%Y-%m-%d"])


@demo.command("load")
@click.option("--days", default=90, show_default=True, type=click.IntRange(5, 365), help="How far its past goes back.")
@click.option("--customers", default=25, show_default=True, type=click.IntRange(1, 28))
@click.option("--invoices", type=click.IntRange(1, 2_000_000), help=_INVOICES)
@click.option("--today", type=_DAY, help="Its last day, like 2026-03-15; else today.")
@click.option("--seed", default=360, show_default=True, help="The same seed makes the same company.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def load(days: int, customers: int, invoices: int | None, today: datetime | None, seed: int, as_json: bool) -> None:
    """Make people, products, orders, invoices, proofs and payments. Twice is once."""
    _refuse_in_production(as_json)
    day = today.date() if today else None
    try:
        many = invoices is not None and invoices > _MOST_ORDERS
        options = service.Options(
            days, customers, None if many else invoices, day, seed, (invoices or 0) if many else 0
        )
        made = service.load(options, told=_tell)
    except Conflict as error:
        _refuse(str(error), as_json)
        return
    click.echo(json.dumps({"ok": True, **asdict(made)}) if as_json else _table(made))


@demo.command("passwords")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def passwords(as_json: bool) -> None:
    """Print who can sign in."""
    _refuse_in_production(as_json)
    shown = service.logins()
    if not shown:
        _refuse("There is no demo company here. Make it with: flask demo load", as_json)
    for login in shown:
        if as_json:
            facts = asdict(login)
            click.echo(json.dumps({name: facts[name] for name in _PRINTED}))
        else:
            place = login.customer_name or "our staff"
            click.echo(f"  {login.role:<14} {login.email:<46} {login.password:<34} {place}")


_PRINTED = ("role", "email", "password", "customer", "totp_secret")


def _tell(count: int) -> None:
    click.echo(f"{count:,} invoices".replace(",", " "), err=True)


def _table(made: service.Loaded) -> str:
    if made.already:
        added = f"{made.bulk} invoices were" if made.bulk else "nothing was"
        return f"The demo company is here already; {added} added."
    rows = [("customers", made.customers, ""), ("people", made.users, ""), ("products", made.products, "")]
    for name, states in (
        ("orders", made.tally.orders),
        ("invoices", made.tally.invoices),
        ("proofs", made.tally.proofs),
    ):
        parts = ", ".join(f"{count} {state}" for state, count in states.items())
        rows.append((name, sum(states.values()), parts))
    lines = [f"{name:<10} {count:>5}  {parts}".rstrip() for name, count, parts in rows]
    return "\n".join([*lines, f"Made in {made.seconds} s. Who can sign in: flask demo passwords"])


def _refuse_in_production(as_json: bool) -> None:
    if config.current().production:
        _refuse("The demo company is not for production.", as_json)


def _refuse(words: str, as_json: bool) -> None:
    click.echo(json.dumps({"ok": False, "error": words}) if as_json else words, err=not as_json)
    sys.exit(1)
