"""How long an upload takes to be answered, with four at once."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from tests.bench.figures import Figure, Table, percentile
from tests.bench.pages import wait_for_quiet
from tests.servers.buyer import Buyer
from tests.servers.portal import Portal

SIZE = 10 * 1024 * 1024 - 4096
AT_ONCE, ROUNDS = 4, 8


def measure(portal: Portal) -> list[Figure | Table]:
    """10 MB files, four at once. Bytes after the end of the JPEG make the size; readers skip them."""
    buyers = [Buyer(portal) for _ in range(AT_ONCE)]
    wait_for_quiet(portal, buyers[0])
    seed = paper("quotation", day=clock.today(), amount=Money.zar(99_00), seed=900).data

    def send(buyer: Buyer, number: int) -> list[float]:
        found = []
        for round_ in range(ROUNDS):
            body, headers = buyer.multipart(f"up-{number}-{round_}", seed + os.urandom(SIZE - len(seed)))
            started = time.perf_counter()
            buyer.post("/proofs/new", body, headers, follow=False)
            found.append(time.perf_counter() - started)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        seconds = [one for times in pool.map(send, buyers, range(AT_ONCE)) for one in times]
    return [
        Figure("upload of 10 MB, four at once, p50", percentile(seconds, 0.5) * 1000, "ms"),
        Figure("upload of 10 MB, four at once, p95", percentile(seconds, 0.95) * 1000, "ms", 300),
    ]
