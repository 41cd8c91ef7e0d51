"""What is hashed and how, so that a changed row of the books shows (docs/rules/ledger.md, L7 and L8)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

#: What the first link of the chain follows.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The facts of a journal that every one of its entries vouches for."""

    journal_id: int
    kind: str
    source: str
    words: str
    value_date: date
    posted_at: datetime
    currency: str
    amount_cents: int
    line_count: int
    customer_id: int | None
    reverses_id: int | None


def of_entry(head: Head, line: int, account_code: str, debit_cents: int, credit_cents: int) -> str:
    """SHA-256 over one entry and the whole head of its journal, as 64 hexadecimal digits.

    The fields stand in one fixed order as compact JSON; moments in UTC with microseconds. The first field
    numbers this recipe, so that another can follow one day.
    """
    fields = [
        1,
        head.journal_id,
        head.kind,
        head.source,
        head.words,
        head.value_date.isoformat(),
        head.posted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        head.currency,
        head.amount_cents,
        head.line_count,
        head.customer_id,
        head.reverses_id,
        line,
        account_code,
        debit_cents,
        credit_cents,
    ]
    return _sha(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))


def of_journal(journal_id: int, entry_digests: Iterable[str]) -> str:
    """One digest for a whole journal: its entries' digests in the order of their lines."""
    return _sha(f"{journal_id}:" + ",".join(entry_digests))


def of_link(previous: str, sequence: int, journal_digest: str) -> str:
    """The digest of one seal: it holds everything sealed before it in place."""
    return _sha(f"{previous}:{sequence}:{journal_digest}")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
