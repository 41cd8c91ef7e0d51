"""The shelves of the catalogue: a tree that staff build."""

from __future__ import annotations

from portal.catalog.models import Category
from portal.catalog.queries import goods as queries
from portal.catalog.types import CategoryInfo, within
from portal.core import text
from portal.core.errors import BadInput, NotFound
from portal.platform import audit
from portal.platform.db import db

_DEFAULT_ICON = "package"
_DEEPEST = 4


def categories() -> tuple[CategoryInfo, ...]:
    """All shelves in shop order, each followed by those inside it; with how many products are on sale there."""
    return queries.categories()


def create_category(
    name: str, *, slug: str | None = None, icon: str = _DEFAULT_ICON, parent: str | None = None
) -> CategoryInfo:
    """A new shelf at the end of the shop order; one that exists by that slug comes back as it is.

    parent: the slug of the shelf it stands in. Raises BadInput.
    """
    slug = slug or text.slug(name)
    found = queries.category_by_slug(slug)
    if found is None:
        above = _parent(parent, slug)
        found = Category(slug=slug, name=name, icon=icon, position=queries.last_position() + 1, parent_id=above)
        db.session.add(found)
        db.session.flush()
        audit.record("category.created", f"category:{slug}", after={"name": name, "parent": parent or ""})
    return CategoryInfo(found.id, found.slug, found.name, found.icon, parent_id=found.parent_id)


def change_category(slug: str, name: str, parent: str | None) -> None:
    """Another name or another place for a shelf; its address stays. Raises NotFound, BadInput."""
    row = queries.lock_category(slug)
    if row is None:
        raise NotFound(f"no category {slug}")
    before = {"name": row.name, "parent_id": row.parent_id}
    row.name, row.parent_id = name, _parent(parent, slug)
    db.session.flush()
    audit.record("category.changed", f"category:{slug}", before=before, after={"name": name, "parent": parent or ""})


def _parent(parent: str | None, slug: str) -> int | None:
    """The id of the shelf that another is to stand in; never itself, and never one inside it."""
    if not parent:
        return None
    shelves = queries.categories()
    above = next((each for each in shelves if each.slug == parent), None)
    if above is None:
        raise BadInput("Choose one of our categories.", field="parent")
    if above.id in within(slug, shelves):
        raise BadInput("A category cannot stand inside itself.", field="parent")
    if above.depth + 1 >= _DEEPEST:
        raise BadInput(f"Categories stand at most {_DEEPEST} deep.", field="parent")
    return above.id
