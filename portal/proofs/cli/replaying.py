"""``flask proofs replay --since DATE``"""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import with_appcontext

from portal.proofs.service.replaying import Replayed, Tally
from portal.proofs.service.replaying import replay as judged_again


@click.command()
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day, like 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a proof, the summary last.")
@with_appcontext
def replay(since: datetime, as_json: bool) -> None:
    """Show what today's rules would decide on past proofs. Nothing is written."""
    tally = Tally()
    for one in judged_again(since.date()):
        tally.add(one)
        if as_json:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False))
        elif one.changed or one.error:
            click.echo(_line(one))
    summary = {
        "rules": tally.rules, "judged": tally.judged, "changed": tally.changed, "failed": tally.failed,
        "moves": dict(tally.moves),
    }  # fmt: skip
    click.echo(json.dumps({"summary": summary}) if as_json else _words(tally))
    raise SystemExit(1 if tally.failed else 0)


def _as_json(one: Replayed) -> dict[str, object]:
    if one.error is not None:
        return {"id": one.public_id, "ok": False, "error": one.error}
    return {
        "id": one.public_id, "ok": True, "rules_before": one.rules_before, "before": one.before, "after": one.after,
        "changed": one.changed, "checks": {code: list(pair) for code, pair in one.checks.items()},
        "pays_otherwise": one.pays_otherwise,
    }  # fmt: skip


def _line(one: Replayed) -> str:
    if one.error is not None:
        return f"{one.public_id}: {one.error}"
    checks = ", ".join(f"{code} {was} -> {would}" for code, (was, would) in one.checks.items())
    split = "; pays otherwise" if one.pays_otherwise else ""
    return f"{one.public_id}: {one.before} -> {one.after}  {checks}{split}"


def _words(tally: Tally) -> str:
    moves = "".join(f"\n  {count:>6}  {move}" for move, count in tally.moves.most_common())
    left = f", {tally.failed} could not be judged again" if tally.failed else ""
    return f"{tally.judged} judged again by rules {tally.rules}, {tally.changed} would change{left}.{moves}"
