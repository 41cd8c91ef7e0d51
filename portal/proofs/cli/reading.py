"""``flask proofs read FILE…``"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import has_app_context

from portal.platform import config
from portal.proofs import pipeline
from portal.proofs.reader import EngineMissing
from portal.proofs.types import Reading
from portal.proofs.types.as_json import reading_to_json

#: what machines get; words with boxes and page sizes stay with the stored reading
_SHOWN = ("file", "ok", "error", "engine", "pages", "ms", "text", "fields", "signals", "layout", "versions")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Read documents and show what was found in them."""
    all_read = True
    for file in files:
        reading = read_one(file)
        all_read = all_read and reading.ok
        if as_json:
            full = reading_to_json(reading, str(file))
            click.echo(json.dumps({name: full[name] for name in _SHOWN}, ensure_ascii=False))
        else:
            _show(file, reading)
    raise SystemExit(0 if all_read else 1)


def read_one(file: Path, without: tuple[str, ...] = (), *, escalate: bool | None = None) -> Reading:
    """Read a file; one that cannot be opened is a reading that says so, like one that cannot be read.

    escalate: whether the second engine may be asked; None: as the settings have it.
    """
    try:
        return pipeline.read_safely(file, without=without, escalate=may_escalate() if escalate is None else escalate)
    except OSError as error:
        return pipeline.unread(f"{file}: {error.strerror or error}")
    except EngineMissing as error:
        return pipeline.unread(f"No text recognition: {error}")


def may_escalate() -> bool:
    """What OCR_ESCALATION says; on where the commands run without the application."""
    return config.current().ocr_escalation if has_app_context() else True


def _show(file: Path, reading: Reading) -> None:
    click.echo(f"{file}  ({reading.engine}, {len(reading.pages)} pages, {reading.ms} ms)")
    if not reading.ok:
        click.echo(f"  refused: {reading.error}")
        return
    for name, value in reading.fields.items():
        shown = f"{value.value:<44} {value.confidence:>4.0%}" if value is not None else "–"
        click.echo(f"  {name:<20} {shown}")
    for signal in reading.signals:
        click.echo(f"  {signal.severity:<4} {signal.code}: {signal.words}")
