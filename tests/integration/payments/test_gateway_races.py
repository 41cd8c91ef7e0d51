"""The same notice many times at one moment: one effect, on MariaDB, with a control in which the lock is off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import queries as of_accounts
from portal.core.money import Money
from portal.invoices import queries as of_invoices
from portal.invoices.models import Invoice
from portal.ledger import service as ledger
from portal.ledger.service import posting
from portal.ledger.types import JournalKind
from portal.payments.models import OnlinePayment, Payment
from portal.payments.queries import online as queries
from portal.payments.queries import rows
from portal.payments.sandbox.stripe import headers
from portal.payments.service import online
from portal.payments.types.online import Told
from portal.platform import idempotency, jobs
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company, found_company
from tests.integration.payments.gateways import GatewayHere, running
from tests.integration.payments.payfast import ALL, OWN, PayFastHere, event, install, notices
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb
EIGHT = tuple(f"127.0.0.{number}" for number in range(1, 9))


@pytest.fixture
def company(mariadb_app: Any) -> Company:
    return found_company()


@pytest.fixture
def payfast(mariadb_app: Any, company: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    """PayFast speaks from eight addresses."""
    here, settings = install(mariadb_app, company, monkeypatch), mariadb_app.extensions["settings"]
    mariadb_app.extensions["settings"] = replace(settings, gateways=replace(ALL, payfast=replace(OWN, hosts=EIGHT)))
    yield here
    mariadb_app.extensions["settings"] = settings


def at_once(app: Any, works: list[Callable[[], Any]]) -> list[Any]:
    """Answers or exceptions of works that begin at one moment, each with a session of its own."""
    ready, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        ready.wait(30)
        try:
            found[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever a thread met is looked at by the test
            found[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    db.session.rollback()
    db.session.expire_all()
    return found


def in_context(app: Any, work: Callable[[], Any]) -> Callable[[], Any]:
    def inside() -> Any:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    return inside


def receipts() -> int:
    return len(ledger.journals_page(kind=JournalKind.RECEIPT).items)


def test_a_thousand_times_the_same_notice_eight_at_once_is_one_effect(
    mariadb_app: Any, company: Company, payfast: PayFastHere
) -> None:
    invoice = company.invoice()
    body = payfast.notice(payfast.begin(invoice))
    db.session.remove()

    def many(address: str) -> set[int]:
        return {payfast.post(body, address) for _ in range(125)}

    worker = in_context(mariadb_app, lambda: [jobs.run_pending(queues=("webhooks",)) for _ in range(20)])
    answers = at_once(mariadb_app, [*(lambda a=a: many(a) for a in EIGHT), worker, worker])

    assert answers[:8] == [{200}] * 8
    jobs.run_pending(queues=("webhooks",))
    assert notices() == [("done", "")] * 8
    assert (receipts(), len(ledger.journals_page(kind=JournalKind.FEE).items)) == (1, 1)
    assert not company.balance(invoice)
    assert broken() == []


def eight_jobs(app: Any, payfast: PayFastHere) -> list[Any]:
    """Eight workers follow the same event at one moment, each with what it had read before."""
    begun = payfast.begin(payfast.company.invoice())
    db.session.remove()

    def work() -> str:
        found = queries.by_token(begun.token)
        assert found is not None
        return transaction(lambda: online.follow(found, event(begun, Told.SETTLED)))

    return at_once(app, [in_context(app, work) for _ in range(8)])


def test_of_eight_workers_with_the_same_event_one_makes_money(
    mariadb_app: Any, company: Company, payfast: PayFastHere
) -> None:
    answers = eight_jobs(mariadb_app, payfast)
    assert sorted(answers)[:1] == ["PAY-000001 is confirmed."]
    assert answers.count("Told before; nothing is done twice.") == 7
    assert receipts() == 1
    assert broken() == []


def test_control_without_locks_and_keys_the_same_event_makes_money_twice(
    mariadb_app: Any, company: Company, payfast: PayFastHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = payfast.begin(company.invoice())
    both_have_read, seen = threading.Barrier(2), threading.local()

    def payment(payment_id: int) -> Payment:
        found = db.session.scalars(select(Payment).where(Payment.id == payment_id)).one()
        if not getattr(seen, "waited", False):
            seen.waited = True
            both_have_read.wait(30)
        return found

    def invoices(ids: Any) -> list[Invoice]:
        return list(db.session.scalars(select(Invoice).where(Invoice.id.in_(list(ids))).order_by(Invoice.id)))

    monkeypatch.setattr(of_accounts, "lock_customer", lambda _customer_id: None)
    monkeypatch.setattr(of_invoices, "lock", invoices)
    monkeypatch.setattr(rows, "lock_payment", payment)
    monkeypatch.setattr(
        queries,
        "lock_online",
        lambda number: db.session.scalars(select(OnlinePayment).where(OnlinePayment.id == number)).one(),
    )
    monkeypatch.setattr(queries, "keep_event", lambda *_: None)
    monkeypatch.setattr(queries, "told_of", lambda *_: {Told.SETTLED: 100_00})
    monkeypatch.setattr(posting, "payment_source", lambda payment_id: f"payment:{payment_id}/{threading.get_ident()}")
    monkeypatch.setattr(
        "portal.ledger.service.booking.payment_source", lambda n: f"payment:{n}/{threading.get_ident()}"
    )
    monkeypatch.setattr(idempotency, "remember", lambda *_: None)
    db.session.remove()

    def work() -> str:
        found = queries.by_token(begun.token)
        assert found is not None
        return transaction(lambda: online.follow(found, event(begun, Told.SETTLED)))

    answers = at_once(mariadb_app, [in_context(mariadb_app, work) for _ in range(2)])

    assert answers == ["PAY-000001 is confirmed."] * 2
    assert receipts() == 2
    assert any("every receipt in the ledger has its payment" in line for line in broken())


def test_two_notices_of_one_payment_with_different_news_end_as_the_model_says(
    mariadb_app: Any, company: Company, payfast: PayFastHere
) -> None:
    for _ in range(4):
        invoice = company.invoice(Money.zar(10_00))
        begun = payfast.begin(invoice)
        db.session.remove()

        def work(told: Told, begun: Any = begun) -> str:
            found = queries.by_gateway_id("payfast", f"9{begun.id}") or queries.by_token(begun.token)
            assert found is not None
            return transaction(lambda: online.follow(found, event(begun, told, f"9{begun.id}", fee=30)))

        kinds = (Told.SETTLED, Told.FAILED, Told.PENDING, Told.REFUNDED)
        at_once(mariadb_app, [in_context(mariadb_app, lambda told=told: work(told)) for told in kinds])
        assert company.payment(begun.payment_id).state == "reversed"
    assert broken() == []


@pytest.fixture
def stripe(mariadb_app: Any, company: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    yield from running(mariadb_app, company, "stripe", monkeypatch)


def test_a_thousand_times_the_same_event_of_stripe_signed_anew_eight_at_once_is_one_effect(
    mariadb_app: Any, company: Company, stripe: GatewayHere
) -> None:
    """Its headers differ each time, as Stripe signs each try anew: they are other notices of one event."""
    invoice = company.invoice()
    sent = stripe.sends(stripe.begin(invoice))[-1]
    assert stripe.own.stripe
    secret, now = stripe.own.stripe.signing, int(time.time())
    db.session.remove()

    def many(place: int) -> set[int]:
        return {stripe.post(sent.body, headers(sent.body, secret, now + (place + n) % 16)) for n in range(125)}

    answers = at_once(mariadb_app, [lambda place=place: many(place) for place in range(8)])
    assert answers == [{200}] * 8
    worker = in_context(mariadb_app, lambda: jobs.run_pending(queues=("webhooks",)))
    at_once(mariadb_app, [worker] * 4)
    assert notices() == [("done", "")] * 16
    assert (receipts(), len(ledger.journals_page(kind=JournalKind.FEE).items)) == (1, 1)
    assert not company.balance(invoice)
    assert broken() == []
