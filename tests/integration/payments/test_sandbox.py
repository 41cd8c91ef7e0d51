"""The sandbox on this machine behaves as PayFast's documentation says, over real sockets."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.core import clock
from portal.core.errors import Unavailable
from portal.core.money import Money
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.payfast import PayFast
from portal.payments.sandbox import delivery
from portal.payments.sandbox.deeds import Deed, form
from portal.payments.sandbox.delivery import deliver
from portal.payments.sandbox.payfast import WORDS
from portal.payments.sandbox.server import Server
from portal.payments.types.online import Asked, Posted, Told
from portal.platform import gateway_settings, outbound
from portal.platform.gateway_settings import PayFastSettings
from tests.servers.process import free_port

TOKEN = "ab" * 16


class Shop(ThreadingHTTPServer):
    """Hears notices; refuses the first ones on request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ear)
        self.heard: list[bytes] = []
        self.refuse = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhooks/payfast"


class _Ear(BaseHTTPRequestHandler):
    server: Shop

    def do_POST(self) -> None:
        self.server.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.refuse -= 1
        self.send_response(503 if self.server.refuse >= 0 else 200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Silent."""


def running(server: ThreadingHTTPServer) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    yield from running(Shop())


@pytest.fixture
def own() -> PayFastSettings:
    found = gateway_settings.sandbox(free_port()).payfast
    assert found is not None
    return found


@pytest.fixture
def sandbox(own: PayFastSettings) -> Iterator[Server]:
    yield from running(Server(int(own.url.rpartition(":")[2])))


def send(own: PayFastSettings, path: str, fields: Any) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(own.url.rpartition(":")[2]), timeout=10)
    connection.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    found = (answer.status, answer.read().decode(), answer.headers.get("Location", ""))
    connection.close()
    return found


def asked(shop: Shop) -> Asked:
    return Asked(TOKEN, Money.zar(200_00), "INV-2026-000001", "", f"{shop.url}/back", f"{shop.url}/off", shop.url)


def came(body: bytes) -> Posted:
    return Posted(body, "", clock.now())


def hear(shop: Shop, count: int) -> None:
    end = time.monotonic() + 10
    while len(shop.heard) < count:
        assert time.monotonic() < end, shop.heard
        time.sleep(0.02)


@pytest.fixture
def press(own: PayFastSettings, sandbox: Server, shop: Shop) -> Callable[[Deed], tuple[int, str, str]]:
    """The buyer arrives with our form and presses a button."""

    def pressed(deed: Deed) -> tuple[int, str, str]:
        status, page, _ = send(own, "/eng/process", PayFast(own).handover(asked(shop)).fields)
        assert status == 200 and "R 200.00" in page and all(f'value="{each}"' in page for each in WORDS)
        return send(own, f"/payfast/pay/{next(reversed(sandbox.payfast.orders))}", {"deed": deed})

    return pressed


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (Deed.PAY, [Told.SETTLED]), (Deed.PAY_SLOWLY, [Told.PENDING, Told.SETTLED]), (Deed.TWICE, [Told.SETTLED] * 3),
        (Deed.DISORDER, [Told.SETTLED, Told.PENDING, Told.FAILED]), (Deed.FAIL, [Told.FAILED]),
        (Deed.FAIL_THEN_PAY, [Told.FAILED, Told.SETTLED]),
    ],
)  # fmt: skip
def test_each_deed_sends_its_notices_which_are_genuine(
    app: Any, own: PayFastSettings, shop: Shop, press: Callable[[Deed], Any], deed: Deed, told: list[Told]
) -> None:
    status, _, back = press(deed)
    assert (status, back) == (303, f"{shop.url}/back")
    hear(shop, len(told))
    payfast = PayFast(own)
    events = [payfast.read(came(body)) for body in shop.heard]
    assert [each.told for each in events] == told
    assert {(each.reference, each.gross) for each in events} == {(TOKEN, Money.zar(200_00))}
    for body, event in zip(shop.heard, events, strict=True):
        assert payfast.ask_back(came(body), event) == event
        payfast.check_source("127.0.0.1")


def test_a_notice_that_was_never_sent_is_denied(app: Any, own: PayFastSettings, shop: Shop, press: Any) -> None:
    press(Deed.NEVER_SENT)
    hear(shop, 1)
    with pytest.raises(NoticeRefused, match="did not send"):
        PayFast(own).ask_back(came(shop.heard[0]), PayFast(own).read(came(shop.heard[0])))


@pytest.mark.parametrize("mood", ["down", "malformed"])
def test_a_sandbox_that_is_down_gives_no_answer(
    app: Any, own: PayFastSettings, sandbox: Server, shop: Shop, press: Any, mood: str
) -> None:
    press(Deed.PAY)
    hear(shop, 1)
    send(own, f"/sandbox/mood/{mood}", {})
    with pytest.raises(Unavailable):
        PayFast(own).ask_back(came(shop.heard[0]), PayFast(own).read(came(shop.heard[0])))


def test_an_answer_that_does_not_come_is_not_waited_for(
    app: Any, own: PayFastSettings, sandbox: Server, shop: Shop, press: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(Deed.PAY)
    hear(shop, 1)
    sandbox.mood = "slow"
    monkeypatch.setattr(outbound, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(delivery, "TIMEOUT_S", 1)
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        PayFast(own).ask_back(came(shop.heard[0]), PayFast(own).read(came(shop.heard[0])))
    assert time.monotonic() - begun < 3


def test_nobody_at_the_address_is_no_answer(app: Any) -> None:
    with pytest.raises(Unavailable):
        outbound.post_form(f"http://127.0.0.1:{free_port()}/eng/query/validate", b"x=y")


def test_nothing_is_asked_inside_a_transaction(app: Any) -> None:
    from sqlalchemy import text

    from portal.platform.db import db

    db.session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="transaction"):
        outbound.post_form("http://127.0.0.1:1/", b"")


def test_a_notice_is_sent_again_until_it_is_acknowledged(shop: Shop) -> None:
    shop.refuse, pauses = 2, []
    assert deliver(shop.url, [form(b"one"), form(b"two")], pauses.append) == 2
    assert shop.heard == [b"one", b"one", b"one", b"two"]
    assert pauses == [0, 10, 20, 0]


def test_a_shop_that_is_away_is_given_up(shop: Shop) -> None:
    shop.refuse = 99
    assert deliver(shop.url, [form(b"one")], lambda _s: None) == 0
    assert len(shop.heard) == len(delivery.PAUSES_S)


def test_the_sandbox_sends_to_this_machine_alone() -> None:
    with pytest.raises(ValueError, match="example"):
        deliver("https://shop.example/webhooks/payfast", [form(b"one")])


@pytest.mark.parametrize("change", ["amount", "signature", "merchant_key"])
def test_a_form_that_was_changed_on_its_way_is_refused(
    own: PayFastSettings, sandbox: Server, shop: Shop, change: str
) -> None:
    fields = [(name, "1.00" if name == change else value) for name, value in PayFast(own).handover(asked(shop)).fields]
    assert send(own, "/eng/process", fields)[0] == 400
    assert sandbox.payfast.orders == {}


def test_a_payment_nobody_began_cannot_be_paid(own: PayFastSettings, sandbox: Server) -> None:
    assert send(own, "/payfast/pay/1", {"deed": "pay"})[0] == 404
