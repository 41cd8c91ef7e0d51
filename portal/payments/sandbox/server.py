"""The sandbox as a small server on this machine's own address: every gateway's pages and its interface."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from portal.payments.sandbox import delivery, pages
from portal.payments.sandbox.answering import JSON, TEXT, Asked, Reply, answer
from portal.payments.sandbox.deeds import Deed, Refused, Sent, Shown
from portal.payments.sandbox.ozow import WORDS as OZOW_WORDS
from portal.payments.sandbox.ozow import OzowSandbox
from portal.payments.sandbox.payfast import WORDS as PAYFAST_WORDS
from portal.payments.sandbox.payfast import Sandbox
from portal.payments.sandbox.stripe import WORDS as STRIPE_WORDS
from portal.payments.sandbox.stripe import StripeSandbox
from portal.payments.sandbox.yoco import WORDS as YOCO_WORDS
from portal.payments.sandbox.yoco import YocoSandbox
from portal.payments.types.online import LABELS, OZOW, PAYFAST, STRIPE, YOCO
from portal.platform import gateway_settings

log = logging.getLogger("portal.sandbox")

_MOST_BYTES = 64 * 1024
_WORDS: Mapping[str, Mapping[Deed, str]] = {
    PAYFAST: PAYFAST_WORDS,
    OZOW: OZOW_WORDS,
    YOCO: YOCO_WORDS,
    STRIPE: STRIPE_WORDS,
}
HTML = "text/html"


class Playing(Protocol):
    """What the server asks of each gateway's sandbox."""

    def shown(self, number: str) -> Shown | None:
        """What the page of a payment shows."""

    def sends(self, number: str, deed: Deed) -> list[Sent]:
        """What a button makes it send."""


class Server(ThreadingHTTPServer):
    """The listening sandbox. mood: how its interfaces answer: ``well``, ``down``, ``malformed`` or ``slow``."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        own = gateway_settings.sandbox(port)
        assert own.payfast and own.ozow and own.yoco and own.stripe  # noqa: S101 - the sandbox has them all
        self.payfast, self.ozow = Sandbox(own.payfast), OzowSandbox(own.ozow)
        self.yoco, self.stripe = YocoSandbox(own.yoco), StripeSandbox(own.stripe)
        self.mood = "well"

    @property
    def all(self) -> Mapping[str, Playing]:
        """Every sandbox by its gateway."""
        return {PAYFAST: self.payfast, OZOW: self.ozow, YOCO: self.yoco, STRIPE: self.stripe}

    def asked(self, question: Asked) -> Reply | None:
        """The answer of an interface in the present mood; None for what is none of its questions."""
        if (found := answer(self.payfast, self.ozow, self.yoco, self.stripe, question)) is None:
            return None
        if self.mood == "slow":
            time.sleep(delivery.TIMEOUT_S * 2)
        if self.mood in {"down", "slow"}:
            return Reply(500, TEXT, "Internal Server Error")
        if self.mood == "malformed":
            return Reply(200, JSON, "<html>Maintenance</html>")
        if found.sends:
            delivery.begin(found.to, found.sends)
        return found

    def taken(self, code: str, body: str) -> Reply:
        """A shop's form: the page to pay on, or the gateway's error."""
        fields = parse_qsl(body, keep_blank_values=True)
        try:
            number = self.payfast.take(fields).number if code == PAYFAST else self.ozow.take(fields)
        except Refused as refused:
            return Reply(400, HTML, pages.refused(str(refused)))
        return self.page(code, number)

    def page(self, code: str, number: str) -> Reply:
        """The page to pay on."""
        shown = self.all[code].shown(number) if code in self.all else None
        if shown is None:
            return Reply(404, TEXT, "No such payment.")
        return Reply(200, HTML, pages.paying(LABELS[code], shown, f"/{code}/pay/{number}", _WORDS[code]))

    def done(self, code: str, number: str, body: str) -> Reply:
        """A button was pressed: notices go out beside the browser, which goes back to the shop."""
        deed = pages.deed_of(dict(parse_qsl(body)).get("deed", ""))
        shown = self.all[code].shown(number) if code in self.all else None
        if shown is None or deed is None or deed not in _WORDS[code]:
            return Reply(404, TEXT, "No such payment.")
        delivery.begin(shown.notify_url, self.all[code].sends(number, deed))
        return Reply(303, TEXT, "", location=shown.back_url)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES)
        body, path = self.rfile.read(length).decode("utf-8", "replace"), urlsplit(self.path).path
        code, _, rest = path.strip("/").partition("/")
        if (found := self.server.asked(self._question("POST", body))) is not None:
            self._answer(found)
        elif path in {"/eng/process", "/ozow"}:
            self._answer(self.server.taken(PAYFAST if code == "eng" else OZOW, body))
        elif path.startswith("/sandbox/mood/"):
            self.server.mood = path.rpartition("/")[2]
            self._answer(Reply(200, TEXT, self.server.mood))
        else:
            self._answer(self.server.done(code, rest.removeprefix("pay/"), body))

    def do_GET(self) -> None:
        code, _, rest = urlsplit(self.path).path.strip("/").partition("/")
        if (found := self.server.asked(self._question("GET", ""))) is not None:
            self._answer(found)
        elif rest.startswith("pay/"):
            self._answer(self.server.page(code, rest.removeprefix("pay/")))
        else:
            self._answer(Reply(200, TEXT, "Sandboxes of gateways: pay from an invoice’s pay page."))

    def _question(self, method: str, body: str) -> Asked:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body)

    def _answer(self, reply: Reply) -> None:
        content = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        with suppress(ConnectionError):  # who asked has stopped listening
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server calls it by
        log.info(format, *args)
