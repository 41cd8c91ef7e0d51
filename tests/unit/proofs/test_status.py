"""What a notice says happened to the payment is read in every bank's style; only a payment made is one."""

from __future__ import annotations

from datetime import date

import pytest

from portal.core.money import Money
from portal.demo.drawing.facts import STATUSES, Form, ProofFacts, Style
from portal.demo.drawing.proofs import draw
from portal.proofs import pipeline

#: a payment that waits for a second person is pending by another name
MEANT = {"pending": {"pending", "awaiting authorisation"}, "scheduled": {"scheduled", "pending"}}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("style", Style)
def test_the_status_is_read(style: Style, status: str) -> None:
    facts = ProofFacts(amount=Money.zar(1_234_56), paid_on=date(2026, 3, 13), reference="360H997WW", status=status)
    value = pipeline.read(draw(facts, style=style, form=Form.PDF).data, escalate=False).fields["status"]
    assert value is not None
    assert value.value in MEANT.get(status, {status})
