"""Questions about mails that came to the mailbox of proofs."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select

from portal.core.errors import NotFound
from portal.platform.db import db
from portal.proofs.models import IncomingMail


def known(sha256: str) -> bool:
    """Whether this very mail was taken in before."""
    return db.session.scalar(select(IncomingMail.id).where(IncomingMail.sha256 == sha256)) is not None


def page(waiting: bool, after: int | None, limit: int) -> list[IncomingMail]:
    """Waiting mails, oldest first, or those that are done, newest first; one more than the limit when there are more."""
    question = select(IncomingMail).where(IncomingMail.waiting.is_(waiting)).limit(limit + 1)
    if waiting:
        question = question.order_by(IncomingMail.id)
        if after is not None:
            question = question.where(IncomingMail.id > after)
    else:
        question = question.order_by(IncomingMail.id.desc())
        if after is not None:
            question = question.where(IncomingMail.id < after)
    return list(db.session.scalars(question))


def waiting() -> ScalarSelect[int]:
    """How many wait for a person, as a part of a larger question."""
    return select(func.count()).select_from(IncomingMail).where(IncomingMail.waiting.is_(True)).scalar_subquery()


def by_public_id(public_id: str) -> IncomingMail:
    """One mail. Raises NotFound."""
    found = db.session.scalar(select(IncomingMail).where(IncomingMail.public_id == public_id))
    if found is None:
        raise NotFound(public_id)
    return found


def lock(public_id: str) -> IncomingMail:
    """One mail, locked and fresh. Raises NotFound."""
    found = db.session.scalar(
        select(IncomingMail)
        .where(IncomingMail.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(public_id)
    return found
