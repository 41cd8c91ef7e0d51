"""The gateways beside PayFast, each with its sandbox on a socket of this machine, and what a test lets it tell."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.invoices.types import InvoiceInfo
from portal.payments.sandbox import delivery
from portal.payments.sandbox.deeds import Deed, Sent
from portal.payments.sandbox.server import Server
from portal.payments.service import online
from portal.payments.types import PaymentState
from portal.payments.types.online import OnlineInfo
from portal.platform import gateway_settings, jobs
from portal.platform.db import db
from portal.platform.gateway_settings import GatewaySettings
from tests.integration.payments.company import Company, new_key
from tests.servers.process import free_port


@dataclass
class GatewayHere:
    """One gateway. late: what its interface made it send beside a test, in place of its own delivery."""

    app: Any
    company: Company
    code: str
    own: GatewaySettings
    server: Server
    late: list[Sent]

    def begin(self, invoice: InvoiceInfo) -> OnlineInfo:
        """A buyer chose this gateway and went on to its page."""
        made: OnlineInfo = self.company.do(lambda: online.begin(self.code, invoice.number, None, key=new_key()))
        if online.handover(made, back="/b", cancel="/c").fields:
            return made
        opened = online.open_page(made, back="/b", cancel="/c")
        self.company.do(lambda: online.keep_page(made, opened))
        found: OnlineInfo = online.of_token(made.token)
        db.session.rollback()
        return found

    def number(self, begun: OnlineInfo) -> str:
        """The gateway's number of the page, once the buyer arrives."""
        form = online.handover(replace(begun, state=PaymentState.PENDING), back="/b", cancel="/c")
        db.session.rollback()
        if not form.fields:
            return begun.page
        assert self.code == "ozow"
        return self.server.ozow.take(list(form.fields))

    def sends(self, begun: OnlineInfo, deed: Deed = Deed.PAY) -> list[Sent]:
        return self.server.all[self.code].sends(self.number(begun), deed)

    def post(self, body: bytes, headers: Mapping[str, str], address: str = "203.0.113.7") -> int:
        answer = self.app.test_client().post(
            f"/webhooks/{self.code}", data=body, bare=True, headers=dict(headers),
            environ_base={"REMOTE_ADDR": address},
        )  # fmt: skip
        return int(answer.status_code)

    def tell(self, sent: Sent) -> None:
        assert self.post(sent.body, sent.headers()) == 200
        self.work()

    def tell_late(self) -> None:
        """What the interface sent since."""
        waiting, self.late[:] = list(self.late), []
        for each in waiting:
            self.tell(each)

    def work(self) -> None:
        jobs.run_pending(queues=("webhooks",))
        db.session.expire_all()

    def state(self, begun: OnlineInfo) -> PaymentState:
        db.session.rollback()
        return self.company.payment(begun.payment_id).state


def running(app: Any, company: Company, code: str, monkeypatch: Any) -> Iterator[GatewayHere]:
    """The portal and a sandbox that know each other, for one test."""
    port, late = free_port(), list[Sent]()
    monkeypatch.setattr(delivery, "begin", lambda _url, sent: late.extend(sent))
    settings, own = app.extensions["settings"], gateway_settings.sandbox(port)
    app.extensions["settings"] = replace(settings, gateways=own)
    server = Server(port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield GatewayHere(app, company, code, own, server, late)
    finally:
        server.shutdown()
        server.server_close()
        app.extensions["settings"] = settings
