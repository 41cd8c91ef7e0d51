"""Review as somebody does it two hundred times a day: by keys, with the next document there already, and in any light."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from tests.browser.test_main_job import PayPage, a_buyer_who_pays_first, order_something, pay_page_of
from tests.browser.test_pages import SCREENS, complaints

DECISIONS = 10


def asked(portal: Any, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{portal.data_dir}/portal.sqlite3?mode=ro", uri=True) as connection:
        return connection.execute(question).fetchall()


def decided(portal: Any) -> int:
    """How many proofs people have decided, demo and all, in effect by now."""
    return int(asked(portal, "SELECT COUNT(*) FROM decision WHERE action IN ('accept', 'reject')")[0][0])


def doubtful(told: PayPage, seed: int, *, short_by: int = 0, form: str = "pdf") -> bytes:
    """Without its account nothing fails and one check is unsure; short of the invoice the amount does not fit."""
    number = sha256(f"{told.number} {seed}".encode()).hexdigest()[:8].upper()  # unlike any other: no duplicate
    facts = ProofFacts(
        amount=told.amount - Money.zar(short_by), paid_on=clock.today(), reference=told.reference,
        beneficiary_account=told.account if short_by else "", seed=seed, trace_id=number,
    )  # fmt: skip
    return draw(facts, style="fnb", form=form).data


def send(visitor: Callable[..., Any], portal: Any, folder: Path, papers: Callable[[PayPage], list[bytes]]) -> str:
    """A buyer orders and sends these; they are read before this ends. Gives the last one's page for staff."""
    buyer = a_buyer_who_pays_first(visitor, portal)
    _, number = order_something(buyer)
    told = pay_page_of(buyer, number)
    paths = []
    for at, data in enumerate(papers(told)):
        path = folder / f"{number}-{at}.{'pdf' if data[:4] == b'%PDF' else 'png'}"
        path.write_bytes(data)
        paths.append(path)
    page: Page = buyer.go(f"/invoices/{number}/pay")
    with page.expect_navigation():
        page.locator("input[type=file]").first.set_input_files(paths)
    buyer.until(lambda: portal.waiting() == 0, 120)
    found = asked(portal, f"SELECT public_id, state FROM proof WHERE file_name = '{paths[-1].name}'")
    assert [state for _, state in found] == ["review"], found
    return f"/staff/review/{found[0][0]}"


def decide(page: Page, turn: int) -> None:
    """One proof, by keys alone, as its page allows."""
    before = page.url
    if page.locator("form[data-decide] button[data-key=a]").count():
        page.keyboard.press("a")
    elif turn == 1 and page.locator("section:has(#m) tbody tr").count():
        page.keyboard.press("a")
        page.wait_for_url("**/accept*")
        page.keyboard.type("Agreed by telephone.")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("r")
        page.keyboard.type("The document does not fit the invoice. Send the proof of the rest.")
        page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: not url.startswith(before))


def test_ten_proofs_are_decided_by_keyboard_alone(visitor: Callable[..., Any], portal: Any, tmp_path: Path) -> None:
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, n, short_by=n * 100) for n in range(1, DECISIONS)])
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, 99)])
    before = decided(portal)
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go("/staff/review")
    page.evaluate("addEventListener('pointerdown', () => { document.title = 'a mouse was used' }, true)")
    page.keyboard.press("j")
    page.wait_for_url("**/prf_*")

    for turn in range(DECISIONS):
        decide(page, turn)

    clerk.until(lambda: decided(portal) - before >= DECISIONS, 60)
    clerk.go("/staff/review")
    expect(page.locator(".pace")).to_contain_text(re.compile(r"\d+ s"))
    assert "mouse" not in page.title()


def test_the_next_document_is_there_before_it_is_asked_for(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path
) -> None:
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, 200 + n, short_by=(n + 1) * 100) for n in range(2)])
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go("/staff/review")
    page.keyboard.press("j")
    page.wait_for_url("**/prf_*")
    stood = page.locator(".sheet").first.bounding_box()
    expect(page.locator("[data-ready]")).to_be_visible(timeout=20_000)
    assert page.locator(".sheet").first.bounding_box() == stood, "the document moved under the hand"
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    following = page.locator("a[data-step=next]").get_attribute("href") or ""

    page.keyboard.press("j")
    page.wait_for_url(f"**{following}")

    assert page.locator(".sheet img").first.get_attribute("src", timeout=5_000).startswith("blob:")  # type: ignore[union-attr]
    assert [url for url in sent if following in url and "page-1" in url] == []
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.go_back()
    page.wait_for_url(lambda url: following not in url)


def test_a_decision_is_taken_back_by_its_key(visitor: Callable[..., Any], portal: Any, tmp_path: Path) -> None:
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, 300, short_by=100)])
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go("/staff/review")
    page.keyboard.press("j")
    page.wait_for_url("**/prf_*")
    shown = page.url
    page.keyboard.press("r")
    page.keyboard.type("No.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".heldlist")).to_be_visible()

    page.keyboard.press("u")

    page.wait_for_url(shown)
    expect(page.locator(".decide")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Took the decision back")


def test_a_row_lights_its_box_and_a_box_its_row(visitor: Callable[..., Any], portal: Any, tmp_path: Path) -> None:
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, 400, short_by=100)])
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go("/staff/review")
    page.keyboard.press("j")
    page.wait_for_url("**/prf_*")

    page.keyboard.press("1")
    row = page.evaluate("document.activeElement.id")
    page.locator("tr#f-date").hover()
    by_row = page.locator(".boxes .on").get_attribute("data-field")
    page.locator(".boxes [data-field=f-amount] circle").hover()

    assert row == page.locator("tbody tr").first.get_attribute("id")
    assert by_row == "f-date"
    expect(page.locator("tr#f-amount")).to_have_class(re.compile("on"))


@pytest.mark.parametrize("form", ["pdf", "screenshot_phone"])
@pytest.mark.parametrize("turns", [0, 1])
def test_a_field_is_read_again_where_a_box_is_drawn_whichever_way_the_page_is_turned(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path, form: str, turns: int
) -> None:
    seed = 500 + turns + (10 if form == "pdf" else 0)
    shown = send(visitor, portal, tmp_path, lambda told: [doubtful(told, seed, short_by=100, form=form)])
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go(shown)
    for _ in range(turns):
        page.keyboard.press("t")
    page.keyboard.press("c")
    expect(page.locator("#drawing")).to_be_visible()
    box = page.locator(".boxes [data-field=f-amount] rect").bounding_box()
    assert box is not None

    page.mouse.move(box["x"] - 2, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 2, box["y"] + box["height"] + 2, steps=5)
    page.mouse.up()

    expect(page.locator(".timeline")).to_contain_text("Corrected by", timeout=20_000)
    expect(page.locator(".timeline")).to_contain_text("Amount:")


def test_what_is_left_over_is_said_while_a_split_is_typed(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path
) -> None:
    shown = send(visitor, portal, tmp_path, lambda told: [doubtful(told, 600, short_by=100)])
    clerk = visitor()
    page: Page = clerk.sign_in("clerk")
    clerk.go(f"{shown}/accept")
    first, left = page.locator("input[data-open]").first, page.locator("[data-left]")
    page.locator("#amount").fill("1000.00")

    page.get_by_role("button", name="Empty").click()
    expect(left).to_have_text(re.compile("Left over: R.1.000.00, as credit"))
    first.fill("1 000.00")
    expect(left).to_have_text("Nothing left over")
    first.fill("1000.01")
    expect(left).to_have_text(re.compile("R.0.01 more than the payment"))
    page.get_by_role("button", name="Oldest first").click()
    expect(left).to_have_text("Nothing left over")


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_the_review_screen_with_each_of_its_dialogs(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    shown = send(visitor, portal, tmp_path, lambda told: [doubtful(told, 700, short_by=100)])
    clerk = visitor(size, scheme)
    page: Page = clerk.sign_in("clerk")
    clerk.go(shown)
    found = {"plain": complaints(page)}
    for key in ("r", "q", "?", "c"):
        page.keyboard.press(key)
        found[key] = complaints(page)
        page.keyboard.press("Escape")
    for path in ("accept", "reject", "ask", "hand-over", "correct"):
        clerk.go(f"{shown}/{path}")
        found[path] = complaints(page)

    assert {where: words for where, words in found.items() if words} == {}


def test_without_script_a_proof_is_decided_and_the_decision_taken_back(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path
) -> None:
    send(visitor, portal, tmp_path, lambda told: [doubtful(told, 800, short_by=100)])
    signed = visitor()
    signed.sign_in("clerk")
    plain = visitor(script=False)
    plain.context.add_cookies(signed.context.cookies())
    page: Page = plain.go("/staff/review")
    page.locator("a.rowlink").first.click()
    shown = page.url

    page.get_by_role("link", name=re.compile("^Reject")).click()
    page.locator("textarea").fill("No.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("button", name=re.compile("^Undo")).first.click()

    page.wait_for_url(shown)
    expect(page.locator(".timeline")).to_contain_text("Took the decision back")
