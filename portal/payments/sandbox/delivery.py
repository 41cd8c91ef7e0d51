"""Notices on their way from the sandbox to the shop: sent again until they are acknowledged, to this machine alone."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urlsplit

from portal.payments.sandbox.deeds import Sent

log = logging.getLogger("portal.sandbox")

_LOOPBACK = {"127.0.0.1", "localhost"}
#: a gateway tries again at once, after ten minutes, then at longer and longer intervals; here minutes are seconds
PAUSES_S = (0, 10, 20, 40, 80)
TIMEOUT_S = 10


def begin(url: str, notices: Sequence[Sent]) -> None:
    """Send notices beside whoever caused them."""
    threading.Thread(target=deliver, args=(url, notices), daemon=True).start()


def deliver(url: str, notices: Sequence[Sent], sleep: Callable[[int], None] = time.sleep) -> int:
    """Send notices in their order, each until it is acknowledged with 200; how many were. Only to this machine."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        raise ValueError(f"the sandbox sends nothing to {parts.hostname}")
    return sum(_deliver(parts, each, sleep) for each in notices)


def _deliver(to: SplitResult, notice: Sent, sleep: Callable[[int], None]) -> bool:
    for pause in PAUSES_S:
        sleep(pause)
        if _post(to, notice) == 200:
            return True
    log.warning("nobody acknowledged a notice at %s", to.path)
    return False


def _post(to: SplitResult, notice: Sent) -> int:
    connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", to.path, notice.body, dict(notice.headers()))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
