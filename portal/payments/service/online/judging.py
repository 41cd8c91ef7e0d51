"""Notices: kept as they come, acknowledged at once, and judged by a job, outside any transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from portal.core import clock
from portal.core.errors import NotFound
from portal.payments import gateways
from portal.payments.errors import NothingToFollow, NoticeRefused
from portal.payments.queries import online
from portal.payments.service.online.following import follow
from portal.payments.types.online import (
    IN_PART,
    OPEN_NOTICES,
    GatewayEvent,
    NoticeState,
    OnlineInfo,
    Posted,
    notice_name,
)
from portal.platform import audit, jobs, metrics
from portal.platform.db import end_transaction

log = logging.getLogger("portal.payments")

JUDGE = "payments.judge_notice"
#: longer than any gateway writes, and no longer than every database keeps
LONGEST_NOTICE = 60 * 1024
_LONGEST_SIGNATURE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a notice: the event it tells, or which check refused it and why.

    Neither: it is genuine and tells nothing that moves money of ours.
    """

    event: GatewayEvent | None = None
    failed_check: str = ""
    words: str = ""


def posted(code: str, body: bytes, header: Callable[[str], str]) -> Posted:
    """What came to a gateway's address just now, with the headers that sign it; ``header`` gives one by its name.

    Raises NotFound for a gateway that is off.
    """
    named = gateways.named(code).signed_by
    return Posted(body, "\n".join(header(name) for name in named)[:_LONGEST_SIGNATURE].rstrip("\n"), clock.now())


def looks_genuine(code: str, came: Posted) -> bool:
    """Whether a notice carries the gateway's signature; asks nobody. Raises NotFound for a gateway that is off."""
    try:
        gateways.named(code).read(came)
    except NothingToFollow:
        return True
    except NoticeRefused:
        return False
    return True


def take_notice(code: str, address: str, came: Posted) -> int:
    """Keep what was posted to a gateway's address and have it judged; gives its id. Flushes.

    The same notice from the same sender is kept once; one that could not be judged is judged again.
    Source: docs/rules/gateways.md, G3.
    """
    notice_id, new = online.keep_notice(code, address[:45], came)
    if new or online.reopen(notice_id):
        jobs.enqueue(JUDGE, {"notice_id": notice_id})
    return notice_id


def judge(notice_id: int) -> Verdict:
    """Check a notice: shape, signature, merchant, payment, amount, sender, and the gateway's own word, in this order.

    Changes nothing. What asks others happens outside any transaction. Raises Unavailable when the gateway or the name
    server gives no answer: then nothing is known, and it is tried again.
    Source: docs/rules/gateways.md, G3 and G4.
    """
    notice = online.notice(notice_id)
    if notice.state not in OPEN_NOTICES:
        return Verdict()
    try:
        gateway = gateways.named(notice.gateway)
        event = gateway.read(notice.posted)
        if event.reference:
            _check_amount(_payment_of(notice.gateway, event), event)
        end_transaction()
        gateway.check_source(notice.address)
        event = gateway.ask_back(notice.posted, event)
        _check_amount(_payment_of(notice.gateway, event), event)
        end_transaction()
    except NoticeRefused as refused:
        return Verdict(failed_check=refused.check, words=str(refused))
    except NothingToFollow as nothing:
        return Verdict(words=str(nothing))
    except NotFound:
        return Verdict(failed_check="off", words="The gateway is switched off.")
    return Verdict(event)


def _payment_of(code: str, event: GatewayEvent) -> OnlineInfo:
    """By the gateway's own number, else by our token. Raises NoticeRefused when there is none, or they disagree."""
    named = online.by_reference(code, event.reference)
    if named is None:
        raise NoticeRefused("payment", "No payment of ours has this number.")
    settled = online.by_gateway_id(code, event.gateway_id)
    if settled is not None and settled.invoice_number != named.invoice_number:
        raise NoticeRefused("payment", "The gateway’s number belongs to another payment.")
    return settled or named


def _check_amount(found: OnlineInfo, event: GatewayEvent) -> None:
    """To the cent: a gateway never takes more or less than it was asked for, and never gives back more."""
    if event.gross > found.amount or (event.gross != found.amount and event.told not in IN_PART):
        raise NoticeRefused("amount", f"The notice says {event.gross}; asked for was {found.amount}.")


def settle_notice(notice_id: int, verdict: Verdict) -> None:
    """Write what was found out, and let the payment follow. Flushes; the job commits it with its own end.

    A notice that was decided meanwhile stays as it is.
    """
    row = online.lock_notice(notice_id)
    if NoticeState(row.state) not in OPEN_NOTICES:
        return
    row.judged_at = clock.now()
    if verdict.event is None and not verdict.failed_check:
        row.state, row.words = NoticeState.DONE, verdict.words[:300]
        return
    if verdict.event is None:
        row.state, row.failed_check, row.words = NoticeState.REFUSED, verdict.failed_check, verdict.words[:300]
        _note_refusal(notice_id, row.gateway, verdict)
        return
    found = _payment_of(row.gateway, verdict.event)
    row.state, row.failed_check = NoticeState.DONE, ""
    row.words = follow(found, verdict.event)[:300]
    settled = online.by_gateway_id(row.gateway, verdict.event.gateway_id)
    row.online_payment_id = (settled or found).id
    metrics.when_committed(partial(_count, row.gateway, str(verdict.event.told)))


def give_up(notice_id: int, reason: str) -> None:
    """The gateway could not be asked for so long that nobody asks any more by itself; staff can try the job again."""
    row = online.lock_notice(notice_id)
    if NoticeState(row.state) not in OPEN_NOTICES:
        return
    row.state, row.words, row.judged_at = NoticeState.UNANSWERED, reason[:300], clock.now()
    audit.record("gateway.unanswered", notice_name(notice_id), after={"reason": reason[:300]})
    metrics.when_committed(partial(_count, row.gateway, "unanswered"))


def _note_refusal(notice_id: int, code: str, verdict: Verdict) -> None:
    after = {"check": verdict.failed_check, "words": verdict.words}
    audit.record("gateway.refused", notice_name(notice_id), after=after)
    log.warning(
        "a notice of %s was refused: %s", code, verdict.words,
        extra={"event_type": "webhook_rejected", "check": verdict.failed_check, "notice": notice_id},
    )  # fmt: skip
    metrics.when_committed(partial(_count, code, f"refused-{verdict.failed_check}"))


def _count(code: str, verdict: str) -> None:
    metrics.gateway_webhooks.labels(code, verdict).inc()
