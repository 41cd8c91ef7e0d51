"""What ten thousand waiting documents cost everybody else.

Run as a module it fills the queue of the portal that its environment names; the bench starts it like that, so that
the rows are made by the portal's own service, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta

from app import create_app
from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from portal.platform.db import transaction
from portal.proofs import service as proofs
from portal.proofs.types.stored import Sender, Upload
from tests.bench.figures import Figure, Table, percentile
from tests.bench.pages import ROUNDS, times, wait_for_quiet
from tests.servers.buyer import Buyer
from tests.servers.portal import ROOT, Portal

WAITING = 10_000
#: what one customer sends in a day and in an hour here: less than the portal's limits
_A_DAY, _AT_ONCE = 150, 500


def measure(portal: Portal) -> list[Figure | Table]:
    """The invoice list and the staff's operations page, with an empty queue and with a very long one."""
    buyer = Buyer(portal)
    wait_for_quiet(portal, buyer)
    times(buyer, "/invoices", 30)
    idle = times(buyer, "/invoices", ROUNDS)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.queues"], cwd=ROOT, env=portal.environ | {"PYTHONPATH": "."}, check=True
    )
    waiting = portal.waiting()
    busy = times(buyer, "/invoices", ROUNDS)
    ratio = percentile(busy, 0.99) / percentile(idle, 0.99)
    return [
        Figure("documents waiting while the next one was measured", waiting, ""),
        Figure("invoice list, p99: that many waiting against idle", ratio, "×", 1.5),
    ]


def fill() -> None:
    """Queue the same small document very often, for every customer in turn, some days ago."""
    application = create_app()
    with application.app_context():
        drawn = paper("quotation", day=clock.today(), amount=Money.zar(100_00), seed=7)
        upload = proofs.store(drawn.data, "quotation.jpg")
        customers = accounts.customers_page(limit=100).items
        for start in range(0, WAITING, _AT_ONCE):
            transaction(lambda start=start: _some(start, customers, upload))  # type: ignore[misc]


def _some(start: int, customers: Sequence[CustomerInfo], upload: Upload) -> None:
    for number in range(start, start + _AT_ONCE):
        turn, which = divmod(number, len(customers))
        day, place = divmod(turn, _A_DAY)
        ago = timedelta(days=day + 1, minutes=9 * place)
        with clock.at(clock.now() - ago):
            proofs.receive(Sender(customers[which].id, None, "portal"), upload, form_key=f"bench {number}")


if __name__ == "__main__":
    fill()
