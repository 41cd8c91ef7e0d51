"""A file is kept, read and shown before anything is imported; importing does what was shown, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.banking import service as banking
from portal.banking.errors import StatementRefused
from portal.banking.models import BankStatement, StatementLine
from portal.banking.types.uploads import Fate, UploadInfo, UploadState
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.platform import audit, jobs, storage
from portal.platform.db import db
from tests.integration.banking.bank import Bank, line
from tests.integration.banking.test_pages import press_import, send, text_of
from tests.unit.banking.files import plain

SignIn = Callable[[str], Any]


def look(bank: Bank, content: bytes, name: str = "march.csv") -> UploadInfo:
    return banking.look_at(content, name, bank.company.bank_id, by=bank.company.clerk_id)


def stored() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count(StatementLine.id))) or 0)


def press(bank: Bank, made: UploadInfo) -> Any:
    done = banking.import_upload(made.id, seen=made.seen, by=bank.company.clerk_id)
    db.session.expire_all()
    return done


def test_looking_imports_nothing_and_says_what_would_become_of_each_line(bank: Bank) -> None:
    invoice = bank.company.invoice()
    content = bank.statement(
        line(100_00, "EFT", invoice.reference), line(77_00, "NOBODY KNOWS"), line(-8_50, "#SERVICE FEES")
    )
    made = look(bank, content)
    assert stored() == 0
    assert made.state is UploadState.DRAFT
    assert made.counts == {Fate.ALONE: 1, Fate.WAITS: 1, Fate.ASIDE: 1, Fate.HERE: 0}
    assert made.proved and made.opening is not None and made.opening + made.moved == made.closing
    shown, following = banking.shown_lines(made, None, 0)
    assert following is None
    assert (shown[0].fate, shown[0].pays) == (Fate.ALONE, invoice.number)
    assert shown[0].why and shown[2].amount == Money.zar(-8_50)


def test_the_bytes_are_kept_by_their_hash_whatever_is_in_them(bank: Bank) -> None:
    good, bad = bank.statement(line(1_00, "A")), b"not a statement\nat all\n"
    for content, state in ((good, UploadState.DRAFT), (bad, UploadState.REFUSED)):
        made = look(bank, content)
        assert made.state is state
        assert made.sha256 == hashlib.sha256(content).hexdigest()
        assert storage.read(f"documents/{made.sha256}") == content


def test_a_mutated_file_names_its_row_and_cannot_be_imported(bank: Bank) -> None:
    content = bank.statement(line(1_00, "A"), line(2_00, "B"), line(3_00, "C"))
    made = look(bank, content.replace(plain(2_00).encode(), b"9.00", 1))
    assert made.refused and made.refused_row == 5 and "Row 5" in made.refusal
    with pytest.raises(IllegalMove):
        banking.import_upload(made.id, seen="0" * 64, by=bank.company.clerk_id)
    assert stored() == 0


def test_the_button_imports_exactly_what_was_shown_and_once(bank: Bank) -> None:
    content = bank.statement(line(1_00, "A"), line(2_00, "B"))
    made = look(bank, content)
    first, again = press(bank, made), press(bank, made)
    assert (first.added, again.statement_id) == (2, first.statement_id)
    assert stored() == 2
    assert db.session.scalar(select(func.count(BankStatement.id))) == 1
    assert banking.upload(made.id).state is UploadState.MADE
    assert look(bank, content).state is UploadState.MADE


def test_what_came_another_way_meanwhile_makes_the_button_ask_to_look_again(bank: Bank) -> None:
    first, both = [line(1_00, "A")], [line(1_00, "A"), line(2_00, "B")]
    made = look(bank, bank.statement(*both))
    bank.upload(bank.statement(*first))
    with pytest.raises(Conflict, match="Look at the file again"):
        press(bank, made)
    assert stored() == 1
    again = banking.look_again(made.id, by=bank.company.clerk_id)
    assert again.counts[Fate.HERE] == 1 and again.new == 1
    assert press(bank, again).added == 1


def test_a_button_of_another_page_imports_nothing(bank: Bank) -> None:
    made = look(bank, bank.statement(line(1_00, "A")))
    with pytest.raises(Conflict):
        banking.import_upload(made.id, seen="f" * 64, by=bank.company.clerk_id)
    assert stored() == 0


def test_a_gap_and_an_overlap_are_said_before_the_import(bank: Bank) -> None:
    day = clock.today() - timedelta(days=9)
    bank.upload(bank.statement(line(5_00, "A", day=day)))
    later = look(bank, bank.statement(line(7_00, "B", day=day + timedelta(days=2))))
    assert "missing" in later.gap and later.new == 1
    same = look(bank, bank.statement(line(5_00, "A", day=day), line(6_00, "B", day=day)))
    assert (same.gap, same.counts[Fate.HERE], same.new) == ("", 1, 1)


def test_an_import_that_is_seen_is_matched_and_booked_by_the_job(bank: Bank) -> None:
    invoice = bank.company.invoice()
    press(bank, look(bank, bank.statement(line(100_00, "EFT", invoice.reference))))
    jobs.run_pending(strict=True)
    db.session.expire_all()
    assert not bank.company.balance(invoice)


def test_looking_is_audited_with_the_row_that_is_wrong(bank: Bank) -> None:
    made = look(bank, b"a,b\n1,2\n")
    (event,) = audit.of(f"statement_upload:{made.id}")
    assert event.action == "bank.file_looked_at" and event.after["state"] == "refused"


def test_an_empty_file_is_said_and_not_kept(bank: Bank) -> None:
    with pytest.raises(StatementRefused, match="empty"):
        look(bank, b" \r\n")
    assert banking.uploads_waiting() == []


# -- pages --------------------------------------------------------------------------------------------------------


def test_a_clerk_sees_the_preview_filters_it_and_imports(bank: Bank, signed_in: SignIn) -> None:
    clerk, invoice = signed_in("clerk@us.example"), bank.company.invoice()
    content = bank.statement(line(100_00, "EFT KAROO", invoice.reference), line(77_00, "NOBODY KNOWS"))
    address = send(clerk, bank, content).headers["Location"]
    page = clerk.get(address)
    assert "2\xa0new lines, not imported yet" in text_of(page) and invoice.number in text_of(page)
    only = text_of(clerk.get(f"{address}?show=waits"))
    assert "NOBODY KNOWS" in only and "EFT KAROO" not in only
    assert stored() == 0
    assert press_import(clerk, page).status_code == 303
    assert stored() == 2
    assert "Imported: march.csv" in text_of(clerk.get(address))


def test_a_refused_file_stays_in_the_list_with_its_words(bank: Bank, signed_in: SignIn) -> None:
    clerk = signed_in("clerk@us.example")
    answer = send(clerk, bank, b"rubbish", "rubbish.csv")
    assert answer.status_code == 422 and "Name its columns" in text_of(answer)
    shown = text_of(clerk.get("/staff/bank/statements"))
    assert "rubbish.csv" in shown and "Refused" in shown


def test_a_form_without_what_was_shown_imports_nothing(bank: Bank, signed_in: SignIn) -> None:
    clerk = signed_in("clerk@us.example")
    address = send(clerk, bank, bank.statement(line(1_00, "A"))).headers["Location"]
    assert clerk.post(address, data={}).status_code == 422
    assert clerk.post(address, data={"seen": "0" * 64}).status_code == 409
    assert clerk.post(f"{address}/again").status_code == 303
    assert stored() == 0
    assert clerk.get("/staff/bank/uploads/999").status_code == 404


def test_a_long_preview_goes_on_behind_fifty_lines(bank: Bank, signed_in: SignIn) -> None:
    clerk = signed_in("clerk@us.example")
    content = bank.statement(*(line(100 + at, f"PAYER {at:03d}") for at in range(60)))
    address = send(clerk, bank, content).headers["Location"]
    first, rest = text_of(clerk.get(address)), text_of(clerk.get(f"{address}?after=50"))
    assert "PAYER 049" in first and "PAYER 050" not in first
    assert "PAYER 050" in rest and "PAYER 049" not in rest
