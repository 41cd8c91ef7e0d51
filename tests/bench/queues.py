"""What ten thousand waiting documents cost everybody else.

Run as a module it fills the queue of the portal that its environment names; the bench starts it like that, so that
the rows are made by the portal's own service, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from app import create_app
from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from portal.platform.db import transaction
from portal.proofs import service as proofs
from portal.proofs.types.stored import Sender, Upload
from tests.bench.figures import Figure, Table
from tests.bench.pages import times, wait_for_quiet, windows
from tests.servers.buyer import Buyer
from tests.servers.portal import ROOT, Portal

WAITING = 10_000
#: what one customer sends here: less than the portal takes from one in a day
_EACH, _AT_ONCE = 100, 500


def measure(portal: Portal) -> list[Figure | Table]:
    """The invoice list and the staff's operations page, with an empty queue and with a very long one."""
    buyer = Buyer(portal)
    wait_for_quiet(portal, buyer)
    times(buyer, "/invoices", 30)
    _, idle = windows(buyer, "/invoices")
    subprocess.run(
        [sys.executable, "-m", "tests.bench.queues"], cwd=ROOT, env=portal.environ | {"PYTHONPATH": "."}, check=True
    )
    waiting = portal.waiting()
    _, busy = windows(buyer, "/invoices")
    return [
        Figure("documents waiting while the next one was measured", waiting, ""),
        Figure("invoice list, p99: that many waiting against idle", busy / idle, "×", 1.5),
    ]


def fill() -> None:
    """Queue the same small document very often, for a hundred new customers in turn."""
    application = create_app()
    with application.app_context():
        drawn = paper("quotation", day=clock.today(), amount=Money.zar(100_00), seed=7)
        upload = proofs.store(drawn.data, "quotation.jpg")
        customers = transaction(lambda: [_customer(number) for number in range(WAITING // _EACH)])
        for start in range(0, WAITING, _AT_ONCE):
            transaction(lambda start=start: _some(start, customers, upload))  # type: ignore[misc]


def _customer(number: int) -> int:
    draft = CustomerDraft(
        f"Queue {number} (Pty) Ltd", f"queue{number}@bench.example", address=("1 Main Road", "Springs")
    )
    return accounts.create_customer(f"QUE{number:03d}", draft)


def _some(start: int, customers: Sequence[int], upload: Upload) -> None:
    for number in range(start, start + _AT_ONCE):
        sender = Sender(customers[number % len(customers)], None, "portal")
        proofs.receive(sender, upload, form_key=f"bench {number}")


if __name__ == "__main__":
    fill()
