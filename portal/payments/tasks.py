"""What payments bring into the running application: notices of gateways are judged, and what they forgot is ended."""

from __future__ import annotations

from portal.payments.service import online
from portal.payments.service.online import giving_back
from portal.payments.service.refunding import GIVE_BACK
from portal.payments.types.online import GivenBack
from portal.platform import jobs
from portal.platform.jobs.types import JsonDict

SWEEP, END = "payments.sweep_online", "payments.end_online"
#: a gateway that is away for half an hour is asked again by itself
_ATTEMPTS = 8


def register() -> None:
    """Say how these jobs are done and when."""
    jobs.register(
        online.JUDGE, queue="webhooks", work=_judge, effect=_settle, failed=_give_up, attempts=_ATTEMPTS, limit_s=120,
        words="Judge a notice of a payment gateway",
    )  # fmt: skip
    jobs.register(
        SWEEP, queue="default", work=_left_alone, effect=_end_all, words="Look for online payments left alone"
    )
    jobs.register(END, queue="default", work=_nothing, effect=_end, words="End an online payment nobody finished")
    jobs.register(
        GIVE_BACK, queue="webhooks", work=_give_back, effect=_given_back, failed=_not_given, attempts=_ATTEMPTS,
        limit_s=120, words="Have a gateway pay a refund back",
    )  # fmt: skip
    jobs.every(SWEEP, seconds=60)


def _judge(payload: JsonDict) -> online.Verdict:
    return online.judge(int(payload["notice_id"]))


def _settle(payload: JsonDict, verdict: online.Verdict) -> None:
    online.settle_notice(int(payload["notice_id"]), verdict)


def _give_up(payload: JsonDict, reason: str) -> None:
    online.give_up(int(payload["notice_id"]), reason)


def _give_back(payload: JsonDict) -> GivenBack | None:
    return giving_back.ask(int(payload["refund_id"]))


def _given_back(payload: JsonDict, answer: GivenBack | None) -> None:
    giving_back.asked(int(payload["refund_id"]), answer)


def _not_given(payload: JsonDict, reason: str) -> None:
    giving_back.not_asked(int(payload["refund_id"]), reason)


def _nothing(_payload: JsonDict) -> None:
    return None


def _left_alone(_payload: JsonDict) -> list[int]:
    return online.left_alone()


def _end_all(_payload: JsonDict, payment_ids: list[int]) -> None:
    for payment_id in payment_ids:
        jobs.enqueue(END, {"payment_id": payment_id}, dedupe=f"{END}:{payment_id}")


def _end(payload: JsonDict, _result: None) -> None:
    online.end(int(payload["payment_id"]))
