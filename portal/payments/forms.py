"""What staff type in from the bank's screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.core import clock
from portal.core.errors import BadInput
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.ledger.types import BankAccountInfo
from portal.payments.types import BankReceipt, PaymentInfo
from portal.platform.fields import MoneyField

_DAY = "Write the day like 2026-03-16."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _called(account: BankAccountInfo) -> str:
    """What people call an account, with its currency where that is not rand."""
    name = account.name or account.masked
    return name if account.currency == HOME else f"{name}, {account.currency}"


class _BankForm(FlaskForm):  # type: ignore[misc]
    """Day and account, which every receipt has. Pass our accounts, the primary one first."""

    value_date = DateField("Date at the bank", [InputRequired(message=_DAY)])
    account = SelectField("Our account", coerce=int)
    key = HiddenField()

    def __init__(self, accounts: Iterable[BankAccountInfo], **values: object) -> None:
        super().__init__(**values)
        ours = tuple(accounts)
        self.account.choices = [(each.id, _called(each)) for each in ours]
        self._currencies = {each.id: each.currency for each in ours}

    def in_account(self, typed: Money) -> Money:
        """An amount that was typed, in the currency of the account it came in on. Call it after validation."""
        return Money(typed.cents, self._currencies[self.account.data])

    def validate_value_date(self, wanted: DateField) -> None:
        if wanted.data and wanted.data > clock.today():
            raise ValidationError("This day has not come yet. Use the day the bank shows beside the money.")


class ConfirmForm(_BankForm):
    """One payment as the bank shows it."""

    amount = MoneyField("Amount at the bank", [InputRequired(message="Write the amount like 12 500.00.")])
    text = StringField("Text at the bank", [Length(max=255)], filters=[_stripped])

    def received(self) -> BankReceipt:
        """What was typed. Call it after validation."""
        assert self.amount.data is not None  # noqa: S101 - InputRequired
        return BankReceipt(self.in_account(self.amount.data), self.value_date.data, self.account.data, self.text.data)


class ReceiptForm(ConfirmForm):
    """Money that no proof announced."""

    customer = HiddenField()


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a payment ends or is taken back."""

    reason = TextAreaField(
        "Reason",
        [InputRequired(message="Say why; others read it later."), Length(max=500)],
        filters=[_stripped],
    )
    key = HiddenField()


class CreditForm(FlaskForm):  # type: ignore[misc]
    """Which invoices credit on account pays, by number."""

    invoice = SelectMultipleField(
        "Invoices", [InputRequired(message="Tick at least one invoice.")], validate_choice=False
    )
    key = HiddenField()


@dataclass(slots=True)
class Ticked:
    """What was ticked and typed in the list; errors by payment id."""

    ids: set[int] = field(default_factory=set)
    typed: dict[int, str] = field(default_factory=dict)
    amounts: dict[int, Money] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, chosen: Iterable[str], values: Mapping[str, str]) -> Ticked:
        """From the list's own fields: ``payment`` for each box, ``amount-12`` beside each."""
        found = cls(ids={int(each) for each in chosen if each.isascii() and each.isdigit() and len(each) < 19})
        for payment_id in found.ids:
            text = values.get(f"amount-{payment_id}", "")
            found.typed[payment_id] = text
            try:
                amount = Money.parse(text)
            except BadInput as error:
                found.errors[payment_id] = error.words
                continue
            if amount.cents <= 0:
                found.errors[payment_id] = "The amount must be more than nothing. Write it like 12 500.00."
            found.amounts[payment_id] = amount
        return found

    def shown(self, payment: PaymentInfo) -> str:
        """What stands in the amount field of a payment: as it was typed, or as its document says."""
        return self.typed.get(payment.id, payment.amount.plain)


class BulkForm(_BankForm):
    """Many payments at one date."""

    def receipts(self, ticked: Ticked) -> list[tuple[int, BankReceipt]]:
        """One receipt for each box that was ticked. Call it after validation."""
        day: date = self.value_date.data
        return [
            (payment_id, BankReceipt(self.in_account(amount), day, self.account.data))
            for payment_id, amount in ticked.amounts.items()
        ]


class OpeningForm(FlaskForm):  # type: ignore[misc]
    """A file of what an earlier system left, and the day of its balances."""

    file = FileField("File")
    day = DateField("Balances at the end of", [InputRequired(message=_DAY)])
