"""What was ticked and typed in the list at the bank is kept as it was typed, wrong amounts as well."""

from __future__ import annotations

from portal.core.money import Money
from portal.payments.forms import Ticked


def test_each_ticked_payment_has_the_amount_beside_it() -> None:
    found = Ticked.read(["3", "5"], {"amount-3": "R 12 500,00", "amount-5": "80.50", "amount-9": "1.00"})

    assert found.amounts == {3: Money.zar(12_500_00), 5: Money.zar(80_50)}
    assert not found.errors


def test_an_amount_that_cannot_be_read_is_an_error_and_never_a_zero() -> None:
    found = Ticked.read(["3", "4", "5"], {"amount-3": "12.5001", "amount-4": "0", "amount-5": "-3.00"})

    assert set(found.errors) == {3, 4, 5}
    assert found.typed[3] == "12.5001"


def test_boxes_that_nobody_of_ours_made_are_left_out() -> None:
    assert Ticked.read(["x", "", "²", "-1"], {}).ids == set()
