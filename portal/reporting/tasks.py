"""What reporting brings into the running application: statements of account at the end of a month."""

from __future__ import annotations

from datetime import date, time

from portal.core import clock
from portal.platform import jobs, outbox
from portal.platform.jobs.types import JsonDict
from portal.reporting import mailing
from portal.reporting.statements import Asked, Form

STATEMENTS, STATEMENT = "reporting.statements", "reporting.send_statement"


def register() -> None:
    """Say how these jobs are done and when."""
    outbox.attach(mailing.EVENT, mailing.papers)
    jobs.register(STATEMENTS, queue="default", work=_due, effect=_send_all, words="Look for statements to send")
    jobs.register(STATEMENT, queue="notifications", work=_nothing, effect=_send, words="Send a customer a statement")
    jobs.every(STATEMENTS, daily_at=time(6, 0))


def _nothing(_payload: JsonDict) -> None:
    return None


def _due(_payload: JsonDict) -> list[tuple[int, str]]:
    return mailing.due()


def _send_all(_payload: JsonDict, found: list[tuple[int, str]]) -> None:
    first, last = (each.isoformat() for each in mailing.last_month(clock.today()))
    for customer_id, currency in found:
        wanted = {"customer_id": customer_id, "currency": currency, "first": first, "last": last}
        key = f"{STATEMENT}:{customer_id}:{currency}@{last}"
        jobs.enqueue(STATEMENT, wanted, dedupe=key, customer_id=customer_id)


def _send(payload: JsonDict, _result: None) -> None:
    first, last = date.fromisoformat(str(payload["first"])), date.fromisoformat(str(payload["last"]))
    asked = Asked(Form.BALANCE_FORWARD, first, last, str(payload["currency"]))
    mailing.send_monthly(int(payload["customer_id"]), asked)
