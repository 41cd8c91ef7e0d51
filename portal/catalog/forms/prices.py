"""What staff type about prices."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.catalog.forms.whole import WholeField
from portal.catalog.types import CURRENCIES, LONGEST_LIST_NAME, ListDraft, ListInfo
from portal.core import clock
from portal.core.money import Money
from portal.platform.fields import MoneyField

_DAY = "Write the day like 2026-03-16."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class ListForm(FlaskForm):  # type: ignore[misc]
    """A price list's name, days and whom it is for."""

    name = StringField(
        "Name", [InputRequired("Write a name, like Mines 2026."), Length(3, LONGEST_LIST_NAME)], filters=[_stripped]
    )
    currency = SelectField("Currency", choices=[SelectChoice(each, each) for each in CURRENCIES])
    valid_from = DateField("First day", [InputRequired(_DAY)], default=clock.today)
    valid_to = DateField("Last day", [Optional()])
    everybody = BooleanField("For everybody, visitors of the shop too")
    version = HiddenField(default="0")

    @classmethod
    def of(cls, info: ListInfo) -> ListForm:
        """Filled in with a list as it stands."""
        return cls(
            name=info.name, currency=info.currency, valid_from=info.valid_from, valid_to=info.valid_to,
            everybody=info.everybody, version=str(info.version),
        )  # fmt: skip

    def draft(self) -> ListDraft:
        """What was typed; call only after it was found good."""
        return ListDraft(
            self.name.data, self.currency.data, self.valid_from.data, self.valid_to.data, self.everybody.data
        )

    def seen(self) -> int:
        """The version of the list that the person changed."""
        text = self.version.data or ""
        return int(text[:9]) if text.isascii() and text.isdigit() else 0


class GiveForm(FlaskForm):  # type: ignore[misc]
    """A customer that a list is for from now on."""

    customer = StringField("Customer code", [InputRequired("Write the code, like MPD014.")], filters=[_stripped])


class PriceForm(FlaskForm):  # type: ignore[misc]
    """One price of a list."""

    sku = StringField("Product code", [InputRequired("Write the code, like HH-12-R2AT.")], filters=[_stripped])
    from_quantity = WholeField("From quantity", "Write 1 to 99 999, like 10.", 1, 99_999, default=1)
    price = MoneyField("Price without VAT")

    def validate_price(self, field: MoneyField) -> None:
        """A row of a list has a price."""
        if field.data is None and not field.process_errors:
            raise ValidationError("Write the price like 4 350.00.")

    def amount(self, currency: str) -> Money:
        """What was typed, in the list's currency; call only after it was found good."""
        if self.price.data is None:
            raise ValueError("the form was not checked")
        return Money(self.price.data.cents, currency)


class RemoveForm(FlaskForm):  # type: ignore[misc]
    """A button: what it removes stands in its address."""


class RateForm(FlaskForm):  # type: ignore[misc]
    """What one unit of another currency cost in rand on a day."""

    day = DateField("Day", [InputRequired(_DAY)], default=clock.today)
    rate = StringField("Rand for one dollar", [InputRequired("Write it like 18.2145.")], filters=[_stripped])
