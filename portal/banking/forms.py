"""What staff send from the bank's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from portal.banking.types.mappings import ROLES, Naming
from portal.banking.types.rules import AsideKind, AsideRule, RuleInfo
from portal.ledger.types import BankAccountInfo

_MOST_COLUMNS = 60


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class StatementForm(FlaskForm):  # type: ignore[misc]
    """A statement of one of our accounts."""

    account = SelectField("Account", [InputRequired(message="Choose the account.")], coerce=int)
    file = FileField("Statement", [FileRequired(message="Choose the file that the bank gave you.")])

    def __init__(self, accounts: Iterable[BankAccountInfo]) -> None:
        super().__init__()
        self.account.choices = [(each.id, each.masked) for each in accounts]


class SeenForm(FlaskForm):  # type: ignore[misc]
    """What a page showed when its button was pressed."""

    seen = StringField("Shown", [InputRequired(), Regexp(r"[0-9a-f]{64}\Z", message="Look at the file again.")])


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
    """Why a line is set aside, a decision undone, or a month opened again."""

    key = HiddenField()

    reason = StringField(
        "Reason", [InputRequired(message="Say why; others read it later."), Length(max=500)], filters=[_stripped]
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What is known about money that nobody knows the owner of."""

    note = StringField("What is known", [Length(max=500)], filters=[_stripped])


class SignForm(NoteForm):
    """A month is signed off as it was shown. seen: its unexplained cents."""

    note = StringField("Why something stays unexplained", [Length(max=500)], filters=[_stripped])
    seen = IntegerField("Shown", [InputRequired(), NumberRange(0, 10**15)])
    key = HiddenField()


class DecideMonthForm(FlaskForm):  # type: ignore[misc]
    """A second person opens a month, or leaves it signed off."""

    answer = HiddenField()
    key = HiddenField()


class GiveBackForm(WhyForm):
    """To which account money in suspense goes back."""

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


class NamingForm(FlaskForm):  # type: ignore[misc]
    """Which column of a file holds what; the columns themselves are fields ``column-0``, ``column-1`` and so on."""

    heading = IntegerField(
        "Row of the headings", [InputRequired(message="Write a row, or 0 for none."), NumberRange(0, 60)]
    )
    name = StringField("Name", [Length(max=80)], filters=[_stripped])
    turned = BooleanField("Signs")

    def naming(self, sent: Mapping[str, str]) -> Naming:
        """The columns as they were chosen; of two with the same role the first."""
        roles: dict[str, int] = {}
        for at in range(_MOST_COLUMNS):
            role = sent.get(f"column-{at}", "")
            if role in ROLES:
                roles.setdefault(role, at)
        return Naming(self.heading.data, roles, bool(self.turned.data))


class SwitchForm(FlaskForm):  # type: ignore[misc]
    """On or off."""

    to = HiddenField()


#: What kinds of rules are called.
RULE_KINDS = (
    (AsideKind.INCOME.value, "Income that no customer pays"),
    (AsideKind.TRANSFER.value, "Transfer between our accounts"),
    (AsideKind.FEE.value, "Fee of the bank"),
    (AsideKind.REVERSAL.value, "Payment that the bank takes back"),
)


class RuleForm(FlaskForm):  # type: ignore[misc]
    """A rule that sets lines aside; one phrase a line."""

    name = StringField(
        "Name", [InputRequired(message="Give it a name, like Interest on our savings."), Length(max=80)],
        filters=[_stripped],
    )  # fmt: skip
    kind = SelectField("What it recognises")
    phrases = TextAreaField(
        "Phrases, one a line", [InputRequired(message="Write at least one phrase, like INTEREST."), Length(max=6000)]
    )
    place = IntegerField(
        "Place", [InputRequired(message="Write a number from 1 to 999."), NumberRange(1, 999, "Write a number from 1 to 999.")]
    )  # fmt: skip
    active = BooleanField("In force")
    version = IntegerField("Version", [NumberRange(0)], default=0)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = list(RULE_KINDS)

    @classmethod
    def of(cls, info: RuleInfo) -> RuleForm:
        """The form of a rule as it stands."""
        rule = info.rule
        return cls(
            formdata=None, name=rule.name, kind=rule.kind.value, phrases="\n".join(rule.phrases), place=rule.place,
            active=rule.active, version=info.version,
        )  # fmt: skip

    def draft(self) -> AsideRule:
        """The rule as it was typed."""
        return AsideRule(
            "", AsideKind(self.kind.data), self.name.data, tuple(self.phrases.data.splitlines()), self.place.data,
            bool(self.active.data),
        )  # fmt: skip
