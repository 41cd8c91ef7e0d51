"""Views of a list that staff keep: a filter with a name, one of them the usual one. Source: docs/rules/lists.md, L3."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.platform.db import changed_rows, db
from portal.platform.models import SavedView

#: of one list, for one person
AT_MOST = 20
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """A saved view. query: what stands behind the question mark of its address."""

    id: int
    path: str
    name: str
    query: str
    usual: bool

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"{self.path}?{self.query or 'view=all'}"


def of(user_id: int, path: str) -> list[ViewInfo]:
    """A person's views of a list, by name."""
    query = select(SavedView).where(SavedView.user_id == user_id, SavedView.path == path).order_by(SavedView.name)
    return [_info(row) for row in db.session.scalars(query)]


def save(user_id: int, path: str, name: str, query: str, *, usual: bool = False) -> ViewInfo:
    """Keep a filter under a name; the same name again replaces it. usual: the list opens with it. Flushes.

    Raises BadInput for no name, a filter that is too long, or more than AT_MOST views.
    """
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise BadInput("Give the view a name of up to 60 signs, like “Overdue, Kathu”.", field="name")
    if len(query) > _LONGEST or "\r" in query or "\n" in query:
        raise BadInput("This filter is too long to keep.")
    mine = list(db.session.scalars(select(SavedView).where(SavedView.user_id == user_id, SavedView.path == path)))
    row = next((each for each in mine if each.name == name), None)
    if row is None:
        if len(mine) >= AT_MOST:
            raise BadInput(f"You have {AT_MOST} views of this list. Delete one first.")
        row = SavedView(user_id=user_id, path=path, name=name, query=query, created_at=clock.now())
        db.session.add(row)
    row.query = query
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise BadInput("This view was saved twice at the same moment; the first one counts.") from error
    if usual:
        make_usual(user_id, row.id, usual=True)
    return _info(row)


def make_usual(user_id: int, view_id: int, *, usual: bool) -> ViewInfo:
    """The list opens with this view from now on, or with none. Flushes. Raises NotFound, also for another's view."""
    row = _mine(user_id, view_id)
    others = update(SavedView).where(SavedView.user_id == user_id, SavedView.path == row.path)
    changed_rows(others.values(usual=False))
    db.session.refresh(row)
    row.usual = usual
    db.session.flush()
    return _info(row)


def delete(user_id: int, view_id: int) -> ViewInfo:
    """Forget a view. Flushes. Raises NotFound, also for another's view."""
    row = _mine(user_id, view_id)
    info = _info(row)
    db.session.delete(row)
    db.session.flush()
    return info


def _mine(user_id: int, view_id: int) -> SavedView:
    row = db.session.get(SavedView, view_id)
    if row is None or row.user_id != user_id:
        raise NotFound(f"view {view_id}")
    return row


def _info(row: SavedView) -> ViewInfo:
    return ViewInfo(row.id, row.path, row.name, row.query, row.usual)
