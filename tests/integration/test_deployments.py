"""The same portal wherever its variables point: an upload ends in a verdict on each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from tests.servers.buyer import Buyer
from tests.servers.portal import Portal

pytestmark = pytest.mark.slow


def order_something(buyer: Buyer) -> str:
    """A new invoice that nobody has paid or promised; its number."""
    sku = re.search(r'name="sku" value="([^"]+)"', buyer.get("/products")).group(1)  # type: ignore[union-attr]
    buyer.form("/cart", at="/products", sku=sku, quantity="2", next="/cart")
    page = buyer.get("/checkout")
    kept = dict(re.findall(r'type="hidden" name="(key|mark)" value="([^"]*)"', page))
    delivery = re.search(r'name="delivery"[^>]*>([^<]*)<', page).group(1).strip()  # type: ignore[union-attr]
    order = buyer.get(
        buyer.form("/checkout", po_number="PO 1", delivery=delivery, **kept).removeprefix(buyer.portal.url)
    )
    return re.search(r"INV-\d{4}-\d{6}", order).group()  # type: ignore[union-attr]


def an_upload_ends_in_a_verdict(portal: Portal) -> None:
    """Serve first, so that starting is what migrates; then fill, then send a proof of an open invoice."""
    portal.start()
    portal.flask("demo", "load", "--days", "5", "--customers", "2", "--seed", "3")
    portal.people = [json.loads(line) for line in portal.flask("demo", "passwords", "--json").splitlines()]
    buyer = Buyer(portal)
    number = order_something(buyer)
    told = dict(
        re.findall(r'data-copy="([^"]+)" data-done="([A-Za-z ]+) copied"', buyer.get(f"/invoices/{number}/pay"))
    )
    by_name = {name: value for value, name in told.items()}
    facts = ProofFacts(
        amount=Money.parse(by_name["Amount"]), paid_on=clock.today(), reference=by_name["Reference"],
        beneficiary_account=by_name["Account number"], seed=77,
    )  # fmt: skip

    address = buyer.upload("deployment", draw(facts).data).removeprefix(portal.url)

    end = time.monotonic() + 90
    while 'id="verdict"' not in (shown := buyer.get(address)):
        assert time.monotonic() < end, portal.log[-3000:]
        time.sleep(0.5)
    assert "Your proof fits" in shown and number in shown
    assert portal.status("/health") == 200


@pytest.fixture
def serve(tmp_path: Path) -> Any:
    """Makes a portal with these settings and stops it after the test."""
    made: list[Portal] = []

    def make(**settings: str) -> Portal:
        made.append(Portal(tmp_path, **settings))
        return made[-1]

    yield make
    for portal in made:
        portal.stop()


def test_with_nothing_configured(serve: Callable[..., Portal]) -> None:
    an_upload_ends_in_a_verdict(serve())


def test_with_redis(serve: Callable[..., Portal], redis_server: Any) -> None:
    an_upload_ends_in_a_verdict(serve(REDIS_URL=redis_server.url, RATE_LIMIT_ENABLED="on"))


@pytest.mark.mariadb
def test_from_an_empty_mariadb_with_nothing_migrated(serve: Callable[..., Portal], mariadb_server: Any) -> None:
    an_upload_ends_in_a_verdict(serve(DATABASE_URL=mariadb_server.database("portal_deployed")))
