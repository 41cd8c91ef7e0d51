"""Files that take long: made by a job that can be left, watched on a page, fetched for a day.

The job calls the list's own view with the address and the roles of whoever asked, so the file holds what that person's
page shows and nothing else. Source: docs/rules/lists.md, L5 and L6.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.platform import jobs, outbox, storage
from portal.platform.db import changed_rows, db, transaction
from portal.platform.export import MEDIA_TYPES, Format, Row, body
from portal.platform.http.access import access_of
from portal.platform.jobs.types import JsonDict
from portal.platform.lists import Sink
from portal.platform.models import MadeFile

KIND = "files.make"
SWEEP = "files.sweep"
KEPT = timedelta(hours=24)
#: of one person at the same time
AT_ONCE = 5
_TELL_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file under way, made, failed, or gone. done: rows so far."""

    public_id: str
    name: str
    form: str
    state: str
    done: int
    size: int
    created_at: datetime
    expires_at: datetime | None

    @property
    def file_name(self) -> str:
        """As it is saved."""
        return f"{self.name}.{self.form}"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {"done", "failed"}

    @property
    def gone(self) -> bool:
        """Whether its day is over."""
        return self.expires_at is not None and self.expires_at <= clock.now()


def start(address: str, form: str, *, by: Identity) -> FileInfo:
    """Have a list made as a file by a job. Flushes.

    address: of a list of ours, with its filter. Raises BadInput for any other address, for a form we do not write,
    and when the person has AT_ONCE files under way already.
    """
    endpoint, _ = _view_of(address, by)
    if form not in set(Format):
        raise BadInput("Save a list as CSV or XLSX.")
    under_way = select(MadeFile.id).where(MadeFile.user_id == by.user_id, MadeFile.state.in_(("waiting", "making")))
    if len(db.session.scalars(under_way.limit(AT_ONCE)).all()) >= AT_ONCE:
        raise BadInput(f"{AT_ONCE} of your files are under way. Wait for one of them.")
    row = MadeFile(
        public_id=f"file_{secrets.token_hex(12)}", user_id=by.user_id, name=endpoint.partition(".")[0].split("_")[0],
        form=form, asked={"address": address, "who": _who(by)}, state="waiting", done=0, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(KIND, {"file_id": row.id}, customer_id=by.customer_id)
    return _info(row)


def file_of(user_id: int, public_id: str) -> FileInfo:
    """One file of a person. Raises NotFound, also for another's."""
    return _info(_mine(user_id, public_id))


def files_of(user_id: int) -> list[FileInfo]:
    """A person's files, the newest first."""
    query = select(MadeFile).where(MadeFile.user_id == user_id).order_by(MadeFile.id.desc()).limit(50)
    return [_info(row) for row in db.session.scalars(query)]


def read(user_id: int, public_id: str) -> tuple[FileInfo, Iterator[bytes]]:
    """A made file and its bytes, a part at a time. Raises NotFound for another's, an unfinished, or one whose day is over."""
    row = _mine(user_id, public_id)
    info = _info(row)
    if row.document is None or info.gone:
        raise NotFound(f"file {public_id}")
    return info, _parts(row.document)


def _parts(key: str) -> Iterator[bytes]:
    with storage.local_copy(key) as path, path.open("rb") as file:
        while part := file.read(256 * 1024):
            yield part


def media_type(info: FileInfo) -> str:
    """The file's type, for the answer that carries it."""
    return MEDIA_TYPES[Format(info.form)]


# -- the job -----------------------------------------------------------------------------------------------------------


def _view_of(address: str, by: Identity) -> tuple[str, dict[str, Any]]:
    """The list view behind an address, when this person may open it."""
    parts = urlsplit(address)
    adapter = current_app.url_map.bind("localhost")
    try:
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            raise BadInput("This is not a list of ours.")
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        raise BadInput("This is not a list of ours.") from None
    mark = access_of(current_app.view_functions[endpoint])
    if mark is None or not mark.admits(by) or values:
        raise BadInput("This is not a list of ours.")
    return endpoint, dict(values)


def _who(by: Identity) -> JsonDict:
    return {**asdict(replace(by, frame={})), "staff_roles": sorted(by.staff_roles)}


def _make(payload: JsonDict) -> JsonDict:
    row = db.session.get(MadeFile, payload["file_id"])
    if row is None or row.state == "done":
        return {}
    asked, form, file_id = dict(row.asked), Format(row.form), row.id
    db.session.rollback()
    who = asked["who"]
    by = replace(Identity(**{**who, "staff_roles": frozenset(who["staff_roles"])}), session_id=0)
    app = cast(Flask, cast(Any, current_app)._get_current_object())
    with tempfile.TemporaryFile() as file:
        rows = _write(app, asked["address"], by, form, cast(BinaryIO, file), file_id)
        size = file.tell()
        file.seek(0)
        kept = storage.put(cast(BinaryIO, file))
    return {"document": kept.key, "size": size, "done": rows}


def _write(app: Flask, address: str, by: Identity, form: Format, file: BinaryIO, file_id: int) -> int:
    """Call the list's view as the person would, and write what it gives. Returns how many rows."""
    written = 0

    def count(rows: Iterable[Row]) -> Iterator[Row]:
        nonlocal written
        for row in rows:
            yield row
            written += 1
            if written % _TELL_EVERY == 0:
                transaction(partial(_told, file_id, state="making", done=written))

    def take(_name: str, heads: Sequence[str], rows: Iterable[Row]) -> None:
        for part in body(heads, count(rows), form):
            file.write(part)

    with app.test_request_context(address):
        endpoint, values = _view_of(address, by)
        g.identity, g.list_sink = by, Sink(take)
        app.ensure_sync(app.view_functions[endpoint])(**values)
        db.session.rollback()
    return written


def _told(file_id: int, **values: object) -> None:
    changed_rows(update(MadeFile).where(MadeFile.id == file_id).values(**values))


def _made(payload: JsonDict, result: JsonDict) -> None:
    row = db.session.get(MadeFile, payload["file_id"], populate_existing=True)
    if row is None or not result:
        return
    row.state, row.expires_at = "done", clock.now() + KEPT
    row.document, row.size, row.done = result["document"], result["size"], result["done"]
    words = f"Your file {row.name}.{row.form} is ready; it can be fetched for a day"
    outbox.note(row.user_id, "file_ready", words, f"/account/files/{row.public_id}")


def _failed(payload: JsonDict, _reason: str) -> None:
    row = db.session.get(MadeFile, payload["file_id"], populate_existing=True)
    if row is None:
        return
    row.state, row.expires_at = "failed", clock.now() + KEPT
    words = f"Your file {row.name}.{row.form} could not be made"
    outbox.note(row.user_id, "file_failed", words, f"/account/files/{row.public_id}")


def _find_old(_payload: JsonDict) -> list[int]:
    """Forget the bytes of files whose day is over; a document that another file shares stays."""
    old = select(MadeFile).where(MadeFile.expires_at < clock.now()).limit(500)
    found = {row.id: row.document for row in db.session.scalars(old)}
    for key in {key for key in found.values() if key is not None}:
        shared = select(MadeFile.id).where(MadeFile.document == key, MadeFile.id.not_in(list(found))).limit(1)
        if db.session.scalar(shared) is None:
            storage.remove(key)
    return list(found)


def _forget(_payload: JsonDict, found: list[int]) -> None:
    for file_id in found:
        row = db.session.get(MadeFile, file_id)
        if row is not None:
            db.session.delete(row)


def register() -> None:
    """The job that makes, and the sweep."""
    jobs.register(KIND, queue="default", work=_make, effect=_made, failed=_failed, words="Make a list as a file")
    jobs.register(SWEEP, queue="default", work=_find_old, effect=_forget, words="Forget files whose day is over")
    jobs.every(SWEEP, seconds=3600)


def _mine(user_id: int, public_id: str) -> MadeFile:
    row = db.session.scalar(select(MadeFile).where(MadeFile.public_id == public_id))
    if row is None or row.user_id != user_id:
        raise NotFound(f"file {public_id}")
    return row


def _info(row: MadeFile) -> FileInfo:
    return FileInfo(
        row.public_id, row.name, row.form, row.state, row.done, row.size, row.created_at, row.expires_at
    )  # fmt: skip
