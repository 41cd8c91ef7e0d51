"""How many notices of gateways a second are taken: signature verified, kept with its job, acknowledged.

Each is another one and well signed; what the gateway itself is asked about it is a job's work and not in the figure.
"""

from __future__ import annotations

import http.client
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal.payments.sandbox import stripe
from portal.payments.sandbox.yoco import headers as yoco_headers
from portal.platform import gateway_settings
from tests.bench.figures import Figure, Table
from tests.servers.portal import Portal

AT_ONCE, EACH, WARM = 8, 250, 25
Notice = tuple[str, bytes, Mapping[str, str]]


def measure() -> list[Figure | Table]:
    """Eight connections of gateways at once, half of Stripe and half of Yoco, against a portal without a worker."""
    with tempfile.TemporaryDirectory(prefix="bench-notices-") as folder:
        portal = Portal(Path(folder), GATEWAY_SANDBOX="on", EMBEDDED_WORKER="off", LOG_LEVEL="WARNING")
        portal.flask("db", "upgrade")
        portal.start()
        try:
            _all(portal, WARM)
            rate = _all(portal, EACH)
        finally:
            portal.stop()
    return [Figure("webhook, signature verified and stored", rate, "/s", least=150)]


def _all(portal: Portal, count: int) -> float:
    """Notices a second over all connections; each of them has to be acknowledged."""
    lists = [[_notice(place, number) for number in range(count)] for place in range(AT_ONCE)]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [one for found in pool.map(lambda each: _send(portal, each), lists) for one in found]
    seconds = time.perf_counter() - started
    if set(answers) != {200}:
        raise RuntimeError(f"notices were answered {sorted(set(answers))}")
    return len(answers) / seconds


def _notice(place: int, number: int) -> Notice:
    """One of a payment nobody made: it is verified and kept like every other."""
    own, moment = gateway_settings.sandbox(gateway_settings.SANDBOX_PORT), int(time.time())
    if own.yoco is None or own.stripe is None:
        raise RuntimeError("the sandbox has them all")
    name = f"{place}x{number}x{time.perf_counter_ns()}"
    if place % 2:
        event = b'{"id":"evt_%b","type":"payment.succeeded","payload":{"id":"p_%b","amount":10000,"currency":"ZAR",'
        rest = b'"mode":"live","status":"succeeded","metadata":{"checkoutId":"ch_%b"}}}'
        body = (event + rest) % ((name.encode(),) * 3)
        return "yoco", body, yoco_headers(body, own.yoco.signing, moment)
    sandbox = stripe.StripeSandbox(own.stripe)
    about = {
        "id": f"pi_{name}"[:40], "amount": 10000, "amount_received": 10000, "currency": "zar", "status": "succeeded",
        "metadata": {"token": "ab" * 16},
    }  # fmt: skip
    sent = sandbox.sent("payment_intent.succeeded", about)
    return "stripe", sent.body, sent.headers()


def _send(portal: Portal, notices: list[Notice]) -> list[int]:
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    answers = []
    for code, body, headers in notices:
        connection.request("POST", f"/webhooks/{code}", body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        answers.append(answer.status)
    connection.close()
    return answers


if __name__ == "__main__":
    print(measure()[0])
