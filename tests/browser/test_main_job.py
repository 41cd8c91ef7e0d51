"""The main job, once, for real: order, invoice, pay page, proofs, verdicts, review, money confirmed, goods released."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.facts import Drawn, ProofFacts
from portal.demo.drawing.papers import paper
from portal.demo.drawing.proofs import draw

PAID_ON_CONFIRMATION = "when the bank confirms your payment"


@dataclass
class PayPage:
    """What the pay page tells a payer."""

    number: str
    reference: str
    amount: Money
    account: str

    def proof(self, *, style: str = "fnb", form: str = "pdf", short_by: int = 0, seed: int = 1) -> Drawn:
        amount = self.amount - Money.zar(short_by)
        facts = ProofFacts(
            amount=amount, paid_on=clock.today(), reference=self.reference, beneficiary_account=self.account, seed=seed
        )
        return draw(facts, style=style, form=form)


def order_something(buyer: Any) -> tuple[str, str]:
    """Put two things in the cart and order them; the order's and the invoice's number."""
    page: Page = buyer.page
    buyer.go("/products")
    for nth in (0, 1):
        page.get_by_role("button", name=re.compile("^Add")).nth(nth).click()
        page.wait_for_load_state()
    buyer.go("/checkout")
    page.get_by_label("Your PO number").fill("PO 88123")
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/orders/ORD-*")
    text = page.inner_text("main")
    return re.search(r"ORD-\d{4}-\d{6}", page.url).group(), re.search(r"INV-\d{4}-\d{6}", text).group()  # type: ignore[union-attr]


def pay_page_of(buyer: Any, number: str) -> PayPage:
    page: Page = buyer.go(f"/invoices/{number}/pay")
    copied = {
        button.inner_text().split("Copy")[-1].strip(): button.get_attribute("data-copy") or ""
        for button in page.locator("button[data-copy]").all()
    }
    return PayPage(number, copied["reference"], Money.parse(copied["amount"]), copied["account number"])


def upload(buyer: Any, folder: Path, drawn: Drawn, to: str) -> None:
    """Choose a file as a person does and wait for the page that follows it."""
    path = folder / drawn.file_name
    path.write_bytes(drawn.data)
    page: Page = buyer.go(to)
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url("**/proofs/prf_*")
    buyer.until(lambda: page.locator("#verdict h1").count() > 0, 90)


def pay_link_of(portal: Any, number: str) -> str | None:
    """The signed address in the mail about this invoice; other mails may name the invoice too."""
    for path in (portal.data_dir / "mail").glob("*.eml"):
        text = message_from_bytes(path.read_bytes(), policy=policy.default).get_body().get_content()  # type: ignore[union-attr]
        link = re.search(r"/pay/[\w.\-=]+", text)
        if link and number in text:
            return link.group()
    return None


def a_buyer_who_pays_first(visitor: Callable[..., Any], portal: Any) -> Any:
    for person in (one for one in portal.people if one["role"] == "buyer"):
        buyer = visitor()
        buyer.sign_in_as(person)
        buyer.go("/products")
        buyer.page.get_by_role("button", name=re.compile("^Add")).first.click()
        buyer.page.wait_for_load_state()
        buyer.go("/checkout")
        if PAID_ON_CONFIRMATION in buyer.page.inner_text("main"):
            return buyer
    raise AssertionError("no customer of the demo waits for cleared money")


def test_from_the_shelf_to_released_goods(visitor: Callable[..., Any], portal: Any, tmp_path: Path) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    order, number = order_something(buyer)
    told = pay_page_of(buyer, number)
    pay = f"/invoices/{number}/pay"

    upload(buyer, tmp_path, paper("quotation", day=clock.today(), amount=told.amount, seed=4), pay)
    expect(buyer.page.locator("#verdict h1")).not_to_contain_text("fits")

    upload(buyer, tmp_path, told.proof(style="standard", short_by=100_00, seed=2), pay)
    expect(buyer.page.locator("#verdict h1")).to_contain_text("with our team")
    short = buyer.page.url.rsplit("/", 1)[-1]

    upload(buyer, tmp_path, told.proof(seed=3), pay)
    expect(buyer.page.locator("#verdict h1")).to_contain_text(f"fits {number}")
    assert buyer.page.locator(".boxes a").count() >= 5

    clerk = visitor()
    page = clerk.sign_in("clerk")
    clerk.go(f"/staff/review/{short}")
    expect(page.locator(".why")).to_contain_text("100.00")
    page.keyboard.press("r")
    page.locator("dialog[open] textarea").fill("It is R 100.00 short, and the full payment came after it.")
    page.locator("dialog[open]").get_by_role("button", name="Reject").click()
    page.wait_for_url(lambda url: short not in url)

    clerk.go("/staff/bank?q=" + number)
    page.locator("tbody input[type=checkbox]").check()
    page.get_by_role("button", name="Confirm as seen at the bank").click()
    expect(page.locator("main")).not_to_contain_text(told.reference)

    buyer.go(f"/invoices/{number}")
    expect(buyer.page.locator("main")).to_contain_text("Paid")
    buyer.go(f"/orders/{order}")
    expect(buyer.page.locator("main")).to_contain_text("on their way")
    portal.flask("self-check")
    portal.flask("ledger", "verify")


def test_the_signed_link_of_the_mail_takes_a_proof_without_signing_in(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path
) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    _, number = order_something(buyer)
    told = pay_page_of(buyer, number)
    buyer.until(lambda: pay_link_of(portal, number) is not None, 60)
    link = pay_link_of(portal, number)
    stranger = visitor()
    drawn = told.proof(seed=8)
    path = tmp_path / "p.pdf"
    path.write_bytes(drawn.data)

    page: Page = stranger.go(link)
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url("**/proofs/prf_*")

    stranger.until(lambda: "fits this invoice" in page.inner_text("main"), 60)
    assert page.goto(portal.url + "/invoices").url.endswith("/login?next=/invoices")  # type: ignore[union-attr]


def test_without_script_a_proof_is_sent_and_its_page_loads_itself_again(
    visitor: Callable[..., Any], portal: Any, tmp_path: Path
) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    _, number = order_something(buyer)
    told = pay_page_of(buyer, number)
    path = tmp_path / "p.pdf"
    path.write_bytes(told.proof(seed=9).data)
    plain = visitor(script=False)
    plain.context.add_cookies(buyer.context.cookies())

    page: Page = plain.go(f"/invoices/{number}/pay")
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_role("button", name="Send proof").click()
    page.wait_for_url("**/proofs/prf_*")

    plain.until(lambda: page.locator("#verdict h1").count() > 0, 90)
    expect(page.locator("#verdict h1")).to_contain_text(f"fits {number}")
