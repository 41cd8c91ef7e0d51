"""Staff tick what they see at the bank; everybody else has no business there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.money import Money
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import PaymentState
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)
S = PaymentState
SignIn = Callable[[str], Any]


@pytest.fixture
def clerk(signed_in: SignIn) -> Any:
    return signed_in("clerk@us.example")


@pytest.fixture
def manager(signed_in: SignIn) -> Any:
    return signed_in("manager@us.example")


def ticked(company: Company, *ids: int, **changes: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "payment": [str(number) for number in ids], "value_date": clock.today().isoformat(),
        "account": str(company.bank_id), "key": new_key(),
    }  # fmt: skip
    data |= {f"amount-{number}": company.payment(number).amount.plain for number in ids}
    return data | changes


def typed(company: Company, amount: str, **changes: str) -> dict[str, str]:
    return {
        "amount": amount, "value_date": clock.today().isoformat(), "account": str(company.bank_id),
        "text": "MAGTAPE CREDIT KAROO", "key": new_key(), **changes,
    }  # fmt: skip


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_list_shows_what_waits_with_its_amount_filled_in(company: Company, clerk: Any) -> None:
    invoice = company.invoice(Money.zar(12_500_00))
    company.verified(invoice)
    company.claimed(company.invoice(Money.zar(77_00)))

    shown = text_of(clerk.get("/staff/bank"))

    assert "Karoo &amp; Sons Drilling (Pty) Ltd" in shown and invoice.number in shown
    assert 'value="12500.00"' in shown
    assert "77.00" not in shown


def test_what_is_ticked_becomes_money_at_the_date_given_and_the_rest_waits(company: Company, clerk: Any) -> None:
    first, second, third = (company.verified(company.invoice(Money.zar(cents))) for cents in (10_00, 20_00, 30_00))
    clerk.get("/staff/bank")
    day = clock.today() - timedelta(days=2)

    answer = clerk.post("/staff/bank", data=ticked(company, first, third, value_date=day.isoformat()))

    assert answer.status_code == 303
    assert [company.payment(number).state for number in (first, second, third)] == [
        S.CONFIRMED,
        S.VERIFIED,
        S.CONFIRMED,
    ]
    assert company.payment(first).value_date == day
    assert "2 payments are confirmed" in text_of(clerk.get("/staff/bank"))


def test_the_same_form_sent_twice_confirms_once(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get("/staff/bank")
    form = ticked(company, payment_id)

    answers = [clerk.post("/staff/bank", data=form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert ledger.balance_of(company.customer_id) == Money.zar(0)


def test_a_payment_somebody_else_confirmed_meanwhile_is_named(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get("/staff/bank")
    form = ticked(company, payment_id)
    company.confirm(payment_id)

    clerk.post("/staff/bank", data=form)

    assert "PAY-000001 was confirmed already" in text_of(clerk.get("/staff/bank"))


def test_a_wrong_amount_confirms_nothing_and_keeps_what_was_typed(company: Company, clerk: Any) -> None:
    good, bad = company.verified(company.invoice(R100)), company.verified(company.invoice(R100))
    clerk.get("/staff/bank")

    answer = clerk.post("/staff/bank", data=ticked(company, good, bad, **{f"amount-{bad}": "one hundred"}))

    assert answer.status_code == 422
    assert 'value="one hundred"' in text_of(answer) and "Write it like 12 500.00." in text_of(answer)
    assert company.payment(good).state is S.VERIFIED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payment": ""}, "Tick at least one payment"),
        ({"value_date": "2999-01-01"}, "has not come yet"),
        ({"value_date": ""}, "2026-03-16"),
        ({"account": "99"}, "Our account"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_confirmed(
    company: Company, clerk: Any, changes: dict[str, str], words: str
) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get("/staff/bank")

    answer = clerk.post("/staff/bank", data=ticked(company, payment_id, **changes))

    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert company.payment(payment_id).state is S.VERIFIED


def test_an_empty_list_says_what_will_be_here(company: Company, clerk: Any) -> None:
    assert "Nothing waits for the bank" in text_of(clerk.get("/staff/bank"))


@pytest.mark.parametrize("search", ["karoo", "KDR001", "INV-", "100.00", "R 100,00"])
def test_a_search_finds_by_customer_invoice_and_amount(company: Company, clerk: Any, search: str) -> None:
    company.verified(company.invoice(R100))

    assert "PAY-000001" in text_of(clerk.get("/staff/bank", query_string={"q": search}))


@pytest.mark.parametrize("search", ["%", "_aroo", "' OR 1=1 --", "100.01"])
def test_a_search_that_fits_nothing_says_so(company: Company, clerk: Any, search: str) -> None:
    company.verified(company.invoice(R100))

    assert "Nothing fits" in text_of(clerk.get("/staff/bank", query_string={"q": search}))


def test_late_ones_are_named_and_can_be_shown_alone(company: Company, clerk: Any) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        late = company.verified(company.invoice(R100))
    fresh = company.verified(company.invoice(R100))

    shown = text_of(clerk.get("/staff/bank?show=late"))

    assert company.payment(late).name in shown and "Late since" in shown
    assert company.payment(fresh).name not in shown


def test_money_that_comes_for_a_payment_given_up_is_ticked_there(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.do(lambda: payments.reject(payment_id, "Somebody else’s slip"))
    assert "Nothing waits" in text_of(clerk.get("/staff/bank"))
    assert "Somebody else’s slip" in text_of(clerk.get("/staff/bank?show=ended"))

    clerk.post("/staff/bank?show=ended", data=ticked(company, payment_id))

    assert company.payment(payment_id).state is S.CONFIRMED


def test_long_lists_are_walked_by_key(company: Company, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.payments.service import lists

    monkeypatch.setattr(lists.waiting, "__kwdefaults__", lists.waiting.__kwdefaults__ | {"limit": 2})
    for _ in range(3):
        company.verified(company.invoice(R100))

    first = text_of(clerk.get("/staff/bank"))
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text_of(clerk.get(following))

    assert ["PAY-000003" in page for page in (first, second)] == [False, True]
    assert ["PAY-000001" in page for page in (first, second)] == [True, False]


def test_the_page_asks_the_database_at_most_eight_questions(company: Company, clerk: Any, count_queries: Any) -> None:
    for _ in range(3):
        company.verified(company.invoice(R100))
    clerk.get("/staff/bank")

    with count_queries() as seen:
        assert clerk.get("/staff/bank").status_code == 200

    assert len(seen) <= 8, seen


def test_one_payment_is_confirmed_with_date_amount_and_the_banks_text(company: Company, clerk: Any) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)
    clerk.get(f"/staff/bank/payments/{payment_id}")

    answer = clerk.post(f"/staff/bank/payments/{payment_id}/confirm", data=typed(company, "R 60,50"))

    assert answer.status_code == 303
    found = company.payment(payment_id)
    assert (found.received, found.bank_text) == (Money.zar(60_50), "MAGTAPE CREDIT KAROO")
    assert f"{invoice.number} still needs R\xa039.50" in text_of(clerk.get("/staff/bank"))


def test_money_that_is_too_much_is_named_as_credit(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get(f"/staff/bank/payments/{payment_id}")

    clerk.post(f"/staff/bank/payments/{payment_id}/confirm", data=typed(company, "130.00"))

    assert "R\xa030.00 is kept as credit on account" in text_of(clerk.get("/staff/bank"))


def test_a_wrong_value_keeps_the_form_as_it_was_typed(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get(f"/staff/bank/payments/{payment_id}")

    answer = clerk.post(f"/staff/bank/payments/{payment_id}/confirm", data=typed(company, "1.234"))

    assert answer.status_code == 422
    assert 'value="1.234"' in text_of(answer) and 'value="MAGTAPE CREDIT KAROO"' in text_of(answer)


def test_a_payment_confirmed_twice_is_a_conflict(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get(f"/staff/bank/payments/{payment_id}")
    company.confirm(payment_id)

    answer = clerk.post(f"/staff/bank/payments/{payment_id}/confirm", data=typed(company, "100.00"))

    assert answer.status_code == 409


def test_a_payment_the_bank_never_showed_expires_and_can_still_be_confirmed(company: Company, clerk: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    clerk.get(f"/staff/bank/payments/{payment_id}")

    clerk.post(f"/staff/bank/payments/{payment_id}/expire", data={"reason": "Nothing by month end"})

    assert company.payment(payment_id).state is S.EXPIRED
    assert "Money at the bank always wins" in text_of(clerk.get(f"/staff/bank/payments/{payment_id}"))


def test_only_a_manager_takes_money_back_and_says_why(company: Company, clerk: Any, manager: Any) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id)
    address = f"/staff/bank/payments/{payment_id}"
    assert "Take it back" not in text_of(clerk.get(address))
    clerk.get("/staff/bank/receipt?customer=KDR001")
    assert clerk.post(f"{address}/reverse", data={"reason": "x", "key": new_key()}).status_code == 403
    manager.get(address)

    assert manager.post(f"{address}/reverse", data={"reason": "", "key": new_key()}).status_code == 422
    assert manager.post(f"{address}/reverse", data={"reason": "Bank took it", "key": new_key()}).status_code == 303

    assert company.payment(payment_id).state is S.REVERSED
    assert "Bank took it" in text_of(manager.get(address))


def test_a_receipt_without_a_proof_is_recorded_for_a_customer(company: Company, clerk: Any) -> None:
    first, second = company.invoice(R100), company.invoice(R100)
    assert first.number in text_of(clerk.get("/staff/bank/receipt?customer=kdr001"))

    answer = clerk.post("/staff/bank/receipt", data=typed(company, "150.00", customer="KDR001", invoice=str(second.id)))

    assert answer.status_code == 303
    assert (company.balance(first), company.balance(second)) == (R100, Money.zar(0))
    assert ledger.credit_of(company.customer_id) == Money.zar(50_00)


def test_a_receipt_for_nobody_is_asked_again(company: Company, clerk: Any) -> None:
    assert "There is no customer XXX" in text_of(clerk.get("/staff/bank/receipt?customer=xxx"))
    answer = clerk.post("/staff/bank/receipt", data=typed(company, "150.00", customer="XXX"))
    assert answer.status_code == 422
    assert "There is no customer XXX" in text_of(answer)


def test_a_refused_receipt_keeps_its_ticks(company: Company, clerk: Any) -> None:
    invoice = company.invoice(R100)
    clerk.get("/staff/bank/receipt?customer=KDR001")

    answer = clerk.post("/staff/bank/receipt", data=typed(company, "", customer="KDR001", invoice=str(invoice.id)))

    assert answer.status_code == 422
    assert f'value="{invoice.id}" aria-label="Pays {invoice.number}" checked' in text_of(answer)


@pytest.mark.parametrize(
    "path", ["/staff/bank", "/staff/bank/payments/1", "/staff/bank/receipt", "/staff/ledger", "/staff/ledger/1"]
)
def test_customers_and_strangers_have_no_business_at_the_bank(
    company: Company, app: Any, signed_in: SignIn, path: str
) -> None:
    company.verified(company.invoice(R100))

    assert signed_in("buyer@karoo.example").get(path).status_code == 403
    assert app.test_client().get(path).status_code == 303


@pytest.mark.parametrize("path", ["/staff/bank/payments/99", "/staff/ledger/99"])
def test_what_is_not_there_is_not_found(company: Company, clerk: Any, path: str) -> None:
    assert clerk.get(path).status_code == 404


def test_the_customer_sees_both_clocks_of_a_payment_on_the_invoice(company: Company, signed_in: SignIn) -> None:
    invoice = company.invoice(R100)
    buyer = signed_in("buyer@karoo.example")
    assert "payments-title" not in text_of(buyer.get(f"/invoices/{invoice.number}"))
    payment_id = company.verified(invoice)
    assert "Verified" in text_of(buyer.get(f"/invoices/{invoice.number}"))

    company.confirm(payment_id, Money.zar(40_00))

    assert "Confirmed by bank" in text_of(buyer.get(f"/invoices/{invoice.number}"))


def test_nothing_a_person_typed_becomes_markup(company: Company, clerk: Any, signed_in: SignIn) -> None:
    invoice: InvoiceInfo = company.invoice(R100)
    nasty = "\"><svg onload=1>'{{7*7}}"
    payment_id = company.do(
        lambda: payments.claim(
            company.customer_id, R100, clock.today(), [(invoice.id, R100)], words=nasty, reference=nasty
        )
    )
    company.do(lambda: payments.verify(payment_id, [(invoice.id, R100)]))
    clerk.get("/staff/bank")
    pages = [text_of(clerk.get("/staff/bank")), text_of(clerk.get(f"/staff/bank/payments/{payment_id}"))]
    clerk.post(f"/staff/bank/payments/{payment_id}/expire", data={"reason": nasty})
    pages += [
        text_of(clerk.get(f"/staff/bank/payments/{payment_id}")),
        text_of(signed_in("buyer@karoo.example").get(f"/invoices/{invoice.number}")),
    ]

    assert not [page for page in pages if "<svg onload" in page or "'49" in page]


def test_the_ledger_lists_journals_and_shows_one_with_its_lines(company: Company, clerk: Any) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)
    company.confirm(payment_id)

    listed = text_of(clerk.get("/staff/ledger"))
    only = text_of(clerk.get("/staff/ledger", query_string={"kind": "receipt", "q": company.payment(payment_id).name}))
    one = text_of(clerk.get(f"/staff/ledger/{company.payment(payment_id).journal_id}"))

    assert f"Invoice {invoice.number}" in listed
    assert "Receipt" in only or "receipt" in only
    assert f"Invoice {invoice.number}" not in only
    assert "receivable:1:ZAR" in one and "R\xa0100.00" in one


def test_the_ledger_says_when_nothing_fits_or_nothing_is_there(company: Company, clerk: Any) -> None:
    assert "The books are empty" in text_of(clerk.get("/staff/ledger"))
    assert "Nothing fits" in text_of(clerk.get("/staff/ledger?q=INV-1999"))


def test_the_waiting_list_is_counted_in_the_rail(company: Company, clerk: Any) -> None:
    company.verified(company.invoice(R100))

    assert '<span class="count ">1<span class="sr"> waiting' in text_of(clerk.get("/staff/bank"))


def test_a_moment_in_the_past_has_its_expected_day_from_when_it_was_paid(company: Company) -> None:
    with clock.at(datetime(2026, 3, 13, 12, tzinfo=clock.SAST)):
        payment_id = company.claimed(company.invoice(R100))

    assert company.payment(payment_id).expected_on is not None
    assert company.payment(payment_id).expected_on.isoformat() == "2026-03-17"
