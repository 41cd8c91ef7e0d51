"""``flask proofs …``: read, judge and measure without a database; explain and replay what the database keeps.

Each prints a table for people, ``--json`` one object a line in input order; exit 0, 1 refused, 2 usage.
"""

from flask.cli import AppGroup

from portal.proofs.cli.bench import bench
from portal.proofs.cli.explaining import explain
from portal.proofs.cli.judging import judge
from portal.proofs.cli.layouts import layouts
from portal.proofs.cli.reading import read
from portal.proofs.cli.replaying import replay

proofs_cli = AppGroup("proofs", help="Read and judge proofs of payment.")
for _command in (read, judge, bench, layouts, explain, replay):
    proofs_cli.add_command(_command)

COMMANDS = (proofs_cli,)

__all__ = ["COMMANDS", "proofs_cli"]
