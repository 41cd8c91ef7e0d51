"""What people type about quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import zip_longest

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.orders.types import OrderLine
from portal.orders.types.quotes import LONGEST_REPLY, LONGEST_WORDS, USUAL_DAYS, Offer

#: empty rows under those that are there
_SPARE = 5
Row = tuple[str, str, str, str]


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class AskForm(FlaskForm):  # type: ignore[misc]
    """What somebody wants a price for."""

    words = TextAreaField(
        "What do you need?",
        [Length(max=LONGEST_WORDS, message=f"At most {LONGEST_WORDS} characters.")],
        filters=[_stripped],
    )
    with_cart = BooleanField("Quote what is in my cart")
    key = HiddenField()


class OfferForm(FlaskForm):  # type: ignore[misc]
    """What we offer; the lines are fields of their own: sku, quantity, price and description of each row."""

    valid_until = DateField("Valid until", [InputRequired("Write the last day, like 2026-03-31.")])
    reply = TextAreaField(
        "Words to the customer",
        [Length(max=LONGEST_REPLY, message=f"At most {LONGEST_REPLY} characters.")],
        filters=[_stripped],
    )
    version = IntegerField(validators=[InputRequired("Open the quote again.")])

    @classmethod
    def usual(cls, **values: object) -> OfferForm:
        """The form as it is opened: a fortnight unless another day is written."""
        values["valid_until"] = values.get("valid_until") or clock.today() + timedelta(days=USUAL_DAYS)
        return cls(**values)


class SendForm(FlaskForm):  # type: ignore[misc]
    """The offer goes out as it was seen."""

    version = IntegerField(validators=[InputRequired("Open the quote again.")])


def rows_of(sent: MultiDict[str, str]) -> list[Row]:
    """The rows of the form that say something, as typed: code, quantity, price, description."""
    columns = [sent.getlist(name) for name in ("sku", "quantity", "price", "description")]
    rows = [tuple(_stripped(cell)[:300] for cell in row) for row in zip_longest(*columns, fillvalue="")]
    return [row for row in rows if row[0] or row[1] or row[2]]  # type: ignore[misc]


def rows_shown(lines: Sequence[OrderLine]) -> list[Row]:
    """The lines of a quote as rows of the form."""
    return [(line.sku, str(line.quantity), line.unit_price.plain, line.description) for line in lines]


def with_spare(rows: Sequence[Row]) -> list[Row]:
    """The rows, and some empty ones to go on with."""
    return [*rows, *[("", "", "", "")] * _SPARE]


def offers_of(rows: Sequence[Row], currency: str) -> list[Offer]:
    """The lines as values, in the quote's currency. Raises BadInput that names the code of a line that cannot be read."""
    return [_offer(row, currency) for row in rows]


def _offer(row: Row, currency: str) -> Offer:
    sku, quantity, price, description = row
    if not sku:
        raise BadInput("Every line needs a product code.", field="lines")
    if not (quantity.isascii() and quantity.isdigit() and len(quantity) <= 6):
        raise BadInput(f"Write a whole quantity for {sku}, like 2.", field="lines")
    try:
        return Offer(sku, int(quantity), Money.parse(price, currency), description)
    except BadInput:
        raise BadInput(f"Write the price of {sku} like 12 500.00.", field="lines") from None
