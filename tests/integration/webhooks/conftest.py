"""A customer with an address, and a receiver that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.accounts.service import programs
from portal.accounts.types import CustomerDraft
from portal.core.identity import Identity
from portal.platform.db import transaction


@dataclass
class Receiver:
    """What came, as headers and body; status is what it answers next."""

    url: str = ""
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.status)
            if told.status == 302:
                self.send_header("Location", f"{told.url}/elsewhere")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Company:
    customer_id: int
    approver: Identity


@pytest.fixture
def company(app: Any) -> Company:
    def make() -> Company:
        customer_id = accounts.create_customer("KDR001", CustomerDraft("Karooveld (Pty) Ltd", "ap@karoo.example"))
        person = accounts.create_user(
            "boss@karoo.example",
            "Thandi",
            "a long sentence that nobody guesses",
            memberships=[(customer_id, "approver")],
        )
        who = Identity(
            person, "Thandi", "boss@karoo.example", frozenset(), customer_id, "Karooveld", "KDR001", "approver", 0
        )
        return Company(customer_id, who)

    return transaction(make)


@pytest.fixture
def private(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events may go to this machine."""
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], webhooks_to_private=True))


@pytest.fixture
def register(company: Company, receiver: Receiver, private: None) -> Callable[..., tuple[int, str]]:
    """The receiver as an address of the company: ``register("invoice")`` gives its id and secret."""

    def add(*kinds: str) -> tuple[int, str]:
        return transaction(
            lambda: programs.add_webhook(company.customer_id, receiver.url, "ERP", kinds, by=company.approver)
        )

    return add
