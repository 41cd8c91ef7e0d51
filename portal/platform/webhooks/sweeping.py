"""What was sent does not grow for ever. Source: docs/rules/api.md, W7."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from portal.core import clock
from portal.platform import jobs
from portal.platform.db import db
from portal.platform.jobs.types import JsonDict
from portal.platform.webhooks.models import WebhookDelivery, WebhookEvent

KIND = "webhooks.sweep"
KEPT = timedelta(days=90)
_AT_ONCE = 5_000


def sweep() -> int:
    """Remove the oldest events, with their deliveries, that are older than KEPT; some thousand at a time. How many."""
    oldest = db.session.execute(
        select(WebhookEvent.id, WebhookEvent.created_at).order_by(WebhookEvent.id).limit(_AT_ONCE)
    )
    ids = [row.id for row in oldest if row.created_at < clock.now() - KEPT]
    if ids:
        for model, column in ((WebhookDelivery, WebhookDelivery.event_id), (WebhookEvent, WebhookEvent.id)):
            db.session.execute(delete(model).where(column.in_(ids)), execution_options={"synchronize_session": False})
    return len(ids)


def register() -> None:
    """Put the sweep on the schedule."""
    jobs.register(KIND, queue="default", work=_nothing, effect=_sweep, words="Sweep events that were sent long ago")
    jobs.every(KIND, seconds=3600)


def _nothing(_payload: JsonDict) -> None:
    return None


def _sweep(_payload: JsonDict, _nothing: None) -> None:
    sweep()
