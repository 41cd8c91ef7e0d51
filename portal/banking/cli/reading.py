"""``flask banking read FILE``"""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.banking import statements
from portal.banking.errors import StatementRefused
from portal.banking.types import ReadLine, Statement
from portal.core import clock
from portal.core.money import Money


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--account", help="Refuse a file that states another account.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def read(file: Path, account: str | None, as_json: bool) -> None:
    """Read a bank statement and prove it by its balances. No database."""
    try:
        found = statements.read(content_of(file), today=clock.today(), account=account)
    except StatementRefused as error:
        click.echo(json.dumps(refusal(file, error), ensure_ascii=False) if as_json else f"{file}: {error.words}")
        raise SystemExit(1) from None
    if as_json:
        click.echo(json.dumps(_as_json(file, found), ensure_ascii=False))
    else:
        _show(file, found)


def content_of(file: Path) -> bytes:
    """The bytes of a file; one that cannot be opened is refused like one that cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise StatementRefused(f"The file cannot be opened: {error.strerror or error}.") from None


def refusal(file: Path, error: StatementRefused) -> dict[str, object]:
    """What machines get for a file that was refused."""
    return {"file": str(file), "ok": False, "error": error.words, "row": error.row, "lines": []}


def _as_json(file: Path, found: Statement) -> dict[str, object]:
    return {
        "file": str(file),
        "ok": True,
        "layout": found.layout,
        "account": found.account,
        "currency": found.currency,
        "opening": _plain(found.opening),
        "closing": _plain(found.closing),
        "lines": [_line(each) for each in found.lines],
        "error": None,
        "row": None,
    }


def _line(line: ReadLine) -> dict[str, object]:
    return {
        "row": line.row,
        "date": line.on.isoformat(),
        "amount": line.amount.plain,
        "fee": line.fee.plain,
        "description": line.description,
        "reference": line.reference,
        "balance": _plain(line.balance),
    }


def _plain(amount: Money | None) -> str | None:
    return None if amount is None else amount.plain


def _show(file: Path, found: Statement) -> None:
    click.echo(f"{file}: {found.layout}, account {found.account or 'not stated'}, {len(found.lines)} lines")
    click.echo(f"  opening {found.opening or 'not stated'}, closing {found.closing or 'not stated'}")
    for line in found.lines:
        fee = f"  fee {line.fee}" if line.fee else ""
        click.echo(f"  {line.row:>5}  {line.on}  {line.amount!s:>18}{fee}  {line.description}  {line.reference or ''}")
