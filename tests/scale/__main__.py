"""bin/scale: lists at 1 000 and at a million invoices, as ratios; the books of both are verified.

Both portals live in one process and are asked in turns, so that a machine that slows down slows both. The invoices
come from ``demo.bulk``, like ``flask demo load --invoices 1000000``; how long that takes is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

os.environ["FLASK_ENV"] = "testing"
os.environ.setdefault("SECRET_KEY", "for tests only, never anywhere else")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-scale-"))

from portal.accounts import service as accounts
from portal.demo import bulk, names
from portal.ledger import service as ledger
from portal.platform.db import db, transaction
from portal.platform.paging import Mark
from tests.application import TestApplication
from tests.servers.mariadb import MariaDB

SMALL, MUST, ROUNDS = 1_000, 1.5, 15
#: below this, in ms, a ratio is noise of the clock
FLOOR = 2.0
_LAST_DAY, _FIRST_DAY = "9999-12-31", "0001-01-01"
_END = 2**62


def _last(value: str | int, ident: int = _END) -> str:
    """The mark behind the last row: the page before it is the last one."""
    return Mark(value, ident, back=True).text()


#: what is asked: words, address
PAGES = (
    ("invoices, first page", "/staff/invoices"),
    ("invoices, last page", f"/staff/invoices?show=open&after={_last(_LAST_DAY)}"),
    ("invoices, overdue", "/staff/invoices?show=overdue"),
    ("invoices, paid", "/staff/invoices?show=paid"),
    ("invoices, paid, last page", f"/staff/invoices?show=paid&after={_last(_FIRST_DAY, 0)}"),
    ("invoices, all", "/staff/invoices?show=all"),
    ("invoices, all, last page", f"/staff/invoices?show=all&after={_last(_FIRST_DAY, 0)}"),
    ("invoices, all, by customer", "/staff/invoices?show=all&sort=recipient"),
    ("invoices, open, by customer", "/staff/invoices?show=open&sort=recipient"),
    ("invoices, open, newest first", "/staff/invoices?show=open&sort=-issued"),
    ("invoices, search by number", "/staff/invoices?q=INV-2021-000017"),
    ("invoices, search by PO", "/staff/invoices?q=PO 1234"),
    ("customers, first page", "/staff/customers"),
    ("customers, last page", f"/staff/customers?after={_last('￿')}"),
    ("customers, newest", "/staff/customers?sort=newest"),
    ("ledger, first page", "/staff/ledger"),
    ("ledger, last page", f"/staff/ledger?after={_last(0, 0)}"),
    ("ledger, receipts", "/staff/ledger?kind=receipt"),
    ("ledger, one invoice", "/staff/ledger?q=INV-2021-000017"),
    ("audit log, first page", "/staff/audit"),
    ("audit log, last page", f"/staff/audit?after={_last(0, 0)}"),
    ("orders, first page", "/staff/orders"),
)


class Place:
    """A portal with so many invoices, and an administrator at its pages."""

    def __init__(self, folder: Path, url: str | None, count: int) -> None:
        folder.mkdir(parents=True)
        self.application, self.count = TestApplication(folder, url), count
        with self.application.app.app_context():
            self.seconds = self._fill(count)
            self.browser = self._sign_in()

    def _fill(self, count: int) -> float:
        ours = names.OUR_ACCOUNTS[0]
        transaction(lambda: ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=True))
        started = time.monotonic()
        bulk.fill(bulk.Bulk(count, 360, date(2026, 9, 1)), self._told)
        seconds = time.monotonic() - started
        if db.engine.dialect.name == "mysql":
            db.session.connection().exec_driver_sql("ANALYZE TABLE invoice, journal, entry, customer, audit_event")
            db.session.rollback()
        return seconds

    def _told(self, count: int) -> None:
        if count % 50_000 == 0:
            print(f"  {count} invoices", file=sys.stderr, flush=True)

    def _sign_in(self) -> Any:
        hashed = accounts.hash_password("three purple words")
        told = {"staff_roles": ["administrator"], "password_hash": hashed}
        transaction(lambda: accounts.create_user("a@360degree.example", "A", None, **told))
        browser = self.application.app.test_client()
        browser.get("/login")
        browser.post("/login", data={"email": "a@360degree.example", "password": "three purple words"})
        return browser

    def ms(self, path: str) -> float:
        """How long one page took."""
        with self.application.app.app_context():
            started = time.perf_counter()
            answer = self.browser.get(path)
            taken = (time.perf_counter() - started) * 1000
            assert answer.status_code == 200, (path, answer.status_code)
            return taken

    def check(self) -> tuple[int, list[str], float]:
        """Changed rows, broken invariants, and the seconds it took to look."""
        with self.application.app.app_context():
            started = time.monotonic()
            changed = len(ledger.verify().problems)
            db.session.rollback()
            broken = [held.invariant for held in ledger.self_check() if held.broken]
            db.session.rollback()
            return changed, broken, time.monotonic() - started


def compare(small: Place, large: Place, path: str) -> tuple[float, float]:
    """The middle times of one page here and there, asked in turns."""
    for place in (small, large):
        place.ms(path)
    found = [(small.ms(path), large.ms(path)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in found), statistics.median(pair[1] for pair in found)


def measure(name: str, folder: Path, urls: tuple[str | None, str | None], count: int) -> bool:
    """One database: fill both portals, verify, compare. Whether every must was met."""
    small, large = Place(folder / "small", urls[0], SMALL), Place(folder / "large", urls[1], count)
    print(f"\n{name}: {count} invoices made in {large.seconds:.0f} s, {SMALL} in {small.seconds:.1f} s")
    changed, broken, seconds = large.check()
    print(f"ledger verify: {changed} changed rows; self-check: {broken or 'all hold'} ({seconds:.0f} s)")
    met = not changed and not broken
    print(f"\n| page | {SMALL}, ms | {count}, ms | ratio | must |\n|---|---|---|---|---|")
    for words, path in PAGES:
        before, after = compare(small, large, path)
        ratio = after / before
        fits = ratio <= MUST or after < FLOOR
        met = met and fits
        print(f"| {words} | {before:.1f} | {after:.1f} | {ratio:.2f} | {MUST} {'✓' if fits else '✗'} |", flush=True)
    return met


def main() -> int:
    """Measure on both databases."""
    parser = argparse.ArgumentParser(prog="bin/scale")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "mariadb"))
    asked = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory(prefix="portal-scale-") as folder, ExitStack() as servers:
        if asked.only != "mariadb":
            met &= measure("SQLite", Path(folder) / "sqlite", (None, None), asked.invoices)
        if asked.only != "sqlite":
            server = MariaDB(Path(folder) / "server")
            servers.callback(server.stop)
            urls = (server.database("small"), server.database("large"))
            met &= measure("MariaDB", Path(folder) / "mariadb", urls, asked.invoices)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
