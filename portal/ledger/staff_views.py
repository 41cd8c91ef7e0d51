"""The books as staff see them: every journal, and what one of them says."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.ledger import service
from portal.ledger.types import JournalInfo, JournalKind
from portal.platform import lists
from portal.platform.http import access, page

blueprint = Blueprint("ledger_staff", __name__)
JOURNALS: lists.Columns[JournalInfo] = lists.Columns(
    "journals", ("Journal", "Kind", "Value date", "Posted", "Source", "Words", "Amount", "Reverses"),
    lambda each: (
        each.id, each.kind.value, each.value_date, each.posted_at, each.source, each.words, each.amount, each.reverses,
    ),
)  # fmt: skip

#: What the chips of the list offer; other kinds are found by their source.
KINDS = (JournalKind.INVOICE, JournalKind.RECEIPT, JournalKind.REVERSAL)


@blueprint.get("/staff/ledger")
@access.staff("clerk", "manager")
def journals() -> ResponseReturnValue:
    """Journals, newest first, by kind and by the beginning of their source."""
    wanted = request.args.get("kind", "")
    kind = JournalKind(wanted) if wanted in set(JournalKind) else None
    search = request.args.get("q", "").strip()[:60]
    pages = partial(service.journals_page, kind=kind, source=service.source_of(search))
    return lists.page(
        "ledger/journals.html", JOURNALS, lambda after, limit: pages(after=after, limit=limit), kind=kind,
        kinds=KINDS, search=search,
    )  # fmt: skip


@blueprint.get("/staff/ledger/<int:journal_id>")
@access.staff("clerk", "manager")
def journal(journal_id: int) -> ResponseReturnValue:
    """One journal with its lines, its seal and what reversed it."""
    return page("ledger/journal.html", journal=service.journal(journal_id))
