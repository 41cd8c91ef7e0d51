"""The demo's companies and people have the right shapes, and no two share what must be their own."""

from __future__ import annotations

import re

from portal.demo import names
from portal.platform.config import load


def test_there_are_enough_customers_with_their_own_codes() -> None:
    assert len(names.CUSTOMERS) >= 25
    for of_theirs in ("code", "name", "account", "domain", "registration"):
        assert len({getattr(customer, of_theirs) for customer in names.CUSTOMERS}) == len(names.CUSTOMERS)


def test_vat_numbers_are_ten_digits_that_start_with_4() -> None:
    numbers = [customer.vat_number for customer in names.CUSTOMERS if customer.vat_number] + [names.OUR_VAT_NUMBER]

    assert all(re.fullmatch(r"4\d{9}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_one_customer_is_not_registered_for_vat() -> None:
    assert [customer.code for customer in names.CUSTOMERS if customer.vat_number is None] == ["PCB189"]


def test_customer_codes_have_the_form_that_accounts_demand() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}[0-9]{3}", customer.code) for customer in names.CUSTOMERS)


def test_we_can_issue_invoices_and_say_that_we_are_a_demo() -> None:
    assert names.OUR_COMPANY.missing == ()
    assert names.OUR_COMPANY.demo


def test_outside_the_demo_nothing_is_assumed_of_us_but_the_name() -> None:
    ours = load({"FLASK_ENV": "testing", "SECRET_KEY": "x" * 40}).company

    assert (ours.name, ours.vat_number, ours.address, ours.demo) == (names.OUR_NAME, "", (), False)
    assert ours.missing == ("our VAT number", "our address")


def test_mail_goes_nowhere() -> None:
    assert all(customer.domain.endswith(".example") for customer in names.CUSTOMERS)
    assert names.OUR_DOMAIN.endswith(".example")


def test_every_customer_has_a_buyer_and_a_known_bank() -> None:
    for customer in names.CUSTOMERS:
        assert "buyer" in {role for _, role in customer.people}
        assert customer.bank in names.BRANCHES
        assert re.fullmatch(r"\d{4}", customer.postcode)


def test_our_accounts_are_told_apart_by_their_last_four_digits() -> None:
    assert {account.bank for account in names.OUR_ACCOUNTS} == {"FNB", "Standard Bank", "Nedbank"}
    assert len({account.number[-4:] for account in names.OUR_ACCOUNTS}) == 3
    assert all(account.branch == names.BRANCHES[account.bank] for account in names.OUR_ACCOUNTS)


def test_every_staff_role_has_somebody() -> None:
    assert {role for _, role, _ in names.OUR_PEOPLE} == {"clerk", "dispatcher", "manager", "administrator"}
