from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.identity import Identity
from portal.core.money import Money
from portal.orders import service as orders
from portal.orders.errors import NotEvidence
from portal.orders.types import OrderInfo, State
from portal.orders.types.deliveries import DeliveryFilter, DeliveryState, DispatchFilter, OpenLine, check_quantities
from portal.platform import audit, outbox
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer


@pytest.fixture
def dispatcher(shop: Shop) -> Identity:
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_000_00)
    return more_staff("dispatcher")


def picture(mode: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, mode)
    return out.getvalue()


def send(number: str, *pieces: int, by: Identity, seen: int | None = None, key: str | None = None) -> Any:
    """So much of each line leaves, in the order of the lines."""
    order = orders.order(number)
    wanted = {line.line_id: count for line, count in zip(orders.open_lines(order), pieces, strict=True)}
    before = len(orders.deliveries_of(order)) if seen is None else seen
    return transaction(lambda: orders.deliver(number, wanted, key or new_key(), seen=before, by=by))


def left_of(order: OrderInfo) -> list[int]:
    return [line.left for line in orders.open_lines(order)]


def test_an_order_leaves_in_parts_each_with_its_own_number(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 3), (shop.seal, 10))

    first = send(placed.number, 1, 10, by=dispatcher)
    assert orders.order(placed.number).state is State.PART_DELIVERED
    assert left_of(placed) == [2, 0]

    second = send(placed.number, 2, 0, by=dispatcher)

    after = orders.order(placed.number)
    assert (after.state, after.delivered_at is not None) == (State.DELIVERED, True)
    assert [first.number, second.number] == [f"DN-{clock.today().year}-00000{n}" for n in (1, 2)]
    assert [line.quantity for line in orders.delivery_detail(second.number).lines] == [2]
    assert [event.action for event in audit.of(second.number)] == ["delivery.sent"]


def test_a_refused_delivery_takes_no_number(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 3))
    with pytest.raises(Conflict, match="3 are left to deliver, not 4"):
        send(placed.number, 4, by=dispatcher)
    with pytest.raises(BadInput, match="how much leaves"):
        send(placed.number, 0, by=dispatcher)

    assert left_of(placed) == [3]
    assert send(placed.number, 3, by=dispatcher).number.endswith("000001")


def test_what_left_in_the_meantime_must_be_seen_first(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 4))
    send(placed.number, 2, by=dispatcher)
    with pytest.raises(Conflict, match="left in the meantime"):
        send(placed.number, 2, by=dispatcher, seen=0)
    assert left_of(placed) == [2]


def test_the_same_form_sent_twice_is_one_delivery(shop: Shop, dispatcher: Identity) -> None:
    placed, key = shop.order((shop.hose, 4)), new_key()
    first = send(placed.number, 2, by=dispatcher, key=key)
    again = send(placed.number, 2, by=dispatcher, key=key, seen=0)
    assert (first.number, left_of(placed)) == (again.number, [2])


def test_lines_of_another_order_do_not_leave_with_this_one(shop: Shop, dispatcher: Identity) -> None:
    placed, other = shop.order((shop.hose, 1)), shop.order((shop.hose, 9))
    (line,) = orders.open_lines(other)
    with pytest.raises(Conflict, match="not of this order"):
        transaction(lambda: orders.deliver(placed.number, {line.line_id: 1}, new_key(), seen=0, by=dispatcher))
    assert left_of(other) == [9]


def test_what_is_not_released_does_not_leave(shop: Shop, dispatcher: Identity) -> None:
    shop.become(ReleasePolicy.CLEARED)
    placed = shop.order((shop.hose, 1))
    with pytest.raises(IllegalMove):
        send(placed.number, 1, by=dispatcher)
    assert orders.deliveries_of(placed) == []


lines = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)).map(lambda pair: (pair[0], min(pair))), max_size=6)


@given(lines, st.dictionaries(st.integers(0, 7), st.integers(-2, 60), max_size=6))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_asked_for_no_line_leaves_beyond_what_is_left(
    ordered: list[tuple[int, int]], wanted: dict[int, int]
) -> None:
    known = [OpenLine(n, n, f"P{n}", "", "each", count, gone) for n, (count, gone) in enumerate(ordered)]
    good = all(place < len(known) and 0 <= count <= known[place].left for place, count in wanted.items())
    try:
        leaving = check_quantities(known, wanted)
    except Conflict:
        assert not good
    else:
        assert good
        assert all(0 < count <= known[place].left for place, count in leaving.items())


def test_who_took_the_goods_is_kept_with_a_picture_of_ours(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 1))
    sent = send(placed.number, 1, by=dispatcher)
    now = clock.now()

    taken = transaction(
        lambda: orders.record_receipt(sent.number, " Sipho  Dube ", now, by=dispatcher, picture=picture("JPEG"))
    )

    assert (taken.state, taken.receiver, taken.evidence) == (DeliveryState.RECEIVED, "Sipho Dube", True)
    with Image.open(io.BytesIO(orders.evidence(sent.number))) as kept:
        assert kept.format == "WEBP"
    assert any("Sipho Dube received" in notice.words for notice in outbox.notices(shop.buyer.user_id))
    with pytest.raises(IllegalMove):
        transaction(lambda: orders.record_receipt(sent.number, "Somebody else", now, by=dispatcher))
    assert orders.delivery(sent.number).receiver == "Sipho Dube"


@pytest.mark.parametrize(
    ("receiver", "hours", "data", "fault"),
    [
        ("", 0, None, BadInput), ("x", 0, None, BadInput), ("x" * 121, 0, None, BadInput),
        ("Sipho", -3, None, BadInput), ("Sipho", 3, None, BadInput),
        ("Sipho", 0, b"<svg onload=alert(1)>", NotEvidence), ("Sipho", 0, b"%PDF-1.4", NotEvidence),
        ("Sipho", 0, b"\x89PNG\r\n\x1a\n broken", NotEvidence),
    ],
)  # fmt: skip
def test_a_receipt_that_cannot_be_is_refused(
    shop: Shop, dispatcher: Identity, receiver: str, hours: int, data: bytes | None, fault: type[Exception]
) -> None:
    sent = send(shop.order((shop.hose, 1)).number, 1, by=dispatcher)
    at = clock.now() + timedelta(hours=hours)
    with pytest.raises(fault):
        transaction(lambda: orders.record_receipt(sent.number, receiver, at, by=dispatcher, picture=data))
    assert orders.delivery(sent.number).state is DeliveryState.SENT


def test_the_delivery_note_names_what_left_and_who_took_it(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 2), (shop.seal, 7))
    sent = send(placed.number, 0, 5, by=dispatcher)
    transaction(lambda: orders.record_receipt(sent.number, "Sipho Dube", clock.now(), by=dispatcher))

    text = PdfReader(io.BytesIO(orders.delivery_note(sent.number))).pages[0].extract_text()

    for words in (sent.number, placed.number, "SK-1", "5", "Marikana Plant & Drilling", "Sipho Dube", "PO 88123"):
        assert words in text
    assert "HH-12-R2AT" not in text
    assert orders.delivery_note(sent.number) == orders.delivery_note(sent.number)


def test_the_pick_list_sums_what_is_left_of_all_that_may_leave(shop: Shop, dispatcher: Identity) -> None:
    first, second = shop.order((shop.hose, 3), (shop.seal, 2)), shop.order((shop.hose, 4))
    shop.become(ReleasePolicy.CLEARED)
    shop.order((shop.hose, 50))
    send(first.number, 1, 2, by=dispatcher)

    (pick,) = orders.pick_list()

    assert (pick.sku, pick.quantity) == ("HH-12-R2AT", 6)
    assert [(line.order_number, line.quantity) for line in pick.orders] == [(first.number, 2), (second.number, 4)]


def test_the_dispatcher_finds_each_order_where_it_stands(shop: Shop, dispatcher: Identity) -> None:
    part, whole = shop.order((shop.hose, 3)), shop.order((shop.hose, 1))
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order((shop.hose, 1))
    shop.become(ReleasePolicy.CLEARED)
    waiting = shop.order((shop.hose, 1))
    send(part.number, 2, by=dispatcher)

    def shown(wanted: DispatchFilter) -> list[str]:
        return [order.number for order in orders.dispatch_page(wanted)[0].items]

    assert shown(DispatchFilter.RELEASED) == [whole.number]
    assert shown(DispatchFilter.PART) == [part.number]
    assert shown(DispatchFilter.HELD) == [held.number]
    assert shown(DispatchFilter.WAITING) == [waiting.number]
    assert orders.dispatch_page(DispatchFilter.PART)[1][part.id] == (2, 3)


def test_lists_of_notes_are_paged_filtered_and_searched(shop: Shop, dispatcher: Identity) -> None:
    placed = shop.order((shop.hose, 5))
    sent = [send(placed.number, 1, by=dispatcher).number for _ in range(5)]
    transaction(lambda: orders.record_receipt(sent[0], "Sipho", clock.now(), by=dispatcher))

    first = orders.deliveries_page(shop.customer_id, DeliveryFilter.ALL, limit=3)
    second = orders.deliveries_page(shop.customer_id, DeliveryFilter.ALL, "", first.next, limit=3)

    assert [one.number for one in (*first.items, *second.items)] == sent[::-1]
    received = orders.deliveries_page(None, DeliveryFilter.RECEIVED)
    assert [one.number for one in received.items] == sent[:1]
    assert len(orders.deliveries_page(None, DeliveryFilter.ALL, placed.number.lower()).items) == 5
    assert len(orders.deliveries_page(None, DeliveryFilter.ALL, "Marikana").items) == 5
    other = second_customer()
    assert orders.deliveries_page(other.customer_id, DeliveryFilter.ALL, sent[0]).items == ()


def test_a_dispatcher_delivers_part_and_the_customer_sees_it(shop: Shop, dispatcher: Identity, signed_in: Any) -> None:
    placed = shop.order((shop.hose, 3))
    desk, buyer = signed_in(dispatcher.email), signed_in(shop.buyer.email)
    assert placed.number in desk.get("/staff/dispatch").get_data(as_text=True)
    assert "HH-12-R2AT" in desk.get("/staff/dispatch/pick").get_data(as_text=True)
    desk.get(f"/staff/orders/{placed.number}/deliver")
    (line,) = orders.open_lines(placed)
    db.session.rollback()
    form = {f"pieces-{line.line_id}": "2", "seen": "0", "key": new_key(), "note": "White Hilux"}

    refused = desk.post(f"/staff/orders/{placed.number}/deliver", data=form | {f"pieces-{line.line_id}": "two"})
    assert refused.status_code == 422
    shown = refused.get_data(as_text=True)
    assert 'value="White Hilux"' in shown and 'value="two"' in shown
    made = desk.post(f"/staff/orders/{placed.number}/deliver", data=form)
    assert made.status_code == 303

    number = made.location.rsplit("/", 1)[1]
    page = buyer.get(f"/orders/{placed.number}").get_data(as_text=True)
    assert number in page and "the rest follows" in page
    assert "White Hilux" in buyer.get(f"/deliveries/{number}").get_data(as_text=True)
    assert buyer.get(f"/deliveries/{number}.pdf").data.startswith(b"%PDF")
    assert buyer.get(f"/deliveries/{number}/received.webp").status_code == 404
    late = desk.post(f"/staff/orders/{placed.number}/deliver", data=form | {"key": new_key()})
    assert (late.status_code, "left in the meantime" in late.get_data(as_text=True)) == (409, True)
    assert left_of(placed) == [1]


def test_a_receipt_is_recorded_on_the_page_and_what_was_typed_is_kept(
    shop: Shop, dispatcher: Identity, signed_in: Any
) -> None:
    sent = send(shop.order((shop.hose, 1)).number, 1, by=dispatcher)
    desk, where = signed_in(dispatcher.email), f"/staff/deliveries/{sent.number}"
    assert "Who took the goods?" in desk.get(where).get_data(as_text=True)
    at = f"{clock.now().astimezone(clock.SAST):%Y-%m-%dT%H:%M}"

    bad = desk.post(
        where, data={"receiver": "Sipho", "received_at": at, "evidence": (io.BytesIO(b"<html>"), "photo.png")}
    )
    assert bad.status_code == 422
    assert "not a picture" in bad.get_data(as_text=True) and 'value="Sipho"' in bad.get_data(as_text=True)
    good = {"receiver": "Sipho", "received_at": at, "evidence": (io.BytesIO(picture()), "photo.png")}
    assert desk.post(where, data=good).status_code == 303

    shown = desk.get(where)
    assert "Who took the goods?" not in shown.get_data(as_text=True)
    assert desk.get(f"{where}/received.webp").mimetype == "image/webp"
    assert desk.post(where, data={"receiver": "Other", "received_at": at}).status_code == 409


def test_pages_of_a_part_delivered_order_ask_the_database_little(
    shop: Shop, dispatcher: Identity, signed_in: Any, count_queries: Any
) -> None:
    placed = shop.order((shop.hose, 3), (shop.seal, 2))
    sent = send(placed.number, 1, 2, by=dispatcher)
    desk, buyer = signed_in(dispatcher.email), signed_in(shop.buyer.email)
    for browser, path in (
        (desk, f"/staff/orders/{placed.number}"), (desk, f"/staff/orders/{placed.number}/deliver"),
        (desk, "/staff/dispatch?show=part"), (desk, f"/staff/deliveries/{sent.number}"),
        (buyer, f"/orders/{placed.number}"), (buyer, f"/deliveries/{sent.number}"),
    ):  # fmt: skip
        with count_queries() as seen:
            assert browser.get(path).status_code == 200
        assert len(seen) <= 8, path + "\n" + "\n".join(seen)


def test_the_order_page_shows_what_let_the_goods_go(shop: Shop, dispatcher: Identity, signed_in: Any) -> None:
    placed = shop.order((shop.hose, 1))
    seen = orders.detail(placed.number).evidence
    assert seen is not None
    assert (seen.policy, seen.owed, seen.overdue) == (ReleasePolicy.ACCOUNT, Money.zar(0), False)
    page = signed_in(shop.buyer.email).get(f"/orders/{placed.number}").get_data(as_text=True)
    assert "Why the goods may leave" in page and "Credit limit" in page
