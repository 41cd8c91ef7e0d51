"""Tables that staff upload, and how far each is written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment


class CatalogImport(Base):
    """One uploaded table. rows_key: where its rows are kept as they were read; position: how many are written."""

    __tablename__ = "catalog_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="products", server_default="products")
    file_name: Mapped[str] = mapped_column(String(160))
    rows_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(8))
    row_count: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int]
    changed_count: Mapped[int]
    unchanged_count: Mapped[int]
    wrong_count: Mapped[int]
    by: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
