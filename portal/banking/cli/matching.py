"""``flask banking match --case CASE.json``"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NoReturn

import click

from portal.banking.errors import BadCase
from portal.banking.match import Answer, answers
from portal.banking.match.as_json import answer_as_json, case_of


@click.command("match")
@click.option("--case", "file", required=True, type=click.Path(path_type=Path), help="The world as JSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def match_case(file: Path, as_json: bool) -> None:
    """Match the statement lines of a case with its payments and invoices. Pure: no database."""
    try:
        case = case_of(json.loads(file.read_text(encoding="utf-8")))
    except BadCase as error:
        _refuse(file, error.words, as_json)
    except (OSError, ValueError) as error:
        _refuse(file, f"no case: {error}", as_json)
    counts: Counter[str] = Counter()
    for answer in answers(case):
        counts[answer.outcome.value] += 1
        click.echo(json.dumps(answer_as_json(answer), ensure_ascii=False) if as_json else _shown(answer))
    if not as_json:
        click.echo(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))


def _refuse(file: Path, words: str, as_json: bool) -> NoReturn:
    click.echo(json.dumps({"case": str(file), "ok": False, "error": words}, ensure_ascii=False) if as_json else words)
    raise SystemExit(1)


def _shown(answer: Answer) -> str:
    pays = ", ".join(each.invoice for each in answer.shares) or ", ".join(
        each.invoice or each.payment or "" for each in answer.candidates
    )
    return f"{answer.line:<10} {answer.outcome.value:<10} {answer.rule:<4} {pays:<40} {' '.join(answer.reasons)}"
