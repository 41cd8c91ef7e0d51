"""bin/bench: measure one running portal, write docs/benchmarks.md, and exit 1 when a must is missed.

Every comparison is a ratio inside one run, because a shared machine's speed drifts.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from portal import __version__
from tests.bench import accuracy, forged, notices, pages, queues, readings, searching, uploads
from tests.bench.figures import Figure, Table
from tests.servers.portal import ROOT, Portal

HEAD = """# Benchmarks

Made by `bin/bench` (with `--documents` for accuracy); do not edit. Times are measured from a client on the same machine, over loopback, with the load
generator sharing its cores. A *must* that is missed makes `bin/bench` exit 1.

Measured {when} with version {version} on {cores} cores, Python {python}.

| figure | measured | must | |
|---|---|---|---|
"""


def main() -> int:
    """Run every bench and write the page."""
    options = argparse.ArgumentParser(prog="bin/bench")
    options.add_argument(
        "--documents", type=Path, help="a folder of documents with known truth (tests/bench/accuracy.py)"
    )
    documents = options.parse_args().documents
    found: list[Figure | Table] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        portal = Portal(Path(folder))
        portal.load_demo("--days", "30", "--customers", "8", "--seed", "5")
        portal.start()
        try:
            for bench in (pages.measure, uploads.measure, queues.measure):
                found += _told(bench(portal))
        finally:
            portal.stop()
    found += _told(notices.measure())
    found += _told(readings.measure())
    found += _told(forged.measure())
    found += _told(searching.measure())
    if documents is not None:
        found += _told(accuracy.measure(documents))
    figures = [each for each in found if isinstance(each, Figure)]
    write(figures, [each for each in found if isinstance(each, Table)])
    return 1 if any(figure.missed for figure in figures) else 0


def _told(found: list[Figure | Table]) -> list[Figure | Table]:
    for each in found:
        print(each.line() if isinstance(each, Figure) else each.text(), flush=True)
    return found


def write(figures: list[Figure], tables: list[Table]) -> None:
    """The page of figures."""
    head = HEAD.format(
        when=f"{datetime.now(UTC):%d %B %Y}", version=__version__, cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
    )  # fmt: skip
    text = head + "".join(figure.row() for figure in figures) + "".join(table.text() for table in tables)
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
