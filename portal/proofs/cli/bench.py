"""``flask proofs bench DIR``"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from portal.proofs.cli.reading import read_one
from portal.proofs.extract.scoring import Score, scored, summary

_LINES = {"odd": 1, "even": 0}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a document, the summary last.")
@click.option("--leave-one-bank-out", is_flag=True, help="Read each bank's documents without that bank's layouts.")
@click.option("--lines", type=click.Choice(["odd", "even"]), help="Only these lines of truth.jsonl, counted from 1.")
def bench(folder: Path, as_json: bool, leave_one_bank_out: bool, lines: str | None) -> None:
    """Read every document that FOLDER/truth.jsonl names and compare."""
    try:
        written = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        truths = [json.loads(line) for line in written if line.strip()]
    except (OSError, ValueError) as error:
        raise click.ClickException(f"no truth.jsonl in {folder}: {error}") from error
    scores = []
    for at, truth in enumerate(truths, start=1):
        if lines is not None and at % 2 != _LINES[lines]:
            continue
        score = _score(folder, truth, leave_one_bank_out)
        scores.append(score)
        if as_json:
            click.echo(json.dumps(_as_json(score), ensure_ascii=False))
    found = summary(scores)
    if as_json:
        click.echo(json.dumps({"summary": found}, ensure_ascii=False))
    else:
        _show(found)


def _score(folder: Path, truth: Mapping[str, str | None], without_own: bool) -> Score:
    bank = truth.get("bank")
    without = (bank,) if without_own and bank else ()
    reading = read_one(folder / str(truth["file"]), without)
    return scored(truth, reading.fields, reading.ms)


def _as_json(score: Score) -> dict[str, object]:
    return {
        "file": score.file, "bank": score.bank, "condition": score.condition, "ms": score.ms, "all4": score.all4,
        "all5": score.all5, "wrong_amount": score.wrong_amount, "right": score.right, "confidence": score.sure,
        "found": score.found,
    }  # fmt: skip


def _show(found: Mapping[str, object]) -> None:
    for name, value in found.items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for key, inner in value.items():
                click.echo(f"  {key:<22} {_inline(inner)}")
        elif isinstance(value, list):
            click.echo(f"{name}:")
            for row in value:
                click.echo(f"  {_inline(row)}")
        else:
            click.echo(f"{name:<24} {_inline(value)}")


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key} {_inline(inner)}" for key, inner in value.items())
    return f"{value:.1%}" if isinstance(value, float) and value <= 1 else str(value)
