"""The contact form."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class ContactForm(FlaskForm):  # type: ignore[misc]
    """website is hidden from people: what is written there was written by a machine."""

    name = StringField("Your name", [DataRequired("Write your name."), Length(max=120)], filters=[_stripped])
    company = StringField("Company", [Optional(), Length(max=160)], filters=[_stripped])
    email = StringField(
        "E-mail address",
        [
            DataRequired("Write the address we may answer to."),
            Length(max=254),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Write it like name@company.co.za."),
        ],
        filters=[_stripped],
    )
    words = TextAreaField(
        "What is it about?",
        [DataRequired("Write what we can do for you."), Length(max=4000, message="Write at most 4 000 signs.")],
        filters=[_stripped],
    )
    website = StringField("Leave this empty", [Optional()])
