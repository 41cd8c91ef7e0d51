"""Staff write what public pages say: previewed, kept in versions, compared, restored, and harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from portal.content import service
from portal.content.models import ContentVersion
from portal.content.pieces import PIECES
from portal.content.types import Content, Item
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent

Staff = Callable[[str], Any]


def save(browser: Any, piece: str, seen: int = 0, **data: str) -> Any:
    browser.get(f"/staff/content/{piece}")
    return browser.post(f"/staff/content/{piece}", data={"seen": str(seen), **data})


def test_what_a_manager_writes_is_on_the_page(client: Any, staff: Staff) -> None:
    answer = save(staff("manager"), "hero", title="Steel & hoses", words="From **Kathu**.")

    assert answer.status_code == 303
    page = client.get("/").text
    assert "<h1>Steel &amp; hoses</h1>" in page
    assert "<strong>Kathu</strong>" in page
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "content.written")).one()
    assert (event.subject, event.after) == ("content:hero", {"version": 1})


def test_a_preview_is_shown_and_keeps_nothing(client: Any, staff: Staff) -> None:
    manager = staff("manager")
    manager.get("/staff/content/hero")

    answer = manager.post("/staff/content/hero/preview", data={"title": "Not yet", "words": "A *draft*", "seen": "0"})

    assert "<em>draft</em>" in answer.text
    assert 'value="Not yet"' in answer.text
    assert "Not yet" not in client.get("/").text
    assert db.session.scalar(select(func.count(ContentVersion.id))) == 0


def test_each_version_is_kept_compared_and_can_be_shown_again(client: Any, staff: Staff) -> None:
    manager = staff("manager")
    save(manager, "terms", 0, title="Terms", words="Pay in 30 days.\n\nDo not be late.", note="Lawyer")
    save(manager, "terms", 1, title="Terms", words="Pay in 7 days.\n\nDo not be late.")

    history = manager.get("/staff/content/terms/history").text
    assert "Version 2 (shown now)" in history
    assert "Lawyer" in history
    compared = manager.get("/staff/content/terms/history/1").text
    assert "<del>− Pay in 30 days.</del><ins>+ Pay in 7 days.</ins>" in compared
    assert "prices are in rand" in manager.get("/staff/content/terms/history/0").text.lower()
    manager.get("/staff/content/terms/history/1")
    manager.post("/staff/content/terms/history/1/restore", data={"seen": "2"})

    assert "Pay in 30 days." in client.get("/terms").text
    assert [(each.number, each.note) for each in service.versions_of("terms")] == [
        (3, "As version 1"), (2, ""), (1, "Lawyer"),
    ]  # fmt: skip


def test_two_managers_do_not_overwrite_each_other(staff: Staff) -> None:
    manager = staff("manager")
    first = save(manager, "hero", 0, title="First", words="")
    second = save(manager, "hero", 0, title="Second", words="")

    assert (first.status_code, second.status_code) == (303, 409)
    assert service.shown("hero")["hero"].title == "First"


def test_saving_the_same_again_makes_no_version(staff: Staff) -> None:
    manager = staff("manager")
    save(manager, "hero", 0, title="One", words="")
    save(manager, "hero", 1, title="One", words="")

    assert len(service.versions_of("hero")) == 1


def test_what_a_page_said_is_never_changed(app: Any, staff: Staff) -> None:
    save(staff("manager"), "hero", 0, title="One", words="")

    for change in (lambda row: setattr(row, "body", {}), db.session.delete):
        row = db.session.scalars(select(ContentVersion)).one()
        change(row)
        with pytest.raises(DatabaseError):
            db.session.flush()
        db.session.rollback()


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) <svg onload=alert(1)> <img src=x onerror=alert(1)>"


@pytest.mark.parametrize("piece", PIECES)
def test_no_piece_carries_what_a_browser_would_run(client: Any, staff: Staff, piece: str) -> None:
    entry = {"items-0-title": HOSTILE[:120], "items-0-words": HOSTILE, "items-0-icon": "truck", "items-0-link": "/x"}
    manager = staff("manager")
    assert save(manager, piece, title=HOSTILE, words=HOSTILE, **entry).status_code == 303

    shown = client.get(PIECES[piece].page)
    for page in (shown.text, manager.get(f"/staff/content/{piece}/history/1").text):
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page.lower()
        assert "<svg onload" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "http://x.example", "products"])  # fmt: skip
def test_a_link_leads_into_the_portal_or_to_an_https_address(staff: Staff, link: str) -> None:
    answer = save(staff("manager"), "menu", **{"items-0-title": "Shop", "items-0-link": link})

    assert answer.status_code == 422
    assert "needs an address like" in answer.text
    assert service.shown("menu")["menu"] == PIECES["menu"].default


def test_testimonials_stand_on_the_home_page_once_there_are_some(client: Any, staff: Staff) -> None:
    assert "What customers say" not in client.get("/").text
    told = {"items-0-title": "Thandi, Marikana Plant", "items-0-words": "Never waited *again*."}
    save(staff("manager"), "testimonials", title="What customers say", **told)

    page = client.get("/").text
    assert "Thandi, Marikana Plant" in page
    assert "<em>again</em>" in page


def test_the_menu_of_visitors_is_what_staff_wrote(client: Any, staff: Staff) -> None:
    save(staff("manager"), "menu", **{"items-0-title": "Shop", "items-0-link": "/products", "items-1-title": ""})

    page = client.get("/contact").text
    assert '<a href="/products">Shop</a>' in page
    assert "How paying works" not in page


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("dispatcher", 403), ("manager", 200), ("administrator", 200)])  # fmt: skip
def test_managers_write_pages(staff: Staff, role: str, status: int) -> None:
    assert staff(role).get("/staff/content/hero").status_code == status


def test_a_piece_that_is_none_is_not_found(staff: Staff) -> None:
    manager = staff("manager")
    assert manager.get("/staff/content/company").status_code == 404  # our facts have their own page
    assert manager.get("/staff/content/hero/history/9").status_code == 404


def test_entries_without_a_title_are_left_out(app: Any) -> None:
    told = Content("Said", items=(Item(" "), Item("Thandi", "Good")))
    assert service.checked("testimonials", told).items == (Item("Thandi", "Good"),)


def test_a_version_that_is_lost_to_a_rollback_leaves_no_gap(app: Any, staff: Staff) -> None:
    manager = staff("manager")
    save(manager, "hero", 0, title="One", words="")
    with pytest.raises(ZeroDivisionError):
        transaction(lambda: service.restore("hero", 1, seen=1, by=_by()) and 1 // 0)
    save(manager, "hero", 1, title="Two", words="")

    assert [each.number for each in service.versions_of("hero")] == [2, 1]


def _by() -> Any:
    from portal.core.identity import Identity

    return Identity(1, "M", "m@x.example", frozenset({"manager"}), None, None, None, None, 0)
