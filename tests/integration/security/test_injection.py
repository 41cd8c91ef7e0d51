"""What people type stays what they typed: never markup, never a template, never SQL, never a header, never a formula."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from markupsafe import escape
from pypdf import PdfReader

from portal.accounts import service as accounts
from portal.platform import jobs
from tests.integration.security.filled import as_browsers_send
from tests.integration.security.forms import FORMS
from tests.integration.security.rules import calls
from tests.integration.security.stored import cells
from tests.integration.security.things import World

MARKUP = "\"><svg onload=1>'{{1337*1331}}"
SQL = "' OR 1=1 --"
#: what a template, a typesetter or a spreadsheet would make of the sums in these texts
WORKED_OUT = "1779547"
#: in this order: what one does, the next can still be done to
STORY = (
    "POST payments_oversight.give_up", "POST invoices.dispute", "POST invoices_staff.note_promise", "POST invoices_staff.answer_dispute",
    "POST content.leave_message", "POST accounts.change_details", "POST accounts_staff.change_customer",
    "POST accounts_staff.create_customer", "POST accounts_staff.invite_person", "POST accounts_staff.invite_staff",
    "POST catalog_staff.create", "POST catalog_staff.change", "POST catalog_staff.create_category",
    "POST catalog_staff.change_category", "POST catalog_staff.add_picture", "POST catalog_staff.change_picture",
    "POST catalog_staff.add_document", "POST catalog_staff.receive", "POST catalog_staff.count",
    "POST catalog_staff.create_list", "POST catalog_staff.read_table", "POST catalog_staff.read_prices",
    "POST catalog_staff.read_rates", "POST orders.place",
    "POST orders.preview", "POST orders.add_place", "POST orders.approve", "POST orders.ask_quote", "POST orders.accept_quote",
    "POST orders_staff.price_quote", "POST orders_staff.deliver", "POST orders_staff.received",
    "POST orders_staff.lift", "POST orders_staff.release", "POST proofs.send_for_invoice", "POST proofs.send",
    "POST proofs.appeal", "POST proofs.send_by_link", "POST proofs_api.process", "POST proofs_staff.ask",
    "POST proofs.answer", "POST proofs_staff.hand_over", "POST proofs_staff.correct",
    "POST proofs_staff.accept", "POST payments_staff.confirm", "POST payments_staff.record_receipt",
    "POST payments_staff.reverse", "POST programs.issue_token", "POST proofs_oversight.settle",
    "POST proofs.shared", "POST proofs.send_shared", "POST invoices_staff.credit",
    "POST invoices_staff.write_draft", "POST invoices_staff.change_ladder", "POST accounts.sign_in",
    "POST payments_oversight.ask_refund", "POST ledger_oversight.lift", "POST orders.set_rules",
    "POST proofs_mail.dismiss", "POST lists.save_view", "POST content_staff.write", "POST content_staff.write_company",
    "POST banking_staff.suspend", "POST banking_staff.give_back", "POST banking_staff.add_rule",
    "POST banking_staff.ask_month",
)  # fmt: skip
#: the same thing cannot be done to twice in one story
APART = (
    "POST proofs_oversight.start_recall", "POST proofs_staff.reject", "POST payments_staff.expire", "POST orders_staff.cancel",
    "POST orders.refuse", "POST orders.decline_quote", "POST orders_staff.decline_quote",
)  # fmt: skip
#: fields of a form that take no free text: chosen, counted, checked by a pattern, or hidden
STRICT = re.compile(
    r"email|password|old|amount.*|value_date|paid_on|since|until|price.*|quantity.*|credit_limit|spending_limit|provisional_limit"
    r"|vat_number|code|sku|customer|supplied_on|carriage|less.*|sku.*|unit.*|description.*|promised_on|days-.|(subject|words)-."
    r"|share-.*|q|percent|cents|refund_alone|day|branch|account|phone|valid_until"
    r"|usd|barcode|un_number|rate|valid_from|valid_to|from|to|heading|place|product|order|items-[1-9]-.*"
)
_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')
#: the same lists once more in another order, and what is no page
_PASSED_BY = re.compile(
    r"[?&](sort|after|before|category|kind|state)=|\.(webp|pdf|csv|xlsx|xml)|/original|^/(static|metrics|health)"
)


class _Fields(HTMLParser):
    """Names of the fields into which a person can type text."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(body)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        kind = given.get("type") or "text"
        if tag == "textarea" or (tag == "input" and kind in {"text", "search", "email", "password", "date", "tel"}):
            self.names.add(given.get("name") or "")


def shown(app: Flask, world: World, browser_of: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """Every HTML page as each side sees it: all rules, a search for the text, and wherever their links lead."""
    for role in ("buyer", "administrator", "anonymous"):
        browser, seen = browser_of(role), set()
        waiting = [call.address(app, world, world.first) for call in calls(app, "GET")]
        waiting += [f"{call.rule}?show=all&q={quote(MARKUP)}" for call in calls(app, "GET") if not call.arguments]
        while waiting:
            path = waiting.pop()
            if path in seen or _PASSED_BY.search(path):
                continue
            seen.add(path)
            answer = browser.get(path)
            assert answer.status_code < 500, path
            if answer.mimetype == "text/html":
                body = answer.get_data(as_text=True)
                waiting += [unescape(link) for link in _LINK.findall(body)]
                yield f"{role} {path}", body


def told(send: Callable[..., Any], text: str) -> None:
    for name in STORY:
        answer = send(name, text)
        assert answer.status_code in {200, 202, 303}, (name, answer.get_data(as_text=True)[:2000])


def mails(data_dir: Any) -> list[Any]:
    jobs.run_pending()
    files = sorted((data_dir / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


@pytest.fixture
def no_old_mail(data_dir: Any) -> None:
    for file in (data_dir / "mail").glob("*.eml"):
        file.unlink()


def test_every_field_of_free_text_is_written_by_these_stories(
    app: Flask, world: World, browser_of: Callable[..., Any]
) -> None:
    """A new field that is not typed into here fails, until it is."""
    written = {
        field for name in (*STORY, *APART) for field, value in FORMS[name].data(world, "§").items() if "§" in str(value)
    }
    for role in ("buyer", "administrator", "anonymous"):
        browser = browser_of(role)
        for call in calls(app, "GET"):
            answer = browser.get(call.address(app, world, world.first))
            if answer.mimetype != "text/html":
                continue
            free = {
                name for name in _Fields(answer.get_data(as_text=True)).names if name and not STRICT.fullmatch(name)
            }
            assert free <= written | {"website"}, (call.name, free - written)


@pytest.mark.parametrize("text", [MARKUP, SQL])
def test_what_people_type_stays_text_on_every_page_and_in_every_mail(
    app: Flask, world: World, browser_of: Callable[..., Any], send: Callable[..., Any], data_dir: Any,
    no_old_mail: None, text: str,
) -> None:  # fmt: skip
    told(send, text)
    seen = 0
    for where, body in shown(app, world, browser_of):
        assert "<svg onload" not in body.lower(), where
        assert WORKED_OUT not in body, where
        seen += str(escape(text)) in body
    assert seen > 12, "the text was hardly shown: the story is not told any more"
    written = mails(data_dir)
    assert written
    for mail in written:
        assert WORKED_OUT not in mail.as_string()
        assert not [
            part
            for part in mail.walk()
            if part.get_content_type() == "text/html" and "<svg onload" in part.get_content()
        ]


def test_reasons_of_staff_stay_text_too(
    app: Flask, world: World, browser_of: Callable[..., Any], send: Callable[..., Any]
) -> None:
    for name in APART:
        assert send(name, MARKUP).status_code == 303, name
    seen = 0
    for where, body in shown(app, world, browser_of):
        assert "<svg onload" not in body.lower(), where
        assert WORKED_OUT not in body, where
        seen += str(escape(MARKUP)) in body
    assert seen > len(APART)


@pytest.mark.parametrize("text", [MARKUP, SQL])
def test_a_refused_form_shows_what_was_typed_as_text(
    world: World, send: Callable[..., Any], restore: Callable[[], None], text: str
) -> None:
    for name, filled in FORMS.items():
        for field, value in filled.data(world, "Plain words").items():
            if not isinstance(value, str):
                continue
            answer = send(name, change={field: text})
            body = answer.get_data(as_text=True)
            assert answer.status_code < 500, (name, field)
            if answer.mimetype == "text/html":
                assert "<svg onload" not in body, (name, field)
                assert WORKED_OUT not in body, (name, field)
            if answer.status_code < 400:
                restore()


def test_sql_in_a_field_is_kept_as_it_is_and_touches_nothing_else(world: World, send: Callable[..., Any]) -> None:
    before = cells()
    send("POST accounts.change_details", SQL)
    changed = {cell: value for cell, value in cells().items() if before.get(cell) != value}
    person = str(world.first.people["buyer"])
    assert {cell: value for cell, value in changed.items() if cell[2] != "version"} == {("user", person, "name"): SQL}


def test_names_on_an_invoice_are_not_typeset_as_commands(
    app: Flask, world: World, browser_of: Callable[..., Any], send: Callable[..., Any]
) -> None:
    name = '#(1337*1331) $x$ *a* #read("/etc/passwd")'
    assert send("POST accounts_staff.change_customer", name).status_code == 303
    placed = send("POST orders.place", "#(1337*1331)")
    assert placed.status_code == 303
    browser = browser_of("buyer")
    found = re.search(r"/invoices/(INV-\d{4}-\d{6})", browser.get(placed.location).get_data(as_text=True))
    assert found
    pdf = browser.get(f"/invoices/{found[1]}.pdf")
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
    assert WORKED_OUT not in printed
    assert "#(1337*1331)" in printed
    assert "root:" not in printed


@pytest.mark.parametrize(
    "sign",
    [
        "\r\nBcc: evil@x.example",
        "\nBcc: evil@x.example\n\nBody",
        "\rTo: evil@x.example",
        "%0d%0aBcc: evil@x.example",
        "\u2028Bcc: evil@x.example",
    ],
)
def test_no_typed_text_becomes_a_header_of_a_mail(
    world: World, send: Callable[..., Any], data_dir: Any, no_old_mail: None, sign: str
) -> None:
    for name in ("POST content.leave_message", "POST accounts.change_details", "POST accounts_staff.invite_person"):
        send(name, f"Lerato{sign}")
    send("POST content.leave_message", change={"email": f"lerato@x.example{sign}"})
    send("POST orders.place", f"PO 1{sign}")
    send("POST orders.place")
    for mail in mails(data_dir):
        assert len(mail.get_all("To")) == 1
        assert len(mail["To"].addresses) == 1
        assert mail["To"].addresses[0].domain != "x.example" or mail["To"].addresses[0].username == "p"
        assert not {"Bcc", "Cc"} & set(mail.keys())
        assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "name",
    [
        "$(touch x).pdf",
        "-o.pdf",
        ";id;.png",
        "../../x.pdf",
        "C:\\x\\y.pdf",
        'a"; x=".pdf',
        "a\r\nSet-Cookie: b=c.pdf",
        "\u202efdp.exe",
    ],
)
def test_a_file_name_is_only_a_name(
    world: World, send: Callable[..., Any], browser_of: Callable[..., Any], name: str
) -> None:
    answer = send("POST proofs.send", change={"file": (io.BytesIO(b"%PDF-1.4\n%"), as_browsers_send(name))})
    assert answer.status_code == 303
    got = browser_of("buyer").get(f"{answer.location}/original")
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert "Set-Cookie" not in got.headers
    assert "/" not in got.headers["Content-Disposition"].replace("UTF-8''", "")
    assert "\u202e" not in browser_of("buyer").get("/proofs").get_data(as_text=True)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t=", '"=', "'=", "＝", "−1+"])
def test_no_cell_of_a_statement_is_a_formula(
    world: World, send: Callable[..., Any], browser_of: Callable[..., Any], first: str
) -> None:
    number = f'{first}HYPERLINK("//x","y")'
    if send("POST orders.place", "Plain words", change={"po_number": number}).status_code == 422:
        assert not number.strip().isprintable()
        return
    answer = browser_of("buyer").get("/statement.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert any("HYPERLINK" in cell for row in rows for cell in row)
    for row in rows:
        for cell in row:
            assert re.fullmatch(r"-?\d+(\.\d\d)?", cell) or not re.match(r"\s*[=+\-@\t\r\n＝＋－＠]", cell), cell


def test_the_statement_leaves_as_a_download(browser_of: Callable[..., Any], world: World) -> None:
    answer = browser_of("buyer").get("/statement.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=statement-ONE001-")
    assert accounts.customer(world.first.customer_id).code == "ONE001"
