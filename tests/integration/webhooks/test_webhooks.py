"""Events reach their address signed, once for a deed, again while nothing good is answered, and never a private network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.core import clock
from portal.core.errors import BadInput, NotFound, Unavailable
from portal.core.money import Money
from portal.platform import jobs, outbound, webhooks
from portal.platform.db import db, transaction
from portal.platform.models import Job, Mail
from portal.platform.webhooks import sending, sweeping
from portal.platform.webhooks.models import WebhookAddress, WebhookDelivery, WebhookEvent
from portal.platform.webhooks.types import DeliveryState

Register = Callable[..., tuple[int, str]]


def happen(customer_id: int, kind: str = "invoice.issued") -> None:
    def deed() -> None:
        webhooks.tell(customer_id, kind, "invoices/INV-2026-000001", number="INV-2026-000001", total=Money(115_00))

    transaction(deed)


def run() -> None:
    jobs.run_pending()
    db.session.expire_all()


def only() -> WebhookDelivery:
    db.session.rollback()
    return db.session.scalars(select(WebhookDelivery)).one()


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, by the words of Standard Webhooks alone."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(each, f"v1,{wanted}") for each in headers["webhook-signature"].split())


def test_an_event_comes_signed_with_what_happened(company: Any, receiver: Any, register: Register) -> None:
    _, secret = register("invoice")

    happen(company.customer_id)
    run()

    ((headers, body),) = receiver.came
    told = json.loads(body)
    assert is_signed(secret, headers, body) and not is_signed(secret, headers, body + b" ")
    assert told["type"] == "invoice.issued" and told["data"]["total"] == {"cents": 11500, "currency": "ZAR"}
    assert told["data"]["path"] == "/api/v1/invoices/INV-2026-000001"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (only().state, only().status, only().attempts) == (DeliveryState.DELIVERED, 204, 1)


def test_what_is_rolled_back_or_not_chosen_or_anothers_is_never_sent(
    company: Any, receiver: Any, register: Register
) -> None:
    register("order")

    def fails() -> None:
        webhooks.tell(company.customer_id, "order.placed", "orders/ORD-1", number="ORD-1")
        raise BadInput("no")

    with pytest.raises(BadInput):
        transaction(fails)
    happen(company.customer_id)
    happen(company.customer_id + 1, "order.placed")
    run()

    assert receiver.came == [] and db.session.scalars(select(WebhookEvent)).all() == []


def test_a_refusal_is_sent_again_later_under_the_same_id(company: Any, receiver: Any, register: Register) -> None:
    register()
    receiver.status = 500
    happen(company.customer_id)
    run()
    waiting = only()
    assert (waiting.state, waiting.status, waiting.attempts) == (DeliveryState.WAITING, 500, 1)
    assert waiting.next_at is not None and waiting.next_at > clock.now()

    receiver.status = 200
    job = db.session.scalars(select(Job).where(Job.kind == "webhooks.deliver", Job.state == "queued")).one()
    job.run_at = job.created_at
    db.session.commit()
    run()

    assert only().state == DeliveryState.DELIVERED and only().attempts == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1 and len(receiver.came) == 2
    assert db.session.scalars(select(WebhookAddress)).one().failing_since is None


def test_an_attempt_that_is_told_twice_counts_once(company: Any, receiver: Any, register: Register) -> None:
    """A worker that was killed after the answer runs the job again: one event, one effect."""
    register()
    happen(company.customer_id)
    payload = {"delivery_id": only().id, "attempt": 0}
    first, again = sending._try(payload), sending._try(payload)
    transaction(lambda: sending._tried(payload, first))
    transaction(lambda: sending._tried(payload, again))
    run()

    assert only().attempts == 1 and len(db.session.scalars(select(WebhookEvent)).all()) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1 and len(receiver.came) == 2


def test_an_address_that_fails_for_days_is_switched_off_and_its_people_hear(
    company: Any, receiver: Any, register: Register
) -> None:
    address_id, _ = register()
    receiver.status = 503
    happen(company.customer_id)
    run()
    row = db.session.get_one(WebhookAddress, address_id)
    row.failing_since = clock.now() - timedelta(days=3)
    db.session.commit()
    happen(company.customer_id)
    run()

    assert webhooks.address(company.customer_id, address_id).on is False
    assert db.session.scalars(select(Mail.event)).all() == ["webhook_off"]
    before = len(receiver.came)
    happen(company.customer_id)
    run()
    assert len(receiver.came) == before


def test_two_secrets_sign_for_a_day_after_a_new_one(company: Any, receiver: Any, register: Register) -> None:
    address_id, earlier = register()
    later = transaction(lambda: webhooks.rotate(company.customer_id, address_id))
    happen(company.customer_id)
    run()
    headers, body = receiver.came[-1]
    assert is_signed(earlier, headers, body) and is_signed(later, headers, body) and earlier != later

    with clock.at(clock.now() + timedelta(hours=25)):
        assert sending._counting(db.session.get_one(WebhookAddress, address_id)) != []
        assert len(sending._counting(db.session.get_one(WebhookAddress, address_id))) == 1
    kept = db.session.get_one(WebhookAddress, address_id)
    assert later not in kept.secret and earlier not in kept.earlier_secret


def test_what_was_sent_is_sent_again_under_its_id_and_nobody_elses(
    company: Any, receiver: Any, register: Register
) -> None:
    register()
    happen(company.customer_id)
    run()
    with pytest.raises(NotFound):
        webhooks.replay(company.customer_id + 1, only().id)
    transaction(lambda: webhooks.replay(company.customer_id, only().id))
    run()

    assert len(receiver.came) == 2 and receiver.came[0][1] == receiver.came[1][1]
    assert receiver.came[0][0]["webhook-id"] == receiver.came[1][0]["webhook-id"]


def test_a_redirect_is_not_followed(company: Any, receiver: Any, register: Register) -> None:
    register()
    receiver.status = 302
    happen(company.customer_id)
    run()

    assert len(receiver.came) == 1 and (only().state, only().status) == (DeliveryState.WAITING, 302)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "172.16.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"],
)  # fmt: skip
def test_addresses_of_private_networks_are_never_sent_to(app: Any, address: str) -> None:
    assert not outbound.is_open(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Unavailable):
        outbound.post(f"https://{host}/", b"{}", {}, private=False)


def test_addresses_of_the_open_internet_are(app: Any) -> None:
    assert outbound.is_open("41.203.18.51") and outbound.is_open("2001:4860:4860::8888")


@pytest.mark.parametrize(
    "url", ["http://erp.example/h", "ftp://x", "https://user:pw@x.example/", "https://", "https://x y.example"]
)
def test_an_address_that_is_none_is_refused(app: Any, company: Any, url: str) -> None:
    with pytest.raises(BadInput):
        webhooks.register_address(company.customer_id, url, "", (), by=company.approver.user_id)


def test_what_was_sent_is_kept_for_ninety_days(company: Any, receiver: Any, register: Register) -> None:
    register("invoice")
    happen(company.customer_id)
    run()
    transaction(lambda: db.session.execute(update(WebhookEvent).values(created_at=clock.now() - timedelta(days=91))))
    happen(company.customer_id)
    run()

    assert transaction(sweeping.sweep) == 1
    assert transaction(sweeping.sweep) == 0
    kept = db.session.scalars(select(WebhookEvent)).one()
    assert only().event_id == kept.id and kept.created_at > clock.now() - timedelta(days=1)


@pytest.mark.parametrize("url", ["https://[::1", "https://[abc]/", "https://exa\u2100mple.com/", "https://x:99999/"])
def test_an_address_that_is_none_is_said_to_be_none(company: Any, private: None, url: str) -> None:
    with pytest.raises(BadInput):
        transaction(lambda: webhooks.register_address(company.customer_id, url, "", (), by=company.approver.user_id))


def test_an_answer_that_drips_is_none(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte would begin a socket's own time anew."""
    monkeypatch.setattr(outbound, "TIMEOUT_S", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        caller, _ = listening.accept()
        with caller, suppress(OSError):
            for byte in b"HTTP/1.0 200 OK\r\n\r\nok":
                caller.sendall(bytes([byte]))
                time.sleep(0.1)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    with pytest.raises(Unavailable):
        outbound.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, private=True)
    thread.join()
    listening.close()


def test_an_attempt_whose_process_was_killed_counts_as_one_that_failed(
    company: Any, receiver: Any, register: Register
) -> None:
    register("invoice")
    happen(company.customer_id)
    job = db.session.scalars(select(Job).where(Job.kind == sending.KIND)).one()
    handler, payload = jobs.registry.handler(sending.KIND), dict(job.payload)
    assert handler.failed is not None
    transaction(lambda: handler.failed(payload, "It took too long."))

    assert (only().attempts, only().state, only().answer) == (1, DeliveryState.WAITING, "It took too long.")
    assert db.session.scalar(select(func.count()).where(Job.kind == sending.KIND)) == 2
