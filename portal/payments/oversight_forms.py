"""What staff type in when money is moved, given up or given back."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.core import clock
from portal.core.money import Money
from portal.platform.fields import MoneyField

_AMOUNT = "Write the amount like 12 500.00."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _typed(field: MoneyField) -> Money:
    assert isinstance(field.data, Money)  # noqa: S101 - InputRequired
    return field.data


class WhyForm(FlaskForm):  # type: ignore[misc]
    """A reason that others read later, and what is decided."""

    reason = TextAreaField(
        "Reason",
        [InputRequired(message="Say why; others read it later."), Length(max=500)],
        filters=[_stripped],
    )
    key = HiddenField()
    answer = HiddenField()


class MoveForm(WhyForm):
    """How much of a payment is taken off an invoice, and which invoices get it instead; none makes it credit."""

    amount = MoneyField("Amount to move", [InputRequired(message=_AMOUNT)])
    to = SelectMultipleField("To", validate_choice=False)

    def moved(self, currency: str) -> Money:
        """What was typed, in the payment's currency. Call it after validation."""
        return Money(_typed(self.amount).cents, currency)


class BackForm(WhyForm):
    """Credit that goes back the way it came, through the payment's gateway."""

    amount = MoneyField("Amount to pay back", [InputRequired(message=_AMOUNT)])

    def refunded(self, currency: str) -> Money:
        """What was typed, in the payment's currency. Call it after validation."""
        return Money(_typed(self.amount).cents, currency)

    def typed(self) -> tuple[str, str, str, str] | None:
        """The account it goes to, as typed; None for the way it came."""
        return None


class RefundForm(BackForm):
    """Credit that goes back, and to which account."""

    holder = StringField(
        "Account holder", [InputRequired(message="Write whose account it is."), Length(max=120)], filters=[_stripped]
    )
    bank = StringField(
        "Bank", [InputRequired(message="Write the bank, like FNB."), Length(max=80)], filters=[_stripped]
    )
    branch = StringField("Branch code", [InputRequired(message="A branch code has six digits, like 250655.")])
    account = StringField(
        "Account number", [InputRequired(message="An account number has 7 to 16 digits, like 62 8411 90736.")]
    )

    def typed(self) -> tuple[str, str, str, str]:
        """Holder, bank, branch and account as typed."""
        return self.holder.data, self.bank.data, self.branch.data, self.account.data


class PaidForm(FlaskForm):  # type: ignore[misc]
    """The day on which the bank shows that money left."""

    paid_on = DateField("Date at the bank", [InputRequired(message="Write the day like 2026-03-16.")])
    key = HiddenField()

    def validate_paid_on(self, wanted: DateField) -> None:
        day: date | None = wanted.data
        if day and day > clock.today():
            raise ValidationError("This day has not come yet. Use the day the bank shows.")


class LimitsForm(FlaskForm):  # type: ignore[misc]
    """Up to which sums one person may decide."""

    cents = MoneyField("Cents that one person may write off", [InputRequired(message=_AMOUNT)], positive=False)
    refund_alone = MoneyField("Refunds that one person may approve", [InputRequired(message=_AMOUNT)], positive=False)
    cents_version = HiddenField()
    refund_version = HiddenField()

    def sums(self) -> tuple[Money, Money]:
        """What was typed. Call it after validation."""
        return _typed(self.cents), _typed(self.refund_alone)

    def seen(self) -> tuple[int, int]:
        """The versions of the limits that the form was filled in from; none that fits when they were changed by hand."""
        values = (self.cents_version.data or "", self.refund_version.data or "")
        first, second = (int(each) if each.isascii() and each.isdigit() and len(each) < 10 else -1 for each in values)
        return first, second
