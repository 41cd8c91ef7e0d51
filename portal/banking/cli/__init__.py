"""``flask banking …``: read a statement and match a case without a database; import into it.

Each prints a table for people, ``--json`` one object; exit 0, 1 refused, 2 usage.
"""

from flask.cli import AppGroup

from portal.banking.cli.importing import import_file
from portal.banking.cli.matching import match_case
from portal.banking.cli.reading import read

banking_cli = AppGroup("banking", help="Read, match and import bank statements.")
for _command in (read, match_case, import_file):
    banking_cli.add_command(_command)

COMMANDS = (banking_cli,)

__all__ = ["COMMANDS", "banking_cli"]
