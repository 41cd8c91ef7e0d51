"""Sealing whole journals into one chain, once a minute, so that posting itself has no hot row."""

from __future__ import annotations

from portal.core import clock
from portal.ledger import digests, queries

#: Journals in one statement; and in one run, so that a backlog is worked off without a long transaction.
_BATCH = 500
MOST_IN_ONE_RUN = 5_000


def seal_waiting(most: int = MOST_IN_ONE_RUN) -> int:
    """Append every journal that has no seal to the chain and give how many there were.

    A journal is sealed as its entries' digests stand; two runs at once cannot both write a link, because the
    second meets the first one's sequence number. Flushes; the caller commits.
    Source: docs/rules/ledger.md L8.
    """
    last = queries.last_seal()
    previous, sequence = (last.digest, last.sequence) if last else (digests.GENESIS, 0)
    ids = queries.unsealed(most)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        found = queries.entry_digests(part)
        rows: list[dict[str, object]] = []
        for journal_id in part:
            sequence += 1
            previous = digests.of_link(previous, sequence, digests.of_journal(journal_id, found[journal_id]))
            rows.append({"sequence": sequence, "journal_id": journal_id, "digest": previous, "sealed_at": clock.now()})
        queries.add_seals(rows)
    return len(ids)
