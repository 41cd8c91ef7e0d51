from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, total
from portal.proofs.match import match
from portal.proofs.match.sums import only_set
from portal.proofs.types import Share
from tests.unit.proofs.cases import FIRST, SECOND, THIRD, case, field, invoice, reading


def shares(found):
    return {share.invoice: share.amount.plain for share in found.shares}


@pytest.mark.parametrize(
    ("reference", "how"),
    [
        ("INV-2026-02805", "exact"),
        ("inv 2026 02805", "exact"),
        ("360H997WW", "exact"),
        ("PO 4471 / INV-2026-02805", "exact"),
        ("INV-2O26-O2805", "repaired"),
        ("inv 2805", "repaired"),
        ("360H997W", "repaired"),
    ],
)
def test_the_invoice_that_the_payer_named_is_paid(reference, how):
    found = match(reading(reference=reference), case())

    assert shares(found) == {"INV-2026-02805": "1317.78"}
    assert (found.how, found.doubt) == (how, None)
    assert found.named == ("INV-2026-02805",)


def test_what_was_repaired_is_told():
    found = match(reading(reference="inv 2805"), case())

    assert "inv 2805" in found.words
    assert "INV-2026-02805" in found.words


def test_several_named_invoices_are_paid_by_their_exact_sum():
    found = match(reading(reference="INV-2026-02805 04163", amount="2748.62"), case())

    assert shares(found) == {"INV-2026-02805": "1317.78", "INV-2026-04163": "1430.84"}
    assert (found.short_by, found.left_over, found.doubt) == (Money.zar(0), Money.zar(0), None)


def test_a_short_payment_is_short_by_the_cent():
    found = match(reading(amount="1317.77"), case())

    assert found.short_by == Money.zar(1)
    assert shares(found) == {"INV-2026-02805": "1317.77"}


def test_an_over_payment_leaves_the_difference():
    found = match(reading(amount="1318.00"), case())

    assert found.left_over == Money.zar(22)
    assert shares(found) == {"INV-2026-02805": "1317.78"}


def test_a_short_payment_of_several_pays_them_in_the_order_named():
    found = match(reading(reference="INV-2026-04163 & 02805", amount="1500.00"), case())

    assert shares(found) == {"INV-2026-04163": "1430.84", "INV-2026-02805": "69.16"}
    assert found.short_by == Money.zar(1248_62)


def test_an_exact_amount_without_a_name_is_only_a_suggestion():
    found = match(reading(reference="T MABHOKO"), case())

    assert found.how == "amount"
    assert shares(found) == {"INV-2026-02805": "1317.78"}
    assert found.doubt


def test_an_amount_that_fits_two_invoices_suggests_neither():
    twin = invoice("INV-2026-03000", "360ZZZZZZ", "1317.78")

    found = match(reading(reference="payment"), case(invoices=(FIRST, twin)))

    assert (found.how, found.shares) == ("none", ())


def test_another_customers_number_never_matches_though_the_amount_is_ours():
    found = match(reading(reference="INV-2026-03346"), case())

    assert found.how == "amount"
    assert "INV-2026-03346" in (found.doubt or "")


def test_a_number_one_digit_away_is_doubted_because_it_may_be_another_customers():
    found = match(reading(reference="INV-2026-02806"), case())

    assert found.doubt


def test_a_second_number_that_is_not_this_customers_is_doubted():
    found = match(reading(reference="INV-2026-02805 INV-2026-09999"), case())

    assert found.named == ("INV-2026-02805",)
    assert "INV-2026-09999" in (found.doubt or "")


def test_a_lost_tail_that_could_be_two_invoices_names_none():
    twins = (invoice("INV-2026-04788", "360RDU3YR", "487.98"), invoice("INV-2026-04781", "360JXUHKT", "487.98"))

    found = match(reading(reference="INV-2026-0478", amount="487.98"), case(invoices=twins))

    assert (found.how, found.shares, found.named) == ("none", (), ())
    assert "INV-2026-04788 or INV-2026-04781" in (found.doubt or "")


def test_two_lost_characters_count_only_with_the_exact_balance():
    assert match(reading(reference="360H997"), case()).doubt is None
    assert match(reading(reference="360H997", amount="1317.79"), case()).doubt


def test_a_damaged_number_of_a_series_on_a_picture_is_doubted():
    assert match(reading(reference=field("2026-02805", engine="tesseract")), case()).doubt
    assert match(reading(reference="2026-02805"), case()).doubt is None
    assert match(reading(reference=field("360H997WX", engine="tesseract")), case()).doubt is None


@pytest.mark.parametrize("named", ["C0235", "360-C0235", "CUST0235", "acc c0235", "7K04 M2X3"])
def test_a_customer_with_an_amount_that_one_set_of_invoices_makes_is_matched(named):
    known = case(customer_reference="7K04M2X3")

    single = match(reading(reference=named, amount="1430.84"), known)
    several = match(reading(reference=named, amount="1642.52"), known)

    assert (single.how, single.doubt, shares(single)) == ("customer", None, {"INV-2026-04163": "1430.84"})
    assert shares(several) == {"INV-2026-00622": "211.68", "INV-2026-04163": "1430.84"}


def test_a_customer_with_another_amount_suggests_the_oldest_first_and_doubts_it():
    found = match(reading(reference="C0235", amount="1000.00"), case())

    assert shares(found) == {"INV-2026-00622": "211.68", "INV-2026-04163": "788.32"}
    assert found.doubt


def test_a_customer_with_two_equal_invoices_is_doubted():
    twin = invoice("INV-2026-03000", "360ZZZZZZ", "1317.78", date(2026, 3, 2))

    found = match(reading(reference="C0235"), case(invoices=(FIRST, twin)))

    assert found.doubt
    assert found.how == "customer"


def test_another_customers_code_names_nobody():
    found = match(reading(reference="C0999"), case())

    assert found.how == "amount"
    assert found.doubt


def test_a_number_elsewhere_on_the_page_is_a_hint_and_doubted():
    text = "Please find payment for INV-2026-02805 attached.\nReference on statement: "

    found = match(reading(reference=None, text=text), case())

    assert found.named == ("INV-2026-02805",)
    assert found.doubt


def test_the_page_does_not_overrule_a_legible_reference():
    found = match(reading(reference="T MABHOKO", text="INV-2026-04163"), case())

    assert found.named == ()


def test_without_an_amount_nothing_is_split():
    found = match(reading(amount=None), case())

    assert (found.shares, found.named) == ((), ("INV-2026-02805",))


def test_currencies_are_never_mixed():
    dollars = invoice("INV-2026-02805", "360H997WW", "1317.78", currency="USD")

    found = match(reading(), case(invoices=(dollars,)))

    assert found.shares == ()
    assert found.doubt


def test_an_invoice_named_by_number_and_reference_is_paid_once():
    found = match(reading(reference="INV-2026-02805 360H997WW"), case())

    assert found.shares == (Share("INV-2026-02805", Money.zar(1317_78)),)


balances = st.lists(st.integers(1, 10**9), min_size=1, max_size=9)


@given(balances, st.data())
def test_the_only_set_has_the_sum_and_no_other_small_set_has_it(amounts, data):
    chosen = data.draw(st.sets(st.sampled_from(range(len(amounts))), min_size=1, max_size=3))
    wanted = sum(amounts[place] for place in chosen)

    found = only_set(amounts, wanted)

    ways = {
        places
        for size in range(1, len(amounts) + 1)
        for places in combinations(range(len(amounts)), size)
        if sum(amounts[place] for place in places) == wanted and (size <= 3 or places == tuple(range(size)))
    }
    assert found == (tuple(sorted(chosen)) if len(ways) == 1 else None)


def test_among_many_invoices_an_accidental_sum_is_nothing():
    assert only_set([100 + place for place in range(60)], 203) is None
    assert only_set([100 + place for place in range(60)], 159) == (59,)


def test_a_customer_that_pays_a_pair_out_of_turn_is_doubted():
    found = match(reading(reference="C0235", amount="2748.62"), case())

    assert shares(found) == {"INV-2026-04163": "1430.84", "INV-2026-02805": "1317.78"}
    assert found.doubt


amounts = st.integers(1, 10**7).map(Money.zar)


@given(amounts, st.sampled_from(["INV-2026-02805", "INV-2026-02805 04163", "C0235", "nothing", "360AA76H7 360E3KNCX"]))
def test_nothing_is_rounded_away(amount, reference):
    found = match(reading(amount=amount.plain, reference=reference), case())

    paid = total(share.amount for share in found.shares)
    assert paid + found.left_over == amount
    assert all(share.amount.cents > 0 for share in found.shares)
    owed = {one.number: one.balance for one in (FIRST, SECOND, THIRD)}
    assert all(share.amount <= owed[share.invoice] for share in found.shares)
    if found.named and not found.doubt:
        assert total(owed[number] for number in found.named) == amount + found.short_by - found.left_over
