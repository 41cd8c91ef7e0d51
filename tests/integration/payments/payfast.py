"""A company whose customers pay through PayFast, and a PayFast that does what a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.errors import Unavailable
from portal.invoices.types import InvoiceInfo
from portal.payments.gateways.form import Field
from portal.payments.gateways.payfast.signature import joined, signature
from portal.payments.models import GatewayEventRow, GatewayNotice, Payment
from portal.payments.sandbox.deeds import Deed
from portal.payments.sandbox.payfast import Order, Sandbox
from portal.payments.service import online
from portal.payments.types import PaymentState
from portal.payments.types.online import GatewayEvent, OnlineInfo, Told
from portal.platform import gateway_settings, jobs, outbound
from portal.platform.db import db
from portal.platform.models import AuditEvent, Job
from tests.integration.payments.company import Company, new_key

ADDRESS = "127.0.0.1"
ALL = gateway_settings.sandbox(8710)
assert ALL.payfast is not None
OWN = ALL.payfast


@dataclass
class PayFastHere:
    """asked: every body that PayFast was asked about; answer: what it says instead of the truth."""

    app: Any
    company: Company
    sandbox: Sandbox = field(default_factory=lambda: Sandbox(OWN))
    asked: list[str] = field(default_factory=list)
    answer: Callable[[], outbound.Answer] | None = None

    def ask(self, url: str, body: bytes) -> outbound.Answer:
        assert url == f"{OWN.url}/eng/query/validate"
        assert not db.session().in_transaction(), "PayFast is asked inside a transaction"
        self.asked.append(body.decode())
        if self.answer is not None:
            return self.answer()
        return outbound.Answer(200, self.sandbox.validate(body.decode()))

    def begin(self, invoice: InvoiceInfo) -> OnlineInfo:
        made: OnlineInfo = self.company.do(lambda: online.begin("payfast", invoice.number, None, key=new_key()))
        return made

    def order(self, begun: OnlineInfo) -> Order:
        """The buyer arrives at PayFast with our form."""
        form = online.handover(begun, email="ap@karoo.example", back="/back", cancel="/cancelled")
        return self.sandbox.take(list(form.fields))

    def notice(self, begun: OnlineInfo, deed: Deed = Deed.PAY) -> bytes:
        return self.sandbox.notices(self.order(begun), deed)[0]

    def post(self, body: bytes, address: str = ADDRESS) -> int:
        """PayFast posts a notice and nobody has looked at it yet."""
        answer = self.app.test_client().post(
            "/webhooks/payfast", data=body, bare=True, content_type="application/x-www-form-urlencoded",
            environ_base={"REMOTE_ADDR": address},
        )  # fmt: skip
        return int(answer.status_code)

    def tell(self, body: bytes, address: str = ADDRESS) -> None:
        assert self.post(body, address) == 200
        self.work()

    def work(self) -> None:
        jobs.run_pending(queues=("webhooks",))
        db.session.expire_all()

    def state(self, begun: OnlineInfo) -> PaymentState:
        db.session.rollback()
        return self.company.payment(begun.payment_id).state


def fields_of(body: bytes) -> list[Field]:
    from portal.payments.gateways.form import fields_of as read

    return read(body)[:-1]


def written(fields: list[Field], passphrase: str = OWN.passphrase) -> bytes:
    return joined([*fields, ("signature", signature(fields, passphrase))]).encode()


def changed(body: bytes, **values: str) -> bytes:
    """The same notice with other values, well signed."""
    return written([(name, values.get(name, value)) for name, value in fields_of(body)])


def event(begun: OnlineInfo, told: Told, gateway_id: str = "1089250", fee: int = 3_00) -> GatewayEvent:
    cost = fee if told is Told.SETTLED else 0
    return GatewayEvent(told, begun.token, gateway_id, begun.amount, replace(begun.amount, cents=cost))


def notices() -> list[tuple[str, str]]:
    """State and failed check of every notice that is kept."""
    rows = db.session.execute(select(GatewayNotice.state, GatewayNotice.failed_check).order_by(GatewayNotice.id))
    found = [(str(row.state), str(row.failed_check)) for row in rows]
    db.session.rollback()
    return found


def counted(*actions: str) -> int:
    asked = select(func.count(AuditEvent.id)).where(AuditEvent.action.in_(actions))
    return int(db.session.scalar(asked) or 0)


def money_rows() -> tuple[int, ...]:
    """How many payments, events and journals there are: a refused notice adds none."""
    from portal.ledger.models import Journal

    counts = tuple(
        int(db.session.scalar(select(func.count(table.id))) or 0) for table in (Payment, GatewayEventRow, Journal)
    )
    db.session.rollback()
    return counts


def waiting_judges() -> int:
    asked = select(func.count(Job.id)).where(Job.kind == online.JUDGE, Job.state == "queued")
    return int(db.session.scalar(asked) or 0)


def now_due() -> None:
    """As if the waiting time before another attempt were over."""
    from sqlalchemy import update

    from portal.platform.jobs.queue import database_now

    db.session.execute(update(Job).where(Job.state == "queued").values(run_at=database_now()))
    db.session.commit()


def away() -> outbound.Answer:
    raise Unavailable("PayFast does not answer")


def install(app: Any, company: Company, monkeypatch: pytest.MonkeyPatch) -> PayFastHere:
    here = PayFastHere(app, company)
    monkeypatch.setattr(outbound, "post_form", here.ask)
    return here
