"""Asking another company's server something: a deadline, a cap on the answer, no redirect followed, no proxy.

Nothing is asked inside a database transaction. Addresses are those of our settings, or a customer's own for events.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.core.errors import Unavailable
from portal.platform.db import db

TIMEOUT_S = 10
_MOST_BYTES = 64 * 1024
#: IPv4 behind a translator (RFC 6052)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


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


def post(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> Answer:
    """Send bytes to an address that somebody else wrote: only to the open internet, unless private is allowed.

    The name is resolved once, every address it has is checked, and the connection goes to the one that was checked, so
    that a name which changes in between leads nowhere. No redirect is followed.
    Raises Unavailable when there is no answer in time, or when the address is none that we send to.
    """
    if db.session().in_transaction():
        raise RuntimeError("no external call inside a transaction")
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not private:
        raise Unavailable("Only addresses that begin with https:// are sent to.")
    port = parts.port or (443 if secure else 80)
    pinned = _checked(host, port, private=private)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.sock = _connected(pinned, port, host if secure else None)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with _deadline(connection.sock):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("POST", target, body, {"User-Agent": "360Degree-Supply-Webhooks", **headers})
            found = connection.getresponse()
            return Answer(found.status, found.read(_MOST_BYTES).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"{host} does not answer ({type(error).__name__})") from error
    finally:
        connection.close()


def _connected(address: str, port: int, host: str | None) -> socket.socket:
    """A connection to the address; for TLS, where host is given, before the two have agreed."""
    plain = socket.create_connection((address, port), timeout=TIMEOUT_S)
    if host is None:
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


@contextmanager
def _deadline(wire: socket.socket) -> Iterator[None]:
    """Everything said over this connection is over in TIMEOUT_S: a socket's own limit begins anew with each byte.

    Raises TimeoutError.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError, ValueError):
            wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(TIMEOUT_S, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():
            raise TimeoutError("no whole answer in time")


def _checked(host: str, port: int, *, private: bool) -> str:
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)]
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"the name server does not know {host}") from error
    if not private and not all(is_open(each) for each in found):
        raise Unavailable(f"{host} is an address of a private network; events are not sent there")
    return found[0]


def is_open(address: str) -> bool:
    """Whether an address is one of the open internet; those that only wrap another one never are."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if known.version == 6 and (known.ipv4_mapped or known.sixtofour or known.teredo or known in _TRANSLATED):
        return False
    return known.is_global and not known.is_multicast
