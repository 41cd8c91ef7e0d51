"""What people type about themselves and about customers."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from portal.accounts.types import CustomerDraft, CustomerInfo, MemberDraft, ReleasePolicy
from portal.core.countries import COUNTRIES, HOME_COUNTRY, currency_of, is_abroad
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES
from portal.core.money import Money
from portal.platform.fields import MoneyField
from portal.platform.webhooks.types import GROUPS, LONGEST_URL

_EMAIL = Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Write it like name@company.co.za.")
_VAT = re.compile(r"4[0-9]{9}")
TERMS = {0: "Cash before delivery", 7: "7 days from invoice", 30: "30 days from invoice", 60: "60 days from invoice"}
_COUNTRIES = dict(sorted(COUNTRIES.items(), key=lambda item: (item[0] != HOME_COUNTRY, item[1])))
_MONEY = {"": "By its country", "ZAR": "Rand (ZAR)", "USD": "US dollars (USD)"}
LIFETIMES = {30: "30 days", 90: "90 days", 365: "A year", 730: "Two years"}
POLICIES = {
    ReleasePolicy.CLEARED.value: "Cleared funds",
    ReleasePolicy.PROVISIONAL.value: "Provisional",
    ReleasePolicy.TRUSTED.value: "Trusted",
    ReleasePolicy.ACCOUNT.value: "On account",
}


def _needed(words: str) -> DataRequired:
    return DataRequired(message=words)


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class LoginForm(FlaskForm):  # type: ignore[misc]
    email = StringField("E-mail address", [_needed("Write your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Write your password."), Length(max=256)])
    next = HiddenField()


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    email = StringField("E-mail address", [_needed("Write your e-mail address."), Length(max=254), _EMAIL])


class ChoosePasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField("New password", [InputRequired("Choose a password.")])


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    old = PasswordField("Password now", [InputRequired("Write the password you have now.")])
    password = PasswordField("New password", [InputRequired("Choose a password.")])


class NameForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Your name", [_needed("Write your name."), Length(max=120)], filters=[_stripped])


class MemberForm(FlaskForm):  # type: ignore[misc]
    """What a person may do for a customer; an empty limit is none."""

    role = SelectField("Role", choices={role: role.capitalize() for role in CUSTOMER_ROLES})
    spending_limit = MoneyField("May order up to", positive=False)
    seen = HiddenField()

    def validate_spending_limit(self, field: MoneyField) -> None:
        _no_debt(field)


class UserForm(MemberForm):
    """A new person of a customer."""

    name = StringField("Name", [_needed("Write the person’s name."), Length(max=120)], filters=[_stripped])
    email = StringField("E-mail address", [_needed("Write an address."), Length(max=254), _EMAIL], filters=[_stripped])

    def draft(self) -> MemberDraft:
        """Whom to invite."""
        return MemberDraft(self.name.data, self.email.data, self.role.data, self.spending_limit.data)


class JoinForm(FlaskForm):  # type: ignore[misc]
    """Somebody without a sign-in accepts an invitation."""

    name = StringField("Your name", [_needed("Write your name."), Length(max=120)], filters=[_stripped])
    password = PasswordField("New password", [InputRequired("Choose a password.")])


class StaffForm(FlaskForm):  # type: ignore[misc]
    """A new person of ours."""

    name = StringField("Name", [_needed("Write the person’s name."), Length(max=120)], filters=[_stripped])
    email = StringField("E-mail address", [_needed("Write an address."), Length(max=254), _EMAIL], filters=[_stripped])
    roles = SelectMultipleField(
        "Roles", [_needed("Choose at least one role.")], choices={role: role.capitalize() for role in STAFF_ROLES}
    )


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """An address that events are sent to. No group chosen means all of them."""

    url = StringField("Address", [_needed("Write an address."), Length(max=LONGEST_URL)], filters=[_stripped])
    words = StringField("What it is", [Optional(), Length(max=80)], filters=[_stripped])
    kinds = SelectMultipleField("Events", choices=GROUPS)


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A token for a program. The key makes the same form sent twice one token. scopes: what it may be given."""

    def __init__(self, scopes_of: dict[str, str], **values: Any) -> None:
        super().__init__(**values)
        self.scopes.choices = list(scopes_of.items())

    name = StringField("What it is for", [_needed("Write what it is for."), Length(max=80)], filters=[_stripped])
    scopes = SelectMultipleField("It may", [_needed("Choose what it may do.")])
    days = SelectField("It ends after", choices=LIFETIMES, coerce=int, default=365)
    key = HiddenField()


class RolesForm(FlaskForm):  # type: ignore[misc]
    roles = SelectMultipleField(
        "Roles", [_needed("Choose at least one role.")], choices={role: role.capitalize() for role in STAFF_ROLES}
    )


class CustomerForm(FlaskForm):  # type: ignore[misc]
    """A customer's facts, terms and limits."""

    name = StringField(
        "Registered name", [_needed("Write the name as it is registered."), Length(max=160)], filters=[_stripped]
    )
    registration = StringField("Registration number", [Optional(), Length(max=30)], filters=[_stripped])
    vat_number = StringField("VAT number", [Optional()], filters=[_stripped])
    email = StringField("Accounts e-mail", [_needed("Write an address."), Length(max=254), _EMAIL], filters=[_stripped])
    address = TextAreaField("Address", [Optional(), Length(max=400)])
    terms_days = SelectField("Payment terms", choices=TERMS, coerce=int)
    credit_limit = MoneyField("Credit limit", positive=False)
    country = SelectField("Country", choices=_COUNTRIES, default=HOME_COUNTRY)
    buys_with = SelectField("Buys with", choices=_MONEY, default="")
    release_policy = RadioField("When may goods leave?", choices=POLICIES)
    provisional_limit = MoneyField("Limit for unconfirmed money", positive=False)
    seen = HiddenField()

    def validate_vat_number(self, field: StringField) -> None:
        digits = re.sub(r"\s", "", field.data or "")
        if is_abroad(self.country.data or HOME_COUNTRY):
            field.data = digits[:20]
            return
        if digits and not _VAT.fullmatch(digits):
            count = f" This one has {len(digits)}." if len(digits) != 10 else ""
            raise ValidationError(f"A South-African VAT number has 10 digits and starts with 4.{count}")
        field.data = digits

    def validate_credit_limit(self, field: MoneyField) -> None:
        _no_debt(field)

    def validate_provisional_limit(self, field: MoneyField) -> None:
        _no_debt(field)

    def draft(self) -> CustomerDraft:
        """The facts as typed; empty limits are nothing."""
        return CustomerDraft(
            name=self.name.data,
            email=self.email.data,
            vat_number=self.vat_number.data or None,
            registration=self.registration.data or None,
            address=tuple(line.strip() for line in (self.address.data or "").splitlines() if line.strip()),
            terms_days=self.terms_days.data,
            credit_limit=self.credit_limit.data or Money.zero(),
            release_policy=ReleasePolicy(self.release_policy.data),
            provisional_limit=self.provisional_limit.data or Money.zero(),
            country=self.country.data,
            currency=self.buys_with.data or None,
        )

    @classmethod
    def of(cls, info: CustomerInfo) -> CustomerForm:
        """The form filled in with a customer's facts."""
        return cls(
            name=info.name,
            registration=info.registration,
            vat_number=info.vat_number,
            email=info.email,
            address="\n".join(info.address),
            terms_days=info.terms_days,
            credit_limit=info.credit_limit,
            release_policy=info.release_policy.value,
            provisional_limit=info.provisional_limit,
            country=info.country,
            buys_with="" if info.currency == currency_of(info.country) else info.currency,
            seen=info.fingerprint,
        )


class NewCustomerForm(CustomerForm):
    code = StringField("Customer code", [_needed("Write a code like MPD014.")], filters=[_stripped])


def _no_debt(field: MoneyField) -> None:
    if field.data is not None and field.data.cents < 0:
        raise ValidationError("A limit cannot be less than nothing. Write it like 150 000.00.")
