"""The contact form, and what staff write."""

from __future__ import annotations

import re

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from portal.content.types import ICONS, ITEMS_AT_MOST, Content, Item, PieceInfo
from portal.core.company import Company

_EMAIL = Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Write it like name@company.co.za.")
#: empty entries below those that are there
_SPARE = 2


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class ContactForm(FlaskForm):  # type: ignore[misc]
    """website is hidden from people: what is written there was written by a machine."""

    name = StringField("Your name", [DataRequired("Write your name."), Length(max=120)], filters=[_stripped])
    company = StringField("Company", [Optional(), Length(max=160)], filters=[_stripped])
    email = StringField(
        "E-mail address", [DataRequired("Write the address we may answer to."), Length(max=254), _EMAIL],
        filters=[_stripped],
    )  # fmt: skip
    words = TextAreaField(
        "What is it about?",
        [DataRequired("Write what we can do for you."), Length(max=4000, message="Write at most 4 000 signs.")],
        filters=[_stripped],
    )
    website = StringField("Leave this empty", [Optional()])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    words = TextAreaField(
        "Your answer",
        [DataRequired("Write the answer."), Length(max=4000, message="Write at most 4 000 signs.")],
        filters=[_stripped],
    )
    key = HiddenField()


class ItemForm(Form):  # type: ignore[misc]
    """One entry; without a title it is left out."""

    title = StringField("Title", [Optional(), Length(max=120)])
    icon = SelectField(
        "Picture", choices={"": "None", **{name: name.replace("-", " ") for name in ICONS}}, validate_choice=False
    )
    words = TextAreaField("Words", [Optional(), Length(max=2000)])
    link = StringField("Leads to", [Optional(), Length(max=300)])


class PieceForm(FlaskForm):  # type: ignore[misc]
    """A piece of the public pages. seen: the number of the version it was filled in from."""

    title = StringField("Title", [Optional(), Length(max=160)])
    words = TextAreaField("Words", [Optional(), Length(max=40_000)])
    items = FieldList(FormField(ItemForm), max_entries=ITEMS_AT_MOST + _SPARE)
    note = StringField("Why you change it", [Optional(), Length(max=200)], filters=[_stripped])
    seen = HiddenField()

    def content(self) -> Content:
        """What was written."""
        items = (
            Item(each.title.data or "", each.words.data or "", each.icon.data or "", each.link.data or "")
            for each in self.items
        )
        return Content(self.title.data or "", (self.words.data or "").replace("\r\n", "\n"), tuple(items))

    @classmethod
    def of(cls, info: PieceInfo) -> PieceForm:
        """The form filled in with a piece, and empty entries below."""
        told = info.content
        rows = [{"title": i.title, "words": i.words, "icon": i.icon, "link": i.link} for i in told.items]
        rows += [{}] * (_SPARE if "items" in info.piece.has else 0)
        return cls(title=told.title, words=told.words, items=rows, seen=str(info.number))


class CompanyForm(FlaskForm):  # type: ignore[misc]
    """Who we are. Nothing is required: what is missing is said beside it."""

    name = StringField("Registered name", [Optional(), Length(max=160)], filters=[_stripped])
    registration = StringField("Registration number", [Optional(), Length(max=30)], filters=[_stripped])
    vat_number = StringField("VAT number", [Optional()], filters=[_stripped])
    address = TextAreaField("Address", [Optional(), Length(max=400)])
    phone = StringField("Telephone", [Optional(), Length(max=40)], filters=[_stripped])
    email = StringField("Office e-mail", [Optional(), Length(max=254), _EMAIL], filters=[_stripped])
    note = StringField("Why you change it", [Optional(), Length(max=200)], filters=[_stripped])
    seen = HiddenField()

    def facts(self) -> Company:
        """As typed; a demo stays one no longer once a person has written its facts."""
        lines = tuple(line.strip() for line in (self.address.data or "").splitlines() if line.strip())
        vat = re.sub(r"\s", "", self.vat_number.data or "")
        told = (self.name.data or "", self.registration.data or "", vat)
        return Company(*told, lines, self.phone.data or "", self.email.data or "")

    @classmethod
    def of(cls, facts: Company, number: int) -> CompanyForm:
        """The form filled in with what is known."""
        told = {name: getattr(facts, name) for name in ("name", "registration", "vat_number", "phone", "email")}
        return cls(**told, address="\n".join(facts.address), seen=str(number))
