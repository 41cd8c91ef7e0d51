"""What is under way with a proof that a person has to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment

_TERMS = JSON(none_as_null=True)


class Desk(Base):
    """One proof on the clerks' desk: whose it is, what was asked, what is half decided. Gone once it is decided.

    It changes only under the lock of its proof. Amounts in the terms are decimal text, days ISO.
    """

    __tablename__ = "review_desk"

    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), primary_key=True, autoincrement=False)
    #: the colleague whose it is; None is everybody's
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    assigned_name: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    #: the customer was asked; the proof comes back then, or with the answer
    asleep_until: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    #: an acceptance that a second person has to confirm
    first_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    first_name: Mapped[str] = mapped_column(String(120), default="")
    first_terms: Mapped[dict[str, Any] | None] = mapped_column(_TERMS)
    #: a decision that takes effect at held_until and can be taken back before
    held_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_name: Mapped[str] = mapped_column(String(120), default="")
    held_action: Mapped[str | None] = mapped_column(String(10))
    held_terms: Mapped[dict[str, Any] | None] = mapped_column(_TERMS)
    held_until: Mapped[datetime | None] = mapped_column(Moment, index=True)
