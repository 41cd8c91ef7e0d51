"""How long pages take, alone and while documents wait to be read."""

from __future__ import annotations

import time

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from tests.bench.figures import Figure, Table, percentile
from tests.servers.buyer import Buyer
from tests.servers.portal import Portal

ROUNDS = 400
WAITING = 20


def measure(portal: Portal) -> list[Figure | Table]:
    """List p99 while 20 documents wait against idle; /health beside it."""
    buyer = Buyer(portal)
    wait_for_quiet(portal, buyer)
    times(buyer, "/invoices", 30)
    health = times(buyer, "/health", ROUNDS)
    idle = times(buyer, "/invoices", ROUNDS)
    for number in range(WAITING):
        drawn = paper("quotation", day=clock.today(), amount=Money.zar(100_00 + number), seed=100 + number)
        buyer.upload(f"bench-{number}", drawn.data)
    busy = times(buyer, "/invoices", ROUNDS)
    return [
        Figure("/health, p50", percentile(health, 0.5) * 1000, "ms"),
        Figure("invoice list, p50", percentile(idle, 0.5) * 1000, "ms"),
        Figure("invoice list, p99", percentile(idle, 0.99) * 1000, "ms"),
        Figure("invoice list, p99 while 20 documents wait", percentile(busy, 0.99) * 1000, "ms"),
        Figure("invoice list, p99: 20 waiting against idle", percentile(busy, 0.99) / percentile(idle, 0.99), "×", 1.5),
    ]


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
