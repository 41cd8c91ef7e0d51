"""``flask ledger verify`` and ``flask self-check``: exit 0 when everything holds, 1 with the row that breaks it."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup, with_appcontext

from portal.ledger import service
from portal.ledger.types import Broken
from portal.platform.db import end_transaction, reading

ledger = AppGroup("ledger", help="The books.")


@ledger.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def verify(as_json: bool) -> None:
    """Compare every row of the books with what was hashed when it was written, and every seal with the chain."""
    with reading():
        found = service.verify()
    for problem in found.problems:
        click.echo(_line(problem, as_json))
    summary = {
        "ok": not found.problems,
        "journals": found.journals,
        "entries": found.entries,
        "sealed": found.sealed,
        "head": found.head,
    }
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(
            f"{found.journals} journals, {found.entries} entries, {found.sealed} sealed; the chain ends in {found.head}"
        )
        click.echo("Nothing was changed." if not found.problems else f"{len(found.problems)} changed.")
    sys.exit(1 if found.problems else 0)


@click.command("self-check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def self_check(as_json: bool) -> None:
    """Ask every invariant of the portal whether it holds."""
    with reading():
        outcomes = service.self_check()
        end_transaction()
        outcomes += service.nightly_check()
    for outcome in outcomes:
        if as_json:
            click.echo(json.dumps({"ok": outcome.ok, "invariant": outcome.invariant, "rows": len(outcome.broken)}))
        else:
            click.echo(f"{'holds ' if outcome.ok else 'BROKEN'}  {outcome.invariant}")
        for problem in outcome.broken:
            click.echo(_line(problem, as_json))
    broken = sum(not outcome.ok for outcome in outcomes)
    if not as_json:
        click.echo(f"{len(outcomes)} invariants, {broken} broken.")
    sys.exit(1 if broken else 0)


def _line(problem: Broken, as_json: bool) -> str:
    if as_json:
        return json.dumps(
            {"ok": False, "invariant": problem.invariant, "row": problem.row, "words": problem.words},
            ensure_ascii=False,
        )
    return f"        {problem.row}: {problem.words}"


COMMANDS = (ledger, self_check)
