"""Forms around mails that wait for a person."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, Length

_AGAIN = "Open the page again."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class HandToForm(FlaskForm):  # type: ignore[misc]
    """Whose mail it is."""

    version = IntegerField(validators=[DataRequired(_AGAIN)])
    code = StringField(
        "Customer code", validators=[DataRequired("Write the customer's code, like KDR001."), Length(max=20)],
        filters=[_stripped],
    )  # fmt: skip


class DismissForm(FlaskForm):  # type: ignore[misc]
    """Why nothing comes of it."""

    version = IntegerField(validators=[DataRequired(_AGAIN)])
    why = StringField(
        "Why nothing comes of it", validators=[DataRequired("Say why, so that others know."), Length(max=500)],
        filters=[_stripped],
    )  # fmt: skip
