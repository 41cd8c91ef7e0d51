"""A statement from the clerk's desk to a month that is signed off, in a real browser."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from portal.core import clock
from portal.demo import names
from tests.unit.banking.files import Told, fnb


def last_month() -> date:
    """A day of the month before this one."""
    return clock.today().replace(day=1) - timedelta(days=6)


def test_a_statement_is_looked_at_imported_answered_and_its_month_signed(visitor: Any, tmp_path: Path) -> None:
    day = last_month()
    told = [
        Told(day, 1_234_00, "CASH DEPOSIT NOBODY KNOWS"),
        Told(day, -45_00, "#SERVICE FEES"),
        Told(day, -9_00, "FUEL"),
    ]
    file = tmp_path / "last-month.csv"
    file.write_text(fnb(told, names.OUR_ACCOUNTS[0].number))
    clerk, manager = visitor(), visitor()
    clerk.sign_in("clerk")
    page: Page = clerk.go("/staff/bank/statements")
    page.get_by_label("Statement", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("new lines, not imported yet")
    expect(page.locator("main")).to_contain_text("CASH DEPOSIT NOBODY KNOWS")
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/staff/bank/lines")
    clerk.until(lambda: "CASH DEPOSIT NOBODY KNOWS" in clerk.go("/staff/bank/lines").inner_text("main"))

    clerk.go("/staff/bank/months")
    page.get_by_role("link", name=f"{day:%B %Y}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("waits")
    page.get_by_role("button", name="Put what nobody knows in suspense").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("can be signed off")
    address = page.url.removeprefix(clerk.portal.url)
    assert "1\xa0234.00" in clerk.go("/staff/bank/suspense").inner_text("main")

    manager.sign_in("manager")
    page = manager.go(address)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{day:%B %Y} is signed off")
    with page.expect_download() as download:
        page.get_by_role("link", name="Report (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    file.write_text(fnb([*told, Told(day, 5_00, "TOO LATE")], names.OUR_ACCOUNTS[0].number))
    page = clerk.go("/staff/bank/statements")
    page.get_by_label("Statement", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is wrong")
    expect(page.locator("main")).to_contain_text("is signed off")
