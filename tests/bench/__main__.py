"""bin/bench: measure one running portal, write docs/benchmarks.md, and exit 1 when a must is missed.

Every comparison is a ratio inside one run, because a shared machine's speed drifts.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from portal import __version__
from tests.bench import pages, readings, uploads
from tests.bench.figures import Figure
from tests.servers.portal import ROOT, Portal

HEAD = """# Benchmarks

Made by `bin/bench`; do not edit. Times are measured from a client on the same machine, over loopback, with the load
generator sharing its cores. A *must* that is missed makes `bin/bench` exit 1.

Measured {when} with version {version} on {cores} cores, Python {python}.

| figure | measured | must | |
|---|---|---|---|
"""


def main() -> int:
    """Run every bench and write the page."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        portal = Portal(Path(folder))
        portal.load_demo("--days", "30", "--customers", "8", "--seed", "5")
        portal.start()
        try:
            benches: tuple[Callable[[Portal], list[Figure]], ...] = (pages.measure, uploads.measure, readings.measure)
            for bench in benches:
                for figure in bench(portal):
                    print(figure.line())
                    figures.append(figure)
        finally:
            portal.stop()
    write(figures)
    return 1 if any(figure.missed for figure in figures) else 0


def write(figures: list[Figure]) -> None:
    """The page of figures."""
    import os

    head = HEAD.format(
        when=f"{datetime.now(UTC):%d %B %Y}", version=__version__, cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
    )  # fmt: skip
    (ROOT / "docs" / "benchmarks.md").write_text(head + "".join(figure.row() for figure in figures), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
