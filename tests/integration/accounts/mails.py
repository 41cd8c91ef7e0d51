"""What was mailed, as a person reads it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from portal.platform import config


def link_in_newest_mail() -> str:
    """The path of the first address of ours in the mail that was written last."""
    newest = max((config.current().data_dir / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    body = message_from_bytes(newest.read_bytes(), policy=policy.default).get_content()
    found = re.search(r"https?://\S+", body)
    assert found, body
    return urlsplit(found[0]).path
