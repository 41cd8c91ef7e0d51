"""What staff send from the bank's pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.ledger.types import BankAccountInfo


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class StatementForm(FlaskForm):  # type: ignore[misc]
    """A statement of one of our accounts."""

    account = SelectField("Account", [InputRequired(message="Choose the account.")], coerce=int)
    file = FileField("Statement", [FileRequired(message="Choose the file that the bank gave you.")])

    def __init__(self, accounts: Iterable[BankAccountInfo]) -> None:
        super().__init__()
        self.account.choices = [(each.id, each.masked) for each in accounts]


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What a line is: a payment, invoices, or a customer's credit."""

    payment = StringField("Payment", [Optional(), Regexp(r"[0-9]{1,15}\Z", message="Choose a payment of the list.")])
    invoice = SelectMultipleField("Invoices", validate_choice=False)
    customer = StringField("Customer", [Length(max=20)], filters=[_stripped])

    @property
    def payment_id(self) -> int | None:
        """The payment that was chosen."""
        return int(self.payment.data) if self.payment.data else None


class WhyForm(FlaskForm):  # type: ignore[misc]
    """Why a line is set aside, or a decision undone."""

    reason = StringField(
        "Reason", [InputRequired(message="Say why; others read it later."), Length(max=500)], filters=[_stripped]
    )
