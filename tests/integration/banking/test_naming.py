"""Columns of a file that no layout fits are named once, shown as they read, and known again by their headings."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from portal.banking import service as banking
from portal.banking.errors import StatementRefused
from portal.banking.types.mappings import Naming
from portal.banking.types.uploads import UploadState
from portal.core.errors import BadInput, IllegalMove
from portal.platform.db import db
from tests.integration.banking.bank import Bank
from tests.integration.banking.test_pages import send, text_of

SignIn = Callable[[str], Any]
#: headings that nobody's bank has
ROWS = (
    ("Export of Kleinbank", "", "", "", ""), ("When", "Story", "Budget", "Moved", "Left after"),
    ("2026/03/02", "EFT KAROO 7K04M2X3", "5.00", "100.00", "1100.00"),
    ("2026/03/03", "RENT", "9.00", "-50.00", "1050.00"),
)  # fmt: skip
ROLES = {"date": 0, "description": 1, "amount": 3, "balance": 4}
NAMING = Naming(2, ROLES)


def csv(rows: Any = ROWS, mark: str = ";") -> bytes:
    return "\r\n".join(mark.join(row) for row in rows).encode() + b"\r\n"


def look(bank: Bank, content: bytes) -> Any:
    return banking.look_at(content, "klein.csv", bank.company.bank_id, by=bank.company.clerk_id)


def keep(bank: Bank, upload_id: int, naming: Naming = NAMING) -> Any:
    return banking.keep_naming(upload_id, "Kleinbank", naming, by=bank.company.clerk_id)


def other_month() -> bytes:
    later = (("2026/04/01", "EFT VAAL", "5.00", "7.00", "1057.00"), ("2026/04/02", "RENT", "1.00", "-7.00", "1050.00"))
    return csv((*ROWS[:2], *later))


def test_columns_are_guessed_shown_and_kept(bank: Bank) -> None:
    made = look(bank, csv())
    assert made.refused
    guess = banking.named(made.id)
    assert guess.naming.heading == 2 and guess.headings == ("When", "Story", "Budget", "Moved", "Left after")
    assert guess.problem and not guess.lines
    shown = banking.named(made.id, NAMING)
    assert [(str(each.on), each.amount.cents) for each in shown.lines] == [
        ("2026-03-02", 100_00),
        ("2026-03-03", -50_00),
    ]
    assert shown.proved and shown.count == 2
    kept = keep(bank, made.id)
    assert kept.state is UploadState.DRAFT and kept.new == 2 and kept.mapping_id is not None


def test_the_next_file_with_the_same_headings_is_known(bank: Bank) -> None:
    keep(bank, look(bank, csv()).id)
    again = look(bank, other_month())
    assert again.state is UploadState.DRAFT and again.layout == "mapped" and again.new == 2


def test_a_file_with_headings_in_another_place_is_known_by_them(bank: Bank) -> None:
    keep(bank, look(bank, csv()).id)
    more = (("Printed today", "", "", "", ""), *ROWS[:2], ("2026/04/01", "EFT VAAL", "5.00", "7.00", "1057.00"))
    assert look(bank, csv(more)).new == 1


def test_named_columns_prove_themselves_like_every_other(bank: Bank) -> None:
    keep(bank, look(bank, csv()).id)
    wrong = look(bank, csv((*ROWS[:3], ("2026/03/03", "RENT", "9.00", "-51.00", "1050.00"))))
    assert wrong.refused and wrong.refused_row == 4


def test_signs_can_be_turned(bank: Bank) -> None:
    rows = (("When", "Story", "Spent"), ("2026/03/02", "RENT", "50.00"), ("2026/03/03", "EFT KAROO", "-100.00"))
    made = look(bank, csv(rows))
    naming = Naming(1, {"date": 0, "description": 1, "amount": 2}, turned=True)
    assert [each.amount.cents for each in banking.named(made.id, naming).lines] == [-50_00, 100_00]


def test_a_file_without_headings_is_known_by_its_columns(bank: Bank) -> None:
    rows = tuple((each[0], "x", each[1], each[3], "note") for each in ROWS[2:])
    made = look(bank, csv(rows, "|"))
    naming = Naming(0, {"date": 0, "description": 2, "amount": 3})
    assert banking.named(made.id, naming).count == 2
    assert keep(bank, made.id, naming).new == 2


def test_a_workbook_is_named_like_a_text(bank: Bank) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(out)
    made = look(bank, out.getvalue())
    assert keep(bank, made.id).new == 2


@pytest.mark.parametrize(
    "naming",
    [
        Naming(2, {}), Naming(2, {"date": 0}), Naming(2, {"amount": 3}), Naming(2, {"date": 0, "amount": 99}),
        Naming(99, ROLES), Naming(-1, ROLES), Naming(2, {"date": 1, "amount": 3}), Naming(2, {"date": 0, "amount": 0}),
    ],
)  # fmt: skip
def test_columns_that_make_no_statement_are_said_and_not_kept(bank: Bank, naming: Naming) -> None:
    made = look(bank, csv())
    assert banking.named(made.id, naming).problem
    with pytest.raises(BadInput):
        keep(bank, made.id, naming)
    assert banking.mappings() == []


def test_switched_off_they_read_no_file(bank: Bank) -> None:
    keep(bank, look(bank, csv()).id)
    (mapping,) = banking.mappings()
    bank.company.do(lambda: banking.switch_mapping(mapping.id, False, by=bank.company.clerk_id))
    assert look(bank, other_month()).refused


def test_what_is_no_table_or_was_imported_has_no_columns_to_name(bank: Bank) -> None:
    with pytest.raises(StatementRefused):
        banking.named(look(bank, b"%PDF-1.4 nothing").id)
    made = keep(bank, look(bank, csv()).id)
    banking.import_upload(made.id, seen=made.seen, by=bank.company.clerk_id)
    with pytest.raises(IllegalMove):
        banking.named(made.id, NAMING)
    db.session.rollback()


def test_a_clerk_names_columns_without_script(bank: Bank, signed_in: SignIn) -> None:
    clerk = signed_in("clerk@us.example")
    assert send(clerk, bank, csv()).status_code == 422
    upload_id = banking.uploads_waiting()[0].id
    address = f"/staff/bank/uploads/{upload_id}/columns"
    assert "Which column holds what?" in text_of(clerk.get(address))
    chosen = {"heading": "2", "name": "Kleinbank", "column-0": "date", "column-1": "description", "column-3": "amount"}
    shown = text_of(clerk.post(address, data=chosen | {"show": "y"}))
    assert "It reads as 2\xa0lines" in shown and "Keep it and read the file" in shown
    assert banking.mappings() == []
    assert clerk.post(address, data=chosen | {"column-3": "", "keep": "y"}).status_code == 422
    assert clerk.post(address, data=chosen | {"heading": "x", "keep": "y"}).status_code == 422
    done = clerk.post(address, data=chosen | {"column-4": "balance", "keep": "y"})
    assert done.headers["Location"] == f"/staff/bank/uploads/{upload_id}"
    assert "Kleinbank" in text_of(clerk.get("/staff/bank/columns"))
    (mapping,) = banking.mappings()
    assert clerk.post(f"/staff/bank/columns/{mapping.id}/switch", data={"to": "off"}).status_code == 303
    assert "Switch on" in text_of(clerk.get("/staff/bank/columns"))
