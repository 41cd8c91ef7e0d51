"""Every state against every action: the allowed cells pass, all others raise, and nothing changes then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.types import MOVES, PaymentState
from tests.integration.payments.company import Company, new_key

S = PaymentState
R100 = Money.zar(100_00)
#: by which deeds a payment comes to each state
WAYS: dict[PaymentState, tuple[str, ...]] = {
    S.CLAIMED: (),
    S.VERIFIED: ("verify",),
    S.CONFIRMED: ("verify", "confirm"),
    S.REJECTED: ("reject",),
    S.EXPIRED: ("verify", "expire"),
    S.REVERSED: ("confirm", "reverse"),
}
LEADS_TO = {"verify": S.VERIFIED, "confirm": S.CONFIRMED, "reject": S.REJECTED, "expire": S.EXPIRED, "reverse": S.REVERSED, "take_back": S.CLAIMED}  # fmt: skip


def deed(company: Company, payment_id: int, invoice_id: int, name: str) -> Callable[[], object]:
    return {
        "verify": lambda: payments.verify(payment_id, [(invoice_id, R100)]),
        "confirm": lambda: payments.confirm(payment_id, company.receipt(R100), key=new_key()),
        "reject": lambda: payments.reject(payment_id, "not ours"),
        "expire": lambda: payments.expire(payment_id, "never came"),
        "reverse": lambda: payments.reverse(payment_id, "booked twice", key=new_key()),
        "take_back": lambda: payments.take_back(payment_id, "looked at again"),
    }[name]


@pytest.mark.parametrize("state", list(WAYS), ids=str)
@pytest.mark.parametrize("action", list(LEADS_TO))
def test_each_action_in_each_state_is_allowed_or_refused_by_the_table(
    company: Company, state: PaymentState, action: str
) -> None:
    invoice = company.invoice(R100)
    payment_id = company.claimed(invoice)
    for step in WAYS[state]:
        company.do(deed(company, payment_id, invoice.id, step))
    assert company.payment(payment_id).state is state
    before = (company.payment(payment_id), company.balance(invoice))

    if LEADS_TO[action] in MOVES[state]:
        company.do(deed(company, payment_id, invoice.id, action))
        assert company.payment(payment_id).state is LEADS_TO[action]
    else:
        with pytest.raises(IllegalMove):
            company.do(deed(company, payment_id, invoice.id, action))
        assert (company.payment(payment_id), company.balance(invoice)) == before
