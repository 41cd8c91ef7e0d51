"""``flask proofs bench DIR``"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from portal.proofs.cli.reading import may_escalate, read_one
from portal.proofs.cli.scores import shown
from portal.proofs.extract.scoring import Score, scored, summary

_LINES = {"odd": 1, "even": 0}
Truth = Mapping[str, str | None]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a document, the summary last.")
@click.option("--leave-one-bank-out", is_flag=True, help="Read each bank's documents without that bank's layouts.")
@click.option("--lines", type=click.Choice(["odd", "even"]), help="Only these lines of truth.jsonl, counted from 1.")
@click.option(
    "--processes", type=click.IntRange(1), default=1, help="Documents read at once, at most one a core; times grow."
)
def bench(folder: Path, as_json: bool, leave_one_bank_out: bool, lines: str | None, processes: int) -> None:
    """Read every document that FOLDER/truth.jsonl names and compare.

    Proofs of payment are compared by all that their truth names, receipts (`total`, `date`) by those.
    """
    try:
        written = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        truths = [json.loads(line) for line in written if line.strip()]
    except (OSError, ValueError) as error:
        raise click.ClickException(f"no truth.jsonl in {folder}: {error}") from error
    wanted = [truth for at, truth in enumerate(truths, start=1) if lines is None or at % 2 == _LINES[lines]]
    score = partial(_score, folder, without_own=leave_one_bank_out, escalate=may_escalate())
    scores = []
    for one in _each(score, wanted, min(processes, len(os.sched_getaffinity(0)))):
        scores.append(one)
        if as_json:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False))
    found = summary(scores)
    if as_json:
        click.echo(json.dumps({"summary": found}, ensure_ascii=False))
    else:
        for line in shown(found, scores):
            click.echo(line)


def _each(score: partial[Score], truths: Sequence[Truth], processes: int) -> Iterator[Score]:
    """The scores in the order of the truths, each as soon as it and those before it are there."""
    if processes == 1:
        yield from map(score, truths)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(score, truths)


def _score(folder: Path, truth: Truth, *, without_own: bool, escalate: bool) -> Score:
    bank = truth.get("bank")
    without = (bank,) if without_own and bank else ()
    reading = read_one(folder / str(truth["file"]), without, escalate=escalate)
    return scored(truth, reading.fields, reading.ms)


def _as_json(score: Score) -> dict[str, object]:
    return {
        "file": score.file, "bank": score.bank, "condition": score.condition, "ms": score.ms, "all4": score.all4,
        "all5": score.all5, "wrong_amount": score.wrong_amount, "right": score.right, "confidence": score.sure,
        "found": score.found,
    }  # fmt: skip
