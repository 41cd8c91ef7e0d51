"""Short words for what the bank shows and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.banking import service as banking
from portal.banking.types import Imported, LineInfo
from portal.core import clock
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.platform import jobs
from portal.platform.db import db
from tests.integration.payments.company import Company
from tests.unit.banking.files import Told, fnb


@dataclass
class Bank:
    company: Company
    #: what the account held before the next statement, in cents
    opening: int = 250_000_00

    def statement(self, *lines: Told) -> bytes:
        return fnb(lines, ledger.our_account(self.company.bank_id).number).encode()

    def upload(self, content: bytes) -> Imported:
        """Import without matching."""
        return self.company.do(lambda: banking.import_statement(content, "march.csv", self.company.bank_id))

    def shows(self, *lines: Told) -> list[LineInfo]:
        """Import, match and book; gives the lines in the order of the file."""
        self.upload(self.statement(*lines))
        jobs.run_pending(strict=True)
        db.session.expire_all()
        return self.lines()

    def lines(self) -> list[LineInfo]:
        found = [each for which in ("", "certain", "booked", "aside") for each in banking.lines(which).items]
        return sorted(found, key=lambda line: line.id)


def line(cents: int, text: str, reference: str = "", *, day: date | None = None, fee: int = 0) -> Told:
    return Told(day or clock.today(), cents, text, reference, fee)


def journals(kind: JournalKind) -> int:
    return len(ledger.journals_page(kind=kind).items)
