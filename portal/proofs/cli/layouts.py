"""``flask proofs layouts check``"""

from __future__ import annotations

import json

import click

from portal.proofs.extract.general import BadLayout
from portal.proofs.extract.layouts import all_layouts
from portal.proofs.extract.samples import Checked, checked


@click.group()
def layouts() -> None:
    """Bank layouts, which are data."""


@layouts.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a layout.")
def check(as_json: bool) -> None:
    """Read each layout's samples and compare them with the fields they must give."""
    try:
        results = [checked(layout) for layout in all_layouts()]
    except BadLayout as error:
        raise click.ClickException(str(error)) from error
    for result in results:
        click.echo(json.dumps(_as_json(result), ensure_ascii=False) if as_json else _line(result))
    raise SystemExit(0 if all(not result.faults for result in results) else 1)


def _as_json(result: Checked) -> dict[str, object]:
    return {
        "layout": result.layout, "bank": result.bank, "samples": result.samples, "ok": not result.faults,
        "faults": list(result.faults),
    }  # fmt: skip


def _line(result: Checked) -> str:
    said = "ok" if not result.faults else "; ".join(result.faults)
    return f"{result.layout:<28} {result.bank:<16} {result.samples} sample(s)  {said}"
