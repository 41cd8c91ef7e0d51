"""How long pages take, alone and while documents wait to be read."""

from __future__ import annotations

import time
from statistics import median

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from tests.bench.figures import Figure, Table, percentile
from tests.servers.buyer import Buyer
from tests.servers.portal import Portal

#: A p99 is the median of so many windows' p99s: one window's is its third worst request, and chance.
WINDOWS, ROUNDS = 3, 300
WAITING = 20


def measure(portal: Portal) -> list[Figure | Table]:
    """List p99 while 20 documents wait against idle; /health beside it."""
    buyer = Buyer(portal)
    wait_for_quiet(portal, buyer)
    times(buyer, "/invoices", 30)
    health = times(buyer, "/health", ROUNDS)
    idle, idle_p99 = windows(buyer, "/invoices")
    for number in range(WAITING):
        drawn = paper("quotation", day=clock.today(), amount=Money.zar(100_00 + number), seed=100 + number)
        buyer.upload(f"bench-{number}", drawn.data)
    _, busy_p99 = windows(buyer, "/invoices")
    return [
        Figure("/health, p50", percentile(health, 0.5) * 1000, "ms"),
        Figure("invoice list, p50", percentile(idle, 0.5) * 1000, "ms"),
        Figure("invoice list, p99", idle_p99 * 1000, "ms"),
        Figure("invoice list, p99 while 20 documents wait", busy_p99 * 1000, "ms"),
        Figure("invoice list, p99: 20 waiting against idle", busy_p99 / idle_p99, "×", 1.5),
    ]


def windows(buyer: Buyer, path: str) -> tuple[list[float], float]:
    """Seconds of every request in all windows, and the p99 of the window in the middle."""
    each = [times(buyer, path, ROUNDS) for _ in range(WINDOWS)]
    return [one for window in each for one in window], median(percentile(window, 0.99) for window in each)


def times(buyer: Buyer, path: str, rounds: int) -> list[float]:
    """Seconds of each request."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        buyer.get(path)
        found.append(time.perf_counter() - started)
    return found


def wait_for_quiet(portal: Portal, buyer: Buyer, seconds: float = 180) -> None:
    """Until nothing waits to be read."""
    end = time.monotonic() + seconds
    while portal.waiting() and time.monotonic() < end:
        time.sleep(0.5)
    buyer.get("/health")
