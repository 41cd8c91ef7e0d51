"""Read → extract → look again → match → verdict, free of any database.

The worker, the API and the command line all come through here.
Source: docs/rules/reading.md.
"""

from portal.proofs.pipeline.judging import judge
from portal.proofs.pipeline.reading import VERSIONS, read, read_safely, unread

__all__ = ["VERSIONS", "judge", "read", "read_safely", "unread"]
