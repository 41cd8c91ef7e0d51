"""Forms around samples, recalls and what is remembered of payers."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal.core.money import Money
from portal.platform.fields import MoneyField
from portal.proofs.types.oversight import RIGHT, WRONG, Opinion

_AGAIN = "Open the page again."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class OpinionForm(FlaskForm):  # type: ignore[misc]
    """What a person sees on a document, and whether they would accept it."""

    version = IntegerField(validators=[DataRequired(_AGAIN)])
    accept = RadioField(
        "Would you accept it?",
        choices={"yes": "Yes, I would accept it", "no": "No, I would not"},
        validators=[DataRequired("Say yes or no.")],
    )
    amount = MoneyField("Amount paid", validators=[Optional()])
    paid_on = DateField("Day paid", validators=[Optional()])
    invoices = SelectMultipleField("It pays", validate_choice=True)
    words = StringField("What you noticed", validators=[Length(max=500)], filters=[_stripped])

    def offer(self, open_invoices: dict[str, Money]) -> OpinionForm:
        """The invoices that were open when it was judged, with what each still owed."""
        self._currencies = {number: balance.currency for number, balance in open_invoices.items()}
        self.invoices.choices = {number: f"{number}, {balance}" for number, balance in open_invoices.items()}
        return self

    def opinion(self) -> Opinion:
        """As the person typed it."""
        paid, amount = tuple(self.invoices.data or ()), self.amount.data
        if amount is not None and paid:  # a payment has the currency of what it pays
            amount = Money(amount.cents, self._currencies[paid[0]])
        return Opinion(
            self.accept.data == "yes", amount, self.paid_on.data, paid, self.words.data or "",
        )  # fmt: skip


class SettleForm(FlaskForm):  # type: ignore[misc]
    """Whether an automatic accept was right, once the person has seen both."""

    version = IntegerField(validators=[DataRequired(_AGAIN)])
    outcome = RadioField(
        "The automatic accept was",
        choices={RIGHT: "Right: I looked again and it fits", WRONG: "Wrong: it should not have been accepted"},
        validators=[DataRequired("Say whether it was right or wrong.")],
    )
    words = StringField("Why", validators=[Length(max=500)], filters=[_stripped])

    def validate_words(self, field: StringField) -> None:
        if self.outcome.data == WRONG and not field.data:
            raise ValidationError("Write what is wrong with it.")


class ShareForm(FlaskForm):  # type: ignore[misc]
    """How many of a hundred automatic accepts a person looks at; two decimals at most."""

    version = IntegerField(validators=[InputRequired(_AGAIN)])
    percent = DecimalField(
        "Share of automatic accepts, in per cent",
        places=None,
        validators=[InputRequired("Write a number like 5 or 2.5."), NumberRange(0, 100, "From 0 to 100.")],
    )

    def validate_percent(self, field: DecimalField) -> None:
        if isinstance(field.data, Decimal) and field.data.is_finite() and field.data * 100 % 1:
            raise ValidationError("At most two decimals, like 2.25.")

    @property
    def share(self) -> int:
        """In ten-thousandths."""
        return int(self.percent.data * 100)


class SwitchForm(FlaskForm):  # type: ignore[misc]
    """On or off, for who saw it in this version."""

    version = IntegerField(validators=[InputRequired(_AGAIN)])
    on = RadioField("On", choices={"yes": "On", "no": "Off"}, validators=[DataRequired(_AGAIN)])


class RecallForm(FlaskForm):  # type: ignore[misc]
    """Which automatic accepts go back to people, and why."""

    what = StringField("What", validators=[DataRequired(_AGAIN), Length(max=16)])
    value = StringField("Made with", validators=[DataRequired(_AGAIN), Length(max=80)])
    reason = TextAreaField(
        "Why they are called back",
        validators=[DataRequired("Write it: whoever reviews them reads it."), Length(max=500)],
        filters=[_stripped],
    )


class PayerForm(FlaskForm):  # type: ignore[misc]
    """For whom a payer pays."""

    version = IntegerField(validators=[DataRequired(_AGAIN)])
    customer = StringField(
        "Customer code", validators=[DataRequired("Write a code like MPD014."), Length(max=12)], filters=[_stripped]
    )
