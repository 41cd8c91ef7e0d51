"""Which workers are alive: each signs in with every heart-beat."""

from __future__ import annotations

import os
import socket

from sqlalchemy import delete

from portal.platform.db import db
from portal.platform.jobs.queue import database_now
from portal.platform.models import Worker

_FORGOTTEN_AFTER = 24 * 3600


def sign_in(name: str, *, lanes: int) -> None:
    """Say that this worker lives; the first time also forgets workers long gone."""
    row = db.session.get(Worker, name, with_for_update=True)
    if row is None:
        db.session.execute(delete(Worker).where(Worker.seen_at < database_now(-_FORGOTTEN_AFTER)))
        row = Worker(name=name, host=socket.gethostname()[:120], pid=os.getpid(), started_at=database_now())
        db.session.add(row)
    row.lanes, row.seen_at = lanes, database_now()
    db.session.flush()


def sign_out(name: str) -> None:
    """This worker ends in good order."""
    db.session.execute(delete(Worker).where(Worker.name == name))
