"""Books with something in them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.money import Money
from tests.integration.payments.company import Company, found_company


@pytest.fixture
def company(app: Any) -> Company:
    return found_company()


@pytest.fixture
def booked(company: Company) -> Company:
    """Two invoices and a receipt: journals 1, 2 and 3 with 2, 2 and 2 lines (entries 1 to 6)."""
    first, _ = company.invoice(Money.zar(100_00)), company.invoice(Money.zar(50_00))
    company.confirm(company.verified(first))
    return company
