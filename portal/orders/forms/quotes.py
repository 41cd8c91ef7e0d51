"""What people type about quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import NamedTuple

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.accounts.types import UserInfo
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.orders.types.quotes import LONGEST_REPLY, LONGEST_WORDS, USUAL_DAYS, Offer, QuotedLine, percent

#: empty rows under those that are there
_SPARE = 5


class Row(NamedTuple):
    """One line as typed. price: of one, before the discount; empty for the customer's list price."""

    sku: str = ""
    quantity: str = ""
    price: str = ""
    less: str = ""
    description: str = ""


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
    less_all = StringField("Discount on every line", filters=[_stripped])
    find = StringField("Find a product", filters=[_stripped])
    version = IntegerField(validators=[InputRequired("Open the quote again.")])

    def validate_less_all(self, field: StringField) -> None:
        """Nothing, or a percentage."""
        try:
            hundredths(field.data, "every line")
        except BadInput as error:
            raise ValidationError(error.words) from None

    @classmethod
    def usual(cls, **values: object) -> OfferForm:
        """The form as it is opened: a fortnight unless another day is written."""
        values["valid_until"] = values.get("valid_until") or clock.today() + timedelta(days=USUAL_DAYS)
        return cls(**values)


class StartForm(FlaskForm):  # type: ignore[misc]
    """Who of a customer gets a quote that we begin."""

    person = SelectField("For", coerce=int, validate_choice=False)
    key = HiddenField()

    def __init__(self, people: Sequence[UserInfo] = (), **values: object) -> None:
        super().__init__(**values)
        self.person.choices = [SelectChoice(each.id, f"{each.name} ({each.role})") for each in people]


class CopyForm(FlaskForm):  # type: ignore[misc]
    """A quote once more, as a draft."""

    key = HiddenField()


class SendForm(FlaskForm):  # type: ignore[misc]
    """The offer goes out as it was seen."""

    version = IntegerField(validators=[InputRequired("Open the quote again.")])


def rows_of(sent: MultiDict[str, str]) -> list[Row]:
    """The rows of the form that say something, as typed; what a product search beside them adds comes last."""
    columns = [sent.getlist(name) for name in ("sku", "quantity", "price", "less", "description")]
    rows = [Row(*(_stripped(cell)[:300] for cell in row)) for row in zip_longest(*columns, fillvalue="")]
    kept = [row for row in rows if row.sku or row.quantity or row.price]
    if added := _stripped(sent.get("add"))[:40]:
        kept.append(Row(added, "1"))
    return kept


def rows_shown(lines: Sequence[QuotedLine]) -> list[Row]:
    """The lines of a quote as rows of the form."""
    return [
        Row(
            line.sku, str(line.quantity), line.before.plain, percent(line.discount) if line.discount else "",
            line.description,
        )
        for line in lines
    ]  # fmt: skip


def with_spare(rows: Sequence[Row]) -> list[Row]:
    """The rows, and some empty ones to go on with."""
    return [*rows, *[Row()] * _SPARE]


def offers_of(rows: Sequence[Row], currency: str, less_all: str | None = None) -> list[Offer]:
    """The lines as values, in the quote's currency. less_all: the discount of lines without their own.

    Raises BadInput that names the code of a line that cannot be read.
    """
    usual = hundredths(less_all or "", "every line", field="less_all")
    return [_offer(row, currency, usual) for row in rows]


def hundredths(text: str, of: str, *, field: str = "lines") -> int:
    """``2.5`` or ``2,5 %`` as 250; nothing as 0. Raises BadInput for what is no percentage from 0 to 100."""
    plain = text.replace("%", "").replace(",", ".").strip() or "0"
    whole, _, part = plain.partition(".")
    made = f"{whole}{part:0<2}" if whole or part else ""
    if not (made.isascii() and made.isdigit() and len(part) <= 2 and len(whole) <= 3 and int(made) <= 10_000):
        raise BadInput(f"Write the discount on {of} in percent, like 5 or 2.5.", field=field)
    return int(made)


def _offer(row: Row, currency: str, usual: int) -> Offer:
    if not row.sku:
        raise BadInput("Every line needs a product code.", field="lines")
    if not (row.quantity.isascii() and row.quantity.isdigit() and len(row.quantity) <= 6):
        raise BadInput(f"Write a whole quantity for {row.sku}, like 2.", field="lines")
    discount = hundredths(row.less, row.sku) if row.less else usual
    try:
        price = Money.parse(row.price, currency) if row.price else None
    except BadInput:
        raise BadInput(f"Write the price of {row.sku} like 12 500.00.", field="lines") from None
    return Offer(row.sku, int(row.quantity), price, row.description, discount)
