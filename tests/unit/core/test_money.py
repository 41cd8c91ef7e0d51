import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, NotMoney, total

cents = st.integers(-(10**13), 10**13)
currencies = st.sampled_from(["ZAR", "USD", "EUR"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12500", 12500_00),
        ("R 12 500.00", 12500_00),
        ("R12,500.00", 12500_00),
        ("12.500,00", 12500_00),
        ("ZAR12,500", 12500_00),
        ("ZAR44000.00", 44000_00),
        ("R 1 234 567,89", 1234567_89),
        ("12  500.00", 12500_00),
        ("1'234.50", 1234_50),
        ("12,5", 12_50),
        ("R0.07", 7),
        ("-R5", -5_00),
        ("R -5.00", -5_00),
        ("−R\u00a012\u00a0500.00", -12500_00),
    ],
)
def test_what_people_and_banks_write_is_read(written, expected):
    assert Money.parse(written) == Money.zar(expected)


@pytest.mark.parametrize(
    "written",
    [
        *["", "R", "twelve", "1e9", "NaN", "inf", "0x10", "１２", "٣", "0.005", "12.", ".5", "--5", "5-", "+5"],
        *["12.500", "0,001", "1,234,56", "12 50", "1 2", "1 234,567", "1,23 456.00", "12 500,00.00", "(5.00)"],
        *["99999999999999.99", "12_500", "R 12 500.00 Cr", "USD 5.00"],
    ],
)
def test_what_is_not_an_amount_or_could_be_two_is_refused(written):
    with pytest.raises(NotMoney):
        Money.parse(written)


@given(cents, currencies)
def test_every_amount_reads_back_as_it_is_shown(number, currency):
    amount = Money(number, currency)

    assert Money.parse(str(amount), currency) == amount
    assert Money.parse(amount.plain, currency) == amount


@given(st.text(max_size=20) | st.from_regex(r"\A-?R? ?[0-9 .,]{1,15}\Z"))
def test_any_text_is_an_amount_in_whole_cents_or_refused(text):
    try:
        amount = Money.parse(text)
    except NotMoney:
        return
    digits = "".join(letter for letter in text if letter.isdigit())
    assert int(digits) in {abs(amount.cents), abs(amount.cents) // 100, abs(amount.cents) // 10}


@given(st.lists(cents, max_size=20))
def test_a_sum_is_the_sum_of_its_cents_in_any_order(numbers):
    amounts = [Money.zar(number) for number in numbers]

    assert total(amounts) == total(reversed(amounts)) == Money.zar(sum(numbers))


@given(cents, cents)
def test_taking_away_undoes_adding(first, second):
    assert Money.zar(first) + Money.zar(second) - Money.zar(second) == Money.zar(first)


@given(cents, cents)
def test_amounts_are_ordered_as_their_cents(first, second):
    assert (Money.zar(first) < Money.zar(second)) == (first < second)
    assert (Money.zar(first) >= Money.zar(second)) == (first >= second)


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="do not mix"):
        Money.zar(1) + Money(1, "USD")
    with pytest.raises(ValueError, match="do not mix"):
        assert Money.zar(1) < Money(1, "USD")


@pytest.mark.parametrize("wrong", [1.0, "1", None, True])
def test_money_is_made_of_whole_cents_only(wrong):
    with pytest.raises(TypeError):
        Money(wrong)


def test_money_is_not_multiplied_by_fractions():
    assert Money.zar(250) * 3 == Money.zar(750)
    with pytest.raises(TypeError):
        Money.zar(250) * 1.5


def test_amounts_are_shown_with_no_break_spaces_and_a_true_minus():
    assert str(Money.zar(-12500_00)) == "−R\u00a012\u00a0500.00"
    assert str(Money(5, "USD")) == "USD\u00a00.05"
    assert Money.zar(-5).plain == "-0.05"
