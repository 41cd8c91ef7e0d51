"""Proving that no written row of the books was changed, sealed or not."""

from __future__ import annotations

from collections.abc import Iterator

from portal.ledger import digests, queries
from portal.ledger.models import Journal
from portal.ledger.queries import EntryRow
from portal.ledger.service.posting import head_of
from portal.ledger.types import Broken, Verified

_BATCH = 500
DIGESTS = "ledger: every entry is as it was written"
CHAIN = "ledger: every seal follows from the one before"
#: What a whole verification asks, and what it is called where the quick check of the newest rows has a finding of its
#: own: an old row that was changed is broken, although the newest are as they were written.
VERIFIED = {DIGESTS: "ledger: every entry ever is as it was written", CHAIN: CHAIN}


def verify(*, most_problems: int = 100) -> Verified:
    """Read the whole ledger and compare every entry with its digest and every seal with the chain.

    The first problem is the first changed row: entries and journals by the order of journals, then the chain.
    A row that was changed together with its own digest is found by the chain once its journal is sealed.
    Source: docs/rules/ledger.md L9.
    """
    queries.see_one_moment()
    journals = entries = 0
    problems: list[Broken] = []
    for rows, lines in queries.whole_journals(_BATCH):
        journals, entries = journals + len(rows), entries + len(lines)
        problems.extend(_changed(rows, lines))
    sealed, head, broken = _chain()
    return Verified(journals, entries, sealed, head, tuple((problems + broken)[:most_problems]))


def changed_since(journal_id: int) -> list[Broken]:
    """The same comparison of entries for journals after one id only: cheap enough for every ten minutes."""
    found: list[Broken] = []
    for rows, lines in queries.whole_journals(_BATCH, after=journal_id):
        found.extend(_changed(rows, lines))
    return found


def _changed(rows: list[Journal], lines: list[EntryRow]) -> Iterator[Broken]:
    by_journal: dict[int, list[EntryRow]] = {row.id: [] for row in rows}
    for line in lines:
        if line[1] not in by_journal:
            yield Broken(DIGESTS, f"entry {line[0]}", f"its journal {line[1]} is gone")
            continue
        by_journal[line[1]].append(line)
    for row in rows:
        yield from _changed_in(row, by_journal[row.id])


def _changed_in(row: Journal, lines: list[EntryRow]) -> Iterator[Broken]:
    head = head_of(row)
    if [line[2] for line in lines] != list(range(1, row.line_count + 1)):
        yield Broken(
            DIGESTS,
            f"journal {row.id}",
            f"{row.line_count} lines were written, {len(lines)} are there",
            row.customer_id,
        )
    wrong = [
        (entry_id, number)
        for entry_id, _, number, code, debit, credit, digest in lines
        if digests.of_entry(head, number, code or "", debit, credit) != digest
    ]
    if len(wrong) > 1 and len(wrong) == len(lines):
        words = f"{row.source}: the journal itself was changed after it was written"
        yield Broken(DIGESTS, f"journal {row.id}", words, row.customer_id)
        return
    for entry_id, number in wrong:
        words = f"line {number} of journal {row.id} ({row.source}) was changed after it was written"
        yield Broken(DIGESTS, f"entry {entry_id}", words, row.customer_id)


def _chain() -> tuple[int, str, list[Broken]]:
    """How many links, the last one's digest, and the links that do not follow."""
    previous, expected, problems = digests.GENESIS, 0, list[Broken]()
    for links in queries.seals(_BATCH):
        found = queries.entry_digests([journal_id for _, journal_id, _ in links])
        for sequence, journal_id, digest in links:
            expected += 1
            if sequence != expected:
                problems.append(Broken(CHAIN, f"seal {expected}", "it is missing"))
                expected = sequence
            right = digests.of_link(previous, sequence, digests.of_journal(journal_id, found[journal_id]))
            if right != digest:
                words = f"journal {journal_id} is not as it was sealed"
                problems.append(Broken(CHAIN, f"seal {sequence}", words))
            previous = digest
    return expected, previous, problems
