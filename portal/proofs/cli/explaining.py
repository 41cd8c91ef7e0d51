"""``flask proofs explain ID…``"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.errors import NotFound
from portal.platform.db import end_transaction, reading
from portal.proofs.service import explaining


@click.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def explain(ids: tuple[str, ...], as_json: bool) -> None:
    """Show the stored checks and evidence of proofs, with the exact inputs and versions. Reads only."""
    found_all = True
    for public_id in ids:
        try:
            with reading():
                told = explaining.explain(public_id)
                end_transaction()
        except NotFound:
            found_all = False
            error = "There is no such proof."
            click.echo(
                json.dumps({"id": public_id, "ok": False, "error": error}) if as_json else f"{public_id}: {error}"
            )
            continue
        if as_json:
            click.echo(json.dumps({"id": public_id, "ok": True, **told}, ensure_ascii=False))
        else:
            _show(told)
    raise SystemExit(0 if found_all else 1)


def _show(told: Mapping[str, Any]) -> None:
    click.echo(f"{told['id']}: {told['state']}, sent {told['sent_at']} by {told['customer']} ({told['file']})")
    for read in told["readings"]:
        versions = " ".join(f"{name} {value}" for name, value in read["versions"].items())
        click.echo(f"  read {read['at']} by {read['engine']}, layout {read['layout'] or 'none'} ({versions})")
        for name, field in read["fields"].items():
            if field:
                shown = f"{field['value']:<40} {field['confidence']:>4.0%} {field['engine']}, page {field['page']}"
                click.echo(f"    {name:<20} {shown}")
    for one in told["verdicts"]:
        click.echo(f"  judged {one['at']} by rules {one['rules']}: {one['verdict']}")
        for check in one["checks"]:
            click.echo(f"    {check['outcome']:<8} {check['code']:<20} {check['rule']:<4} {check['words']}")
        for signal in one["signals"]:
            click.echo(f"    signal   {signal['code']:<20} {signal['severity']:<4} {signal['words']}")
    for decision in told["decisions"]:
        click.echo(f"  {decision['action']} {decision['at']} by {decision['by']}: {decision['words']}")
    sample = told["audit_sample"]
    if sample:
        click.echo(f"  drawn for audit: {sample['draw']} of 10000 lies below {sample['share']}; {sample['outcome']}")
