"""The sandbox as a small server on this machine's own address: takes forms, sends notices again until it hears 200."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from portal.payments.sandbox import pages
from portal.payments.sandbox.payfast import Refused, Sandbox

log = logging.getLogger("portal.sandbox")

_LOOPBACK = {"127.0.0.1", "localhost"}
#: PayFast tries again at once, after ten minutes, then at longer and longer intervals; here minutes are seconds
PAUSES_S = (0, 10, 20, 40, 80)
_TIMEOUT_S = 10
_MOST_BYTES = 64 * 1024

#: status, type, text, and where to send the browser
Reply = tuple[int, str, str, str]


def deliver(url: str, bodies: list[bytes], sleep: Callable[[int], None] = time.sleep) -> int:
    """Send notices in their order, each until it is acknowledged with 200; how many were. Only to this machine."""
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        raise ValueError(f"the sandbox sends nothing to {parts.hostname}")
    return sum(_deliver(parts.hostname or "", parts.port, parts.path, body, sleep) for body in bodies)


def _deliver(host: str, port: int | None, path: str, body: bytes, sleep: Callable[[int], None]) -> bool:
    for pause in PAUSES_S:
        sleep(pause)
        if _post(host, port, path, body) == 200:
            return True
    log.warning("nobody acknowledged a notice at %s", path)
    return False


def _post(host: str, port: int | None, path: str, body: bytes) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Server(ThreadingHTTPServer):
    """The listening sandbox. mood: how it answers the validate query: ``well``, ``down``, ``malformed`` or ``slow``."""

    daemon_threads = True

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.sandbox, self.mood = sandbox, "well"

    def validated(self, body: str) -> Reply:
        """The answer to ``/eng/query/validate`` in the present mood."""
        if self.mood == "slow":
            time.sleep(_TIMEOUT_S * 2)
        if self.mood in {"down", "slow"}:
            return 500, "text/plain", "Internal Server Error", ""
        word = "<html>Maintenance</html>" if self.mood == "malformed" else self.sandbox.validate(body)
        return 200, "text/plain", word, ""

    def taken(self, body: str) -> Reply:
        """A shop's form: the page to pay on, or PayFast's error."""
        try:
            order = self.sandbox.take(parse_qsl(body, keep_blank_values=True))
        except Refused as refused:
            return 400, "text/html", pages.refused(str(refused)), ""
        return 200, "text/html", pages.paying(order), ""

    def done(self, number: str, body: str) -> Reply:
        """A button was pressed: notices go out beside the browser, which goes back to the shop."""
        order = self.sandbox.orders.get(number)
        deed = pages.deed_of(dict(parse_qsl(body)).get("deed", ""))
        if order is None or deed is None:
            return 404, "text/plain", "No such payment.", ""
        bodies = self.sandbox.notices(order, deed)
        threading.Thread(target=deliver, args=(order.fields["notify_url"], bodies), daemon=True).start()
        return 303, "text/plain", "", order.fields.get("return_url", "/")


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES)
        body, path = self.rfile.read(length).decode("utf-8", "replace"), urlsplit(self.path).path
        if path == "/eng/process":
            self._answer(*self.server.taken(body))
        elif path == "/eng/query/validate":
            self._answer(*self.server.validated(body))
        elif path.startswith("/sandbox/mood/"):
            self.server.mood = path.rpartition("/")[2]
            self._answer(200, "text/plain", self.server.mood, "")
        else:
            self._answer(*self.server.done(path.rpartition("/")[2], body))

    def do_GET(self) -> None:
        self._answer(200, "text/plain", "PayFast sandbox: pay from an invoice’s pay page.", "")

    def _answer(self, status: int, kind: str, text: str, location: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        with suppress(ConnectionError):  # who asked has stopped listening
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server calls it by
        log.info(format, *args)
