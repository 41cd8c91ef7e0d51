"""``flask banking import FILE --account N``"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.banking import service
from portal.banking.cli.reading import content_of, refusal
from portal.banking.errors import StatementRefused
from portal.banking.types import Imported, same_account
from portal.ledger import service as ledger
from portal.platform.db import reading, transaction


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--account", required=True, help="The number of our bank account.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@with_appcontext
def import_file(file: Path, account: str, as_json: bool) -> None:
    """Import a statement of one of our accounts, match its lines, and book what is certain."""
    try:
        content = content_of(file)
        account_id = _account_id(account)
        made: Imported = transaction(lambda: service.import_statement(content, file.name, account_id))
    except StatementRefused as error:
        click.echo(json.dumps(refusal(file, error), ensure_ascii=False) if as_json else f"{file}: {error.words}")
        raise SystemExit(1) from None
    booked, certain = _matched(made.statement_id)
    if as_json:
        told = {"file": str(file), "ok": True, "account": account, "added": made.added, "already": made.already}
        click.echo(
            json.dumps({**told, "gap": made.gap or None, "certain": certain, "booked": booked}, ensure_ascii=False)
        )
    else:
        click.echo(
            f"{file}: {made.layout}, {made.added} lines added, {made.already} were here, {booked} booked. {made.gap}"
        )


def _account_id(number: str) -> int:
    for each in ledger.our_accounts():
        if same_account(each.number, number):
            return each.id
    raise StatementRefused(f"None of our bank accounts has the number {number}.")


def _matched(statement_id: int) -> tuple[int, int]:
    with reading():
        answers = service.answers_for(statement_id)
    certain = transaction(lambda: service.keep(statement_id, answers))
    return sum(transaction(partial(service.book, line_id)) for line_id in certain), len(certain)
