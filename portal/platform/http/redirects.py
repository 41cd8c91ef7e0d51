"""Where a form may send the browser next: only to a page of ours."""

from __future__ import annotations

import re

#: one slash, then nothing a browser could read as another host or as a second header line
_OURS = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*\Z")


def safe_path(wanted: str | None, otherwise: str) -> str:
    """The wanted path when it is one of ours, else the other one (docs/rules/sign-in.md, S10)."""
    if (
        not wanted
        or not _OURS.match(wanted)
        or "//" in wanted.partition("?")[0]
        or re.search(r"%(0[0-9a-f]|1[0-9a-f]|5c)", wanted, re.I)
    ):
        return otherwise
    return wanted
