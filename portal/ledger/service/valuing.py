"""What postings in foreign money are worth in rand: a journal of its own beside each (docs/rules/ledger.md, L22)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.core.exchange import HOME
from portal.core.money import Money, total
from portal.ledger import journals
from portal.ledger.service.posting import journal, post, post_reversal, posted
from portal.ledger.types import AccountKind, JournalKind, RandLine


def post_rand(
    kind: JournalKind, source: str, customer_id: int | None, day: date, words: str, lines: Iterable[RandLine]
) -> int | None:
    """Book the rand of a journal that was just posted in foreign money, in the same transaction; once for it.

    kind, source: of that journal. What the lines differ by is exchange gained or lost, booked to the cent. Gives the
    journal's id, None where there is nothing to book. Source: docs/rules/ledger.md L22, L23.
    """
    draft = journals.rand_value(kind, source, customer_id, day, words, lines)
    return None if draft is None else post(draft)


def rand_side(kind: JournalKind, source: str, of: AccountKind) -> int:
    """Debits less credits, in cents of rand, on accounts of a kind in the value of a journal; zero without one."""
    found = posted(JournalKind.RAND, f"{kind}/{source}")
    if found is None:
        return 0
    mine = [entry for entry in journal(found).entries if entry.account.kind is of]
    debits = total((each.debit for each in mine if each.debit is not None), HOME)
    credits_: Money = total((each.credit for each in mine if each.credit is not None), HOME)
    return (debits - credits_).cents


def reverse_rand(kind: JournalKind, source: str, day: date, words: str) -> None:
    """Take back the value of a journal in foreign money that was reversed; without one there is nothing to do."""
    found = posted(JournalKind.RAND, f"{kind}/{source}")
    if found is not None:
        post_reversal(found, day, words)
