"""Staff change what sets lines aside, try it on what came, and everything stays to be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.banking import service as banking
from portal.banking.types import LineState
from portal.banking.types.rules import AsideKind, AsideRule
from portal.core.errors import BadInput, Conflict
from portal.ledger.types import JournalKind
from portal.platform import jobs
from portal.platform.db import db
from tests.integration.banking.bank import Bank, journals, line
from tests.integration.banking.test_pages import text_of

SignIn = Callable[[str], Any]
SCRAP = AsideRule("", AsideKind.INCOME, "Scrap metal", ("SCRAP METAL",), place=50)


def write(bank: Bank, draft: AsideRule, seen: int = 0) -> str:
    return str(bank.company.do(lambda: banking.write_rule(draft, seen=seen, by=bank.company.clerk_id)))


def test_what_came_with_the_portal_is_listed_first_to_last(bank: Bank) -> None:
    assert [each.rule.code for each in banking.aside_rules()] == ["fees", "reversals", "transfers", "income"]
    assert all(each.built_in and each.version == 0 for each in banking.aside_rules())


def test_a_rule_of_our_own_sets_lines_aside_from_then_on(bank: Bank) -> None:
    (before,) = bank.shows(line(99_00, "SCRAP METAL YARD"))
    assert before.state is LineState.UNMATCHED
    write(bank, SCRAP)
    assert bank.shows(line(98_00, "SCRAP METAL YARD"))[-1].state is LineState.IGNORED
    assert banking.line(before.id).state is LineState.UNMATCHED


def test_a_built_in_rule_that_is_switched_off_sets_nothing_aside(bank: Bank) -> None:
    income = banking.aside_rule("income")
    write(bank, replace(income.rule, active=False))
    assert bank.shows(line(12_00, "CREDIT INTEREST"))[-1].state is LineState.UNMATCHED
    assert banking.aside_rule("income").version == 1
    write(bank, income.rule, seen=1)
    assert bank.shows(line(13_00, "CREDIT INTEREST"))[-1].state is LineState.IGNORED


def test_a_fee_rule_books_what_it_recognises(bank: Bank) -> None:
    assert bank.shows(line(-50_00, "LEVY OF THE BANK"))[-1].journal_id is None
    write(bank, AsideRule("", AsideKind.FEE, "Levy", ("LEVY OF THE BANK",)))
    assert bank.shows(line(-51_00, "LEVY OF THE BANK"))[-1].journal_id is not None
    assert journals(JournalKind.FEE) == 1


def test_a_reversal_rule_undoes_a_payment(bank: Bank) -> None:
    write(bank, AsideRule("", AsideKind.REVERSAL, "Clawed back", ("^CLAWBACK",)))
    invoice = bank.company.invoice()
    bank.shows(line(100_00, "EFT KAROO", invoice.reference))
    back = bank.shows(line(-100_00, "CLAWBACK EFT KAROO", invoice.reference))[-1]
    assert back.state is LineState.ALLOCATED
    assert bank.company.balance(invoice).cents == 100_00


def test_trying_says_what_it_fits_and_keeps_nothing(bank: Bank) -> None:
    invoice = bank.company.invoice()
    bank.shows(
        line(99_00, "SCRAP METAL YARD"), line(100_00, "SCRAP METAL", invoice.reference), line(-5_00, "SCRAP METAL")
    )
    found = banking.try_rule(replace(SCRAP, active=False))
    assert (found.looked_at, len(found.hits), found.of_customers) == (3, 2, 1)
    assert len(banking.aside_rules()) == 4
    db.session.rollback()


@pytest.mark.parametrize("phrases", [(), ("  ",), ("A",), ("*",), tuple(f"WORD{at}" for at in range(61))])
def test_what_fits_too_much_is_refused(bank: Bank, phrases: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        write(bank, replace(SCRAP, phrases=phrases))
    assert caught.value.field == "phrases"
    assert len(banking.aside_rules()) == 4


def test_two_who_change_a_rule_at_once_are_told(bank: Bank) -> None:
    code = write(bank, SCRAP)
    draft = replace(SCRAP, code=code)
    write(bank, replace(draft, name="Scrap"), seen=1)
    with pytest.raises(Conflict):
        write(bank, replace(draft, name="Metal"), seen=1)
    assert banking.aside_rule(code).rule.name == "Scrap"


def test_each_change_is_kept_with_who_made_it(bank: Bank, signed_in: SignIn) -> None:
    manager = signed_in("manager@us.example")
    data = {"name": "Scrap metal", "kind": "income", "phrases": "SCRAP METAL\nOLD IRON", "place": "50", "active": "y"}
    assert manager.post("/staff/bank/rules/new", data=data | {"keep": "y", "version": "0"}).status_code == 303
    assert manager.post("/staff/bank/rules/own-1", data=data | {"version": "1", "place": "7"}).status_code == 303
    db.session.rollback()
    first, second = banking.history_of_rule("own-1")
    assert (first.actor, first.after["place"], second.after["place"]) == ("manager@us.example", 7, 50)
    shown = text_of(manager.get("/staff/bank/rules/own-1"))
    assert "OLD IRON" in shown and "manager@us.example" in shown
    assert "Scrap metal" in text_of(manager.get("/staff/bank/rules"))


def test_trying_shows_the_lines_and_keeps_what_was_typed(bank: Bank, signed_in: SignIn) -> None:
    bank.shows(line(99_00, "SCRAP METAL YARD"))
    manager = signed_in("manager@us.example")
    data = {"name": "Scrap", "kind": "income", "phrases": "SCRAP METAL", "place": "50", "try": "y", "version": "0"}
    shown = text_of(manager.post("/staff/bank/rules/new", data=data))
    assert "It fits 1 of the last 1\xa0line" in shown and "SCRAP METAL YARD" in shown
    assert 'value="Scrap"' in shown
    refused = manager.post("/staff/bank/rules/new", data=data | {"phrases": "A", "place": "0"})
    assert refused.status_code == 422
    db.session.rollback()
    assert len(banking.aside_rules()) == 4


def test_a_clerk_reads_rules_and_changes_none(bank: Bank, signed_in: SignIn) -> None:
    clerk = signed_in("clerk@us.example")
    assert clerk.get("/staff/bank/rules/income").status_code == 200
    assert clerk.get("/staff/bank/rules/new").status_code == 403
    assert clerk.post("/staff/bank/rules/income", data={"active": ""}).status_code == 403
    assert clerk.get("/staff/bank/rules/nothing").status_code == 404
    jobs.run_pending(strict=True)
