"""Customers, for programs of our own."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from msgspec import Meta

from portal.accounts import service
from portal.accounts.types import CustomerInfo, ReleasePolicy
from portal.platform.http import access
from portal.platform.rest import Amount, Asked, Listed, Search, Shape, amount, listed, operation
from portal.platform.rest.shapes import After, Limit

blueprint = Blueprint("accounts_api", __name__)


class Customer(Shape, frozen=True, kw_only=True):
    """A company that buys."""

    code: Annotated[str, Meta(description="Names the customer everywhere.", examples=["MPD014"])]
    name: Annotated[str, Meta(examples=["Mopani Drilling (Pty) Ltd"])]
    email: Annotated[str, Meta(examples=["accounts@mopani.example"])]
    vat_number: Annotated[str | None, Meta(examples=["4123456789"])]
    reference: Annotated[str, Meta(description="For payments that name no invoice.", examples=["7K04M2X3"])]
    country: Annotated[str, Meta(description="ISO 3166-1.", examples=["ZA"])]
    currency: Annotated[str, Meta(description="ISO 4217.", examples=["ZAR"])]
    terms_days: Annotated[int, Meta(description="From invoice to due date.", examples=[30])]
    credit_limit: Amount
    release_policy: ReleasePolicy


class CustomersAsked(Asked, frozen=True, kw_only=True):
    """Which customers."""

    q: Search = ""
    after: After = ""
    limit: Limit = 25


@blueprint.get("/api/v1/customers")
@access.program("customers:read")
@operation("List customers", tag="Customers", answer=Listed[Customer], query=CustomersAsked,
           words="By name. For programs of our own only.")  # fmt: skip
def customers(query: CustomersAsked) -> Listed[Customer]:
    """All customers, or those a search finds."""
    return listed(service.customers_page(query.q, query.after or None, query.limit), _customer)


@blueprint.get("/api/v1/customers/<code>")
@access.program("customers:read")
@operation("Get a customer", tag="Customers", answer=Customer, path={"code": ("The customer’s code.", "MPD014")})
def customer(code: str) -> Customer:
    """One customer."""
    return _customer(service.customer_by_code(code))


def _customer(info: CustomerInfo) -> Customer:
    return Customer(
        code=info.code, name=info.name, email=info.email, vat_number=info.vat_number, reference=info.reference,
        country=info.country, currency=info.currency, terms_days=info.terms_days,
        credit_limit=amount(info.credit_limit), release_policy=info.release_policy,
    )  # fmt: skip
