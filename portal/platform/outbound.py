"""Asking another company's server something: a deadline, a cap on the answer, no redirect followed, no proxy.

Only addresses from our settings are ever asked, and never inside a database transaction.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.core.errors import Unavailable
from portal.platform.db import db

TIMEOUT_S = 10
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the text is cut at 64 KB."""

    status: int
    text: str


def post_form(url: str, body: bytes) -> Answer:
    """Send a form and give the answer as it is. Raises Unavailable when there is none in time.

    Raises RuntimeError inside a transaction: a slow answer would hold its locks and its connection.
    """
    return ask("POST", url, body, {"Content-Type": "application/x-www-form-urlencoded"})


def ask(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask with a method and headers of one's own; otherwise as post_form. What is sent is never logged."""
    if db.session().in_transaction():
        raise RuntimeError("no external call inside a transaction")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {})
        found = connection.getresponse()
        return Answer(found.status, found.read(_MOST_BYTES).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{host} does not answer ({type(error).__name__})") from error
    finally:
        connection.close()


def addresses_of(hosts: tuple[str, ...]) -> frozenset[str]:
    """The addresses these names have now. Raises Unavailable when not one of them can be resolved."""
    found: set[str] = set()
    for host in hosts:
        try:
            found |= {str(each[4][0]) for each in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)}
        except OSError:
            continue
    if not found:
        raise Unavailable("the name server knows none of the gateway’s hosts")
    return frozenset(found)
