"""Payments that gateways carry, what was told of them, and the notices: found, kept once, and locked."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.payments.models import GatewayEventRow, GatewayNotice, OnlinePayment, Payment
from portal.payments.types import PaymentState
from portal.payments.types.online import GatewayEvent, Notice, NoticeInfo, NoticeState, OnlineInfo, Posted, Told
from portal.platform.db import changed_rows, db
from portal.platform.paging import AnyRow, Page, Sort, fetch


def by_token(token: str) -> OnlineInfo | None:
    """The payment that a gateway knows by our token."""
    return _one(OnlinePayment.token == token)


def by_reference(gateway: str, reference: str) -> OnlineInfo | None:
    """The payment that a gateway names by our token or by the number of the page it made for it."""
    found = by_token(reference)
    if found is None and reference:
        found = _one(OnlinePayment.gateway == gateway, OnlinePayment.page == reference)
    return found if found is not None and found.gateway == gateway else None


def of_payment(payment_id: int) -> OnlineInfo | None:
    """What a gateway carries of a payment, None where no gateway does."""
    return _one(OnlinePayment.payment_id == payment_id)


def by_gateway_id(gateway: str, gateway_id: str) -> OnlineInfo | None:
    """The payment that settled under the gateway's own number."""
    return _one(OnlinePayment.gateway == gateway, OnlinePayment.gateway_id == gateway_id)


def _one(*wanted: ColumnElement[bool]) -> OnlineInfo | None:
    row = db.session.execute(
        select(
            OnlinePayment.id, OnlinePayment.payment_id, OnlinePayment.gateway, OnlinePayment.token,
            OnlinePayment.invoice_number, OnlinePayment.amount_cents, OnlinePayment.currency, Payment.state,
            OnlinePayment.created_at, OnlinePayment.gateway_id, OnlinePayment.page,
        )
        .join(Payment, Payment.id == OnlinePayment.payment_id)
        .where(*wanted)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return OnlineInfo(
        row.id, row.payment_id, row.gateway, row.token, row.invoice_number, Money(row.amount_cents, row.currency),
        PaymentState(row.state), row.created_at, row.gateway_id or "", row.page or "",
    )  # fmt: skip


def lock_online(online_id: int) -> OnlinePayment:
    """What a gateway carries, as it stands now. The caller holds customer, invoices and payment. Raises NotFound."""
    row = db.session.scalar(
        select(OnlinePayment)
        .where(OnlinePayment.id == online_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"no online payment {online_id}")
    row.version += 1
    return row


def left_alone(before: datetime, limit: int) -> list[int]:
    """Payments that were handed to a gateway before a moment and of which it has settled nothing, oldest first."""
    asked = (
        select(Payment.id)
        .where(Payment.state == PaymentState.PENDING, Payment.created_at < before)
        .order_by(Payment.id)
        .limit(limit)
    )
    return list(db.session.scalars(asked))


def keep_notice(gateway: str, address: str, posted: Posted) -> tuple[int, bool]:
    """Keep what was posted, once; gives its id and whether it came for the first time.

    Kept once for each sender: a copy that a stranger sent first is another notice than the gateway's own.
    """
    signed = [posted.signature.encode()] if posted.signature else []
    parts = (gateway.encode(), address.encode(), *signed, posted.body)
    digest = hashlib.sha256(b"\n".join(parts)).hexdigest()
    known = select(GatewayNotice.id).where(GatewayNotice.digest == digest)
    if (found := db.session.scalar(known)) is not None:
        return found, False
    row = GatewayNotice(
        gateway=gateway, digest=digest, address=address, body=posted.body, signature=posted.signature,
        received_at=posted.at, state=NoticeState.RECEIVED, failed_check="", words="",
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # another request was faster with the same notice
        return db.session.execute(known).scalar_one(), False
    return row.id, True


def reopen(notice_id: int) -> bool:
    """Whether a notice was not judged by what it says, and is to be judged again; of two at one moment one gets True.

    Besides those without an answer these are the ones from an address that no name stood for, or to a gateway that
    was off: the gateway sends the same words again, and by then both may be right.
    """
    by_circumstance = and_(
        GatewayNotice.state == NoticeState.REFUSED, GatewayNotice.failed_check.in_(("source", "off"))
    )
    again = (
        update(GatewayNotice)
        .where(GatewayNotice.id == notice_id, or_(GatewayNotice.state == NoticeState.UNANSWERED, by_circumstance))
        .values(state=NoticeState.RECEIVED, version=GatewayNotice.version + 1)
    )
    return changed_rows(again) == 1


def notice(notice_id: int) -> Notice:
    """One notice with its bytes. Raises NotFound."""
    row = db.session.execute(
        select(
            GatewayNotice.id, GatewayNotice.gateway, GatewayNotice.address, GatewayNotice.body, GatewayNotice.state,
            GatewayNotice.signature, GatewayNotice.received_at,
        ).where(GatewayNotice.id == notice_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(f"no notice {notice_id}")
    posted = Posted(row.body, row.signature, row.received_at)
    return Notice(row.id, row.gateway, row.address, posted, NoticeState(row.state))


def lock_notice(notice_id: int) -> GatewayNotice:
    """A notice as it stands now, held until the transaction ends. Raises NotFound."""
    row = db.session.scalar(
        select(GatewayNotice)
        .where(GatewayNotice.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"no notice {notice_id}")
    row.version += 1
    return row


def notices_page(state: NoticeState | None, after: str | None, limit: int) -> Page[NoticeInfo]:
    """Notices, newest first."""
    asked = select(
        GatewayNotice.id, GatewayNotice.gateway, GatewayNotice.address, GatewayNotice.received_at, GatewayNotice.state,
        GatewayNotice.failed_check, GatewayNotice.words, OnlinePayment.payment_id,
    ).outerjoin(OnlinePayment, OnlinePayment.id == GatewayNotice.online_payment_id)  # fmt: skip
    if state is not None:
        asked = asked.where(GatewayNotice.state == state)
    return fetch(asked, Sort(GatewayNotice.id, GatewayNotice.id, descending=True), after, limit).map(_notice_info)


def _notice_info(row: AnyRow) -> NoticeInfo:
    return NoticeInfo(
        row.id, row.gateway, row.address, row.received_at, NoticeState(row.state), row.failed_check, row.words,
        row.payment_id,
    )  # fmt: skip


def was_told(gateway: str, event: GatewayEvent) -> bool:
    """Whether this event is known already."""
    asked = select(GatewayEventRow.id).where(GatewayEventRow.gateway == gateway, GatewayEventRow.event_key == event.key)
    return db.session.scalar(asked) is not None


def keep_event(online_id: int, gateway: str, event: GatewayEvent) -> None:
    """Keep what was told. The caller holds the lock of its payment and has asked was_told."""
    db.session.add(
        GatewayEventRow(
            online_payment_id=online_id, gateway=gateway, event_key=event.key, told=event.told,
            gateway_id=event.gateway_id, amount_cents=event.gross.cents, fee_cents=event.fee.cents, at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()


def told_of(gateway: str, gateway_id: str) -> dict[Told, int]:
    """All that was told under the gateway's own number, with its cents; of several parts the largest."""
    rows = db.session.execute(
        select(GatewayEventRow.told, GatewayEventRow.amount_cents)
        .where(GatewayEventRow.gateway == gateway, GatewayEventRow.gateway_id == gateway_id)
        .order_by(GatewayEventRow.amount_cents)
    )
    return {Told(row.told): int(row.amount_cents) for row in rows}
