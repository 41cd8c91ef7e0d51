"""``flask worker``: the process that does the jobs; ``flask version``."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from portal import __version__
from portal.platform.jobs.attempt import this_app


@click.command("worker")
@click.option("--parent-pipe", is_flag=True, help="End when standard input closes (how Gunicorn keeps its worker).")
@click.option("--drain", default=30.0, show_default=True, help="Seconds to finish what is at hand when told to stop.")
@with_appcontext
def worker(parent_pipe: bool, drain: float) -> None:
    """Do the jobs: read proofs, send mails, import statements."""
    from portal.platform.jobs.supervisor import Supervisor

    sys.exit(Supervisor(this_app(), parent_pipe=parent_pipe, drain_seconds=drain).run())


@click.command("version")
def version() -> None:
    """Print the portal's version."""
    click.echo(__version__)


COMMANDS = (worker, version)
