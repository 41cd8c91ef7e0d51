from dataclasses import replace  # noqa: I001 - names side by side, in a file near its budget
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.proofs import match, verdict
from portal.proofs.types import CHECK_CODES, Outcome, Share, VerdictCode
from tests.unit.proofs.cases import (
    BOX, FIELDS, FIRST, FNB, STANDARD, TODAY, case, earlier,
    field, invoice, judged, outcome, page_of, reading, signal, words,
)  # fmt: skip

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def test_a_clean_notice_is_verified_and_allocated():
    found = judged()

    assert found.verdict is VerdictCode.VERIFIED
    assert found.allocations == (Share("INV-2026-02805", Money.zar(1317_78)),)
    assert (found.left_over, found.duplicate_of) == (Money.zar(0), None)


def test_every_check_is_there_once_with_its_rule_and_its_evidence():
    found = judged()

    assert tuple(check.code for check in found.checks) == CHECK_CODES
    assert [check.rule for check in found.checks] == [f"V{number}" for number in range(1, 10)]
    amount = found.checks[0]
    assert (amount.found, amount.expected, amount.page, amount.box) == (
        str(Money.zar(1317_78)), str(Money.zar(1317_78)), 1, BOX,
    )  # fmt: skip
    assert all(check.words.endswith(".") for check in found.checks)


def test_a_clean_picture_is_verified_by_its_exact_amount_reference_and_account():
    assert judged(reading(engine="tesseract", confidence=0.9)).verdict is VerdictCode.VERIFIED


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({"amount": "1317.77"}, "amount", FAIL),
        ({"amount": "1317.79"}, "amount", FAIL),
        ({"amount": None}, "amount", UNKNOWN),
        ({"reference": "T MABHOKO"}, "amount", UNKNOWN),
        ({"reference": "T MABHOKO"}, "reference", FAIL),
        ({"reference": "INV-2026-03346"}, "reference", FAIL),
        ({"reference": None}, "reference", UNKNOWN),
        ({"reference": "INV-2026-02806"}, "reference", UNKNOWN),
        ({"reference": "C0235", "amount": "1000.00"}, "reference", UNKNOWN),
        ({"beneficiary_account": None}, "beneficiary_account", UNKNOWN),
        ({"beneficiary_account": "..791356"}, "beneficiary_account", FAIL),
        ({"date": None}, "date", UNKNOWN),
        ({"date": "2026-03-17"}, "date", FAIL),
        ({"date": "2026-02-28"}, "date", UNKNOWN),
        ({"document_type": "invoice"}, "is_pop", FAIL),
        ({"document_type": None}, "is_pop", UNKNOWN),
        ({"status": "scheduled"}, "status", FAIL),
        ({"status": "awaiting authorisation"}, "status", FAIL),
        ({"status": "reversed"}, "status", FAIL),
        ({"status": None}, "status", UNKNOWN),
        ({"amount": field("1317.78", confidence=0.3)}, "confidence", UNKNOWN),
    ],
)
def test_one_thing_that_does_not_fit_sends_it_to_review(fields, code, expected):
    found = judged(reading(**fields))

    assert outcome(found, code) is expected
    assert found.verdict is VerdictCode.REVIEW
    assert found.allocations == ()


@pytest.mark.parametrize(("amount", "difference"), [("1300.00", 1778), ("1400.00", 8222)])
def test_the_difference_of_a_short_or_over_payment_is_named(amount, difference):
    found = judged(reading(amount=amount))

    assert str(Money.zar(difference)) in words(found, "amount")


def test_a_person_may_start_from_what_the_match_suggests():
    found = judged(reading(amount="1300.00"))

    assert found.suggested == (Share("INV-2026-02805", Money.zar(1300_00)),)


def test_a_payment_of_the_day_of_issue_and_of_today_fits():
    assert outcome(judged(reading(date="2026-03-01")), "date") is PASS
    assert outcome(judged(reading(date="2026-03-16")), "date") is PASS


def test_the_latest_of_several_invoices_decides_the_earliest_day():
    known = reading(reference="INV-2026-02805 04163", amount="2748.62", date="2026-02-25")

    assert outcome(judged(known), "date") is UNKNOWN


def test_the_age_of_a_payment_is_a_setting():
    old = case(invoices=(invoice(issued=date(2025, 12, 1)),))

    assert outcome(judged(reading(date="2026-01-15"), old), "date") is PASS
    assert outcome(judged(reading(date="2026-01-14"), old), "date") is UNKNOWN
    assert outcome(judged(reading(date="2026-01-14"), replace(old, max_age_days=61)), "date") is PASS


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("62841790356", PASS),
        ("6284 1790 356", PASS),
        ("..790356", PASS),
        ("XXXXXXXXXXXX0356", PASS),
        ("****0356", PASS),
        ("62****0356", PASS),
        ("790356", PASS),
        ("***356", UNKNOWN),
        ("0356", UNKNOWN),
        ("6284*******", UNKNOWN),
        ("62841790156", FAIL),
        ("..790355", FAIL),
        ("63****0356", FAIL),
        ("362841790356", FAIL),
        ("****", FAIL),
    ],
)
def test_an_account_passes_with_enough_visible_digits_in_their_places(printed, expected):
    assert outcome(judged(reading(beneficiary_account=printed)), "beneficiary_account") is expected


def test_leading_zeros_of_an_account_may_be_missing():
    found = judged(reading(beneficiary_account="23417908", beneficiary_bank="STANDARD BANK"))

    assert outcome(found, "beneficiary_account") is PASS


def test_digits_that_fit_two_of_our_accounts_are_not_enough():
    twin = replace(FNB, number="12345670356")

    found = judged(reading(beneficiary_account="****0356"), case(accounts=(FNB, twin)))

    assert outcome(found, "beneficiary_account") is UNKNOWN


def test_an_account_one_digit_from_ours_is_told_apart_from_a_strangers():
    near, far = (judged(reading(beneficiary_account=number)) for number in ("62841790156", "10101010101"))

    assert "looks like ours" in words(near, "beneficiary_account")
    assert "looks like ours" not in words(far, "beneficiary_account")


@pytest.mark.parametrize(
    ("bank", "text", "expected"),
    [
        ("FIRSTRAND", "", PASS),
        ("FNB", "Branch Code : 250655", PASS),
        ("F1RST NATI0NAL BANK", "", PASS),
        (None, "", PASS),
        ("A BANK NOBODY KNOWS", "", PASS),
        ("STANDARD BANK", "", FAIL),
        ("CAPITEC BANK", "", FAIL),
        ("FNB", "Branch Code : 470010", UNKNOWN),
        ("FNB", "Beneficiary branch number 05100100", UNKNOWN),
        ("FNB", "Capitec Bank Branch: 470010 Device: 9003\nBranch 250655", PASS),
        ("FNB", "Branch 198765", PASS),  # the issuing bank's own
    ],
)
def test_a_printed_bank_or_branch_must_not_contradict(bank, text, expected):
    assert outcome(judged(reading(beneficiary_bank=bank, text=text)), "beneficiary_account") is expected


def test_the_same_file_is_a_duplicate_of_the_first_that_carried_it():
    before = (earlier(id="prf_a", sha256="b" * 64, amount=None, trace_id=None), earlier(id="prf_b", trace_id=None))

    found = judged(known=case(earlier=before, sha256="A" * 64))

    assert (found.verdict, found.duplicate_of) == (VerdictCode.DUPLICATE, "prf_b")
    assert outcome(found, "not_seen_before") is FAIL


def test_the_same_payment_in_another_file_is_a_duplicate():
    found = judged(known=case(earlier=(earlier(),), sha256="c" * 64))

    assert (found.verdict, found.duplicate_of) == (VerdictCode.DUPLICATE, "prf_first")
    assert found.allocations == ()


def test_an_unreadable_file_that_came_before_is_a_duplicate():
    assert judged(reading(ok=False), case(earlier=(earlier(),), sha256="a" * 64)).verdict is VerdictCode.DUPLICATE


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"trace_id": "5TG59DVK"}, UNKNOWN),  # one letter apart: misread, or given in a row
        ({"trace_id": "STG59DVQ"}, FAIL),  # S and 5 look alike
        ({"trace_id": "9WW2KLM4"}, PASS),
        ({"trace_id": None}, UNKNOWN),
        ({"trace_id": None, "date": date(2026, 3, 13)}, PASS),
        ({"trace_id": None, "amount": Money.zar(1)}, PASS),
        ({"trace_id": None, "bank": "Absa"}, PASS),
        ({"bank": "Absa"}, UNKNOWN),
        ({"bank": None}, FAIL),
        ({"date": date(2026, 2, 1)}, FAIL),  # the bank gives a long number once
        ({"amount": Money.zar(1)}, FAIL),
        ({"amount": Money.zar(1), "date": date(2026, 2, 1)}, UNKNOWN),
        ({"trace_id": "9WW2KLM4", "date": date(2026, 2, 1)}, PASS),
    ],
)
def test_facts_of_an_earlier_proof_decide_whether_it_is_the_same_payment(facts, expected):
    found = judged(known=case(earlier=(earlier(**facts),)))

    assert outcome(found, "not_seen_before") is expected


def test_short_numbers_come_again_and_need_amount_and_day_too():
    known = reading(trace_id="500001")

    def seen(**facts):
        return outcome(judged(known, case(earlier=(earlier(trace_id="500001", **facts),))), "not_seen_before")

    assert seen() is FAIL
    assert seen(amount=Money.zar(1)) is UNKNOWN
    assert seen(amount=Money.zar(1), date=date(2026, 2, 1)) is PASS


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("5TG59XVQ", FAIL),
        ("5TG59XXQ", FAIL),
        ("5TG5WXVQX", PASS),
        ("2026-03-14/NEDBANK/000118636268", UNKNOWN),  # numbers given in a row are alike and not the same
    ],
)
def test_a_misread_number_on_a_picture_is_still_the_same_payment(trace, expected):
    known = reading(engine="tesseract", trace_id=trace)
    before = "2026-03-14/NEDBANK/000118636267" if "NEDBANK" in trace else "5TG59DVQ"

    assert outcome(judged(known, case(earlier=(earlier(trace_id=before),))), "not_seen_before") is expected


def test_payers_whose_accounts_differ_are_not_one_payment():
    known = reading(trace_id=None, payer_account="..635096")

    def seen(account):
        return outcome(judged(known, case(earlier=(earlier(trace_id=None, payer_account=account),))), "not_seen_before")

    assert seen("..770702") is PASS
    assert seen("****5096") is UNKNOWN
    assert seen(None) is UNKNOWN


def test_a_picture_like_an_earlier_one_is_doubtful_unless_the_facts_differ():
    known = reading(trace_id=None, date=None, picture_hash="00000000000000ff")

    def seen(**facts):
        before = earlier(trace_id=None, **facts)
        return outcome(judged(known, case(earlier=(before,))), "not_seen_before")

    assert seen(picture_hash="00000000000000fe") is UNKNOWN
    assert seen(picture_hash="ffff0000000000ff") is PASS
    assert seen(picture_hash="00000000000000ff", amount=Money.zar(5)) is PASS


@pytest.mark.parametrize(
    "said",
    [
        "Your payment was not successful",
        "The payment is awaiting authorisation",
        "This payment has not been paid yet",
        "Payment failed",
        "Scheduled payment",
        "No funds have been transferred",
        "Kennisgewing van Mislukte Betaling",
        "betaling deur MOLAPO nie suksesvol was nie",
        "Die betaling is nog nie gemaak nie",
        "PAYMENT REVERSED",
    ],
)
def test_words_that_take_the_payment_back_outweigh_a_status_of_made(said):
    found = judged(reading(pages=[page_of((0.1, said))]))

    assert outcome(found, "status") is UNKNOWN
    assert found.verdict is VerdictCode.REVIEW


def test_disclaimers_below_the_payment_and_typed_names_do_not_take_it_back():
    below = page_of((0.1, "Payment successful"), (0.6, "Payments that failed will be reversed"))
    typed = page_of((0.205, "x x x x x x x pending"))

    assert outcome(judged(reading(pages=[below])), "status") is PASS
    assert outcome(judged(reading(pages=[typed])), "status") is PASS


@pytest.mark.parametrize(
    ("name", "confidence", "expected"),
    [
        ("amount", 0.59, UNKNOWN),
        ("amount", 0.61, PASS),
        ("date", 0.45, UNKNOWN),
        ("beneficiary_account", 0.45, UNKNOWN),
        ("beneficiary_account", 0.51, PASS),
        ("reference", 0.3, PASS),  # found whole among the known names, it carries itself
    ],
)
def test_pictures_have_a_bar_for_every_field_that_decides(name, confidence, expected):
    known = reading(**{name: field(FIELDS[name], confidence=confidence, engine="tesseract")})

    assert outcome(judged(known), "confidence") is expected


@pytest.mark.parametrize("name", ["amount", "date"])
def test_a_proof_without_an_amount_or_a_day_is_not_legible(name):
    assert outcome(judged(reading(**{name: None})), "confidence") is UNKNOWN


@pytest.mark.parametrize(("severity", "expected"), [("bad", FAIL), ("warn", UNKNOWN), ("info", PASS)])
def test_signals_decide_by_their_severity(severity, expected):
    found = judged(reading(signals=[signal("info"), signal(severity)]))

    assert outcome(found, "tamper") is expected
    assert (found.verdict is VerdictCode.VERIFIED) == (expected is PASS)
    assert found.signals[1].severity == severity


def test_what_could_not_be_read_is_unreadable():
    found = judged(reading(ok=False, **dict.fromkeys(FIELDS)))

    assert found.verdict is VerdictCode.UNREADABLE
    assert [check.code for check in found.checks if check.outcome is PASS] == ["not_seen_before"]
    assert words(found, "confidence") == "Too blurred to read."


def test_a_customer_without_open_invoices_gets_a_review():
    assert judged(known=case(invoices=())).verdict is VerdictCode.REVIEW


def test_a_portal_without_accounts_verifies_nothing():
    found = judged(known=case(accounts=()))

    assert found.verdict is VerdictCode.REVIEW


def test_money_to_our_other_account_is_accepted_too():
    known = reading(beneficiary_account="XXXXXXXXXXXX7908", beneficiary_bank="STANDARD BANK")

    assert judged(known, case(accounts=(FNB, STANDARD))).verdict is VerdictCode.VERIFIED


def test_the_version_of_the_rules_is_named():
    assert verdict.VERSION


noise = st.none() | st.text(max_size=20) | st.sampled_from(["1317.78", "2026-03-14", "INV-2026-04163", "..790356"])


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), noise, max_size=3), st.floats(0, 1))
def test_whatever_is_read_a_verified_proof_pays_named_invoices_to_the_cent_into_our_account(fields, confidence):
    read = reading(confidence=confidence, **fields)

    found = judged(read)

    if found.verdict is VerdictCode.VERIFIED:
        matched = match.match(read, case())
        assert all(check.outcome is PASS for check in found.checks)
        assert sum(share.amount.cents for share in found.allocations) == read.amount.cents
        assert matched.doubt is None
        assert read.day <= TODAY
        assert read.value("status") == "made"
    else:
        assert found.allocations == ()


@given(st.integers(1, 10**7).filter(lambda cents: cents != FIRST.balance.cents))
def test_no_other_amount_is_ever_accepted_for_the_invoice(cents):
    assert judged(reading(amount=Money.zar(cents).plain)).verdict is VerdictCode.REVIEW


@given(st.integers(0, 10), st.sampled_from("0123456789"))
def test_no_account_with_one_other_digit_is_ever_accepted(place, digit):
    number = FNB.number[:place] + digit + FNB.number[place + 1 :]

    found = judged(reading(beneficiary_account=number))

    assert (found.verdict is VerdictCode.VERIFIED) == (number == FNB.number)
