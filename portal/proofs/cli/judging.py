"""``flask proofs judge CASE.json…``"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click

from portal.proofs import pipeline
from portal.proofs.cli.reading import read_one
from portal.proofs.types import Verdict
from portal.proofs.types.as_json import BadCase, case_from_json, verdict_to_json


class _Refused(Exception):
    """The case cannot be judged; the words say why."""


@click.command()
@click.argument("cases", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def judge(cases: tuple[Path, ...], as_json: bool) -> None:
    """Judge documents in their cases: what the portal knew goes in, a verdict comes out. No database."""
    refused = False
    for path in cases:
        try:
            verdict = _judged(path)
        except _Refused as error:
            refused = True
            click.echo(
                json.dumps({"case": str(path), "ok": False, "error": str(error)}) if as_json else f"{path}: {error}"
            )
            continue
        if as_json:
            click.echo(json.dumps({"case": str(path), "ok": True, **verdict_to_json(verdict)}, ensure_ascii=False))
        else:
            _show(path, verdict)
    raise SystemExit(1 if refused else 0)


def _judged(path: Path) -> Verdict:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _Refused(f"no case: {error}") from error
    try:
        if not isinstance(data, dict):
            raise BadCase("The case is not an object.")
        _, file = case_from_json(data)
        if file is None:
            raise BadCase("The case names no file.")
        document = (path.parent / file).read_bytes()
        case, _ = case_from_json(data, hashlib.sha256(document).hexdigest())
    except BadCase as error:
        raise _Refused(error.words) from error
    except OSError as error:
        raise _Refused(f"{file}: {error.strerror or error}") from error
    return pipeline.judge(read_one(path.parent / file), case)


def _show(path: Path, verdict: Verdict) -> None:
    click.echo(f"{path}: {verdict.verdict.value}")
    for share in verdict.allocations:
        click.echo(f"  pays {share.invoice}: {share.amount}")
    for check in verdict.checks:
        click.echo(f"  {check.outcome.value:<8} {check.code:<20} {check.words}")
