"""What people say when they let go of something, and close or open the books."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class WhyForm(FlaskForm):  # type: ignore[misc]
    """A reason that others read later."""

    reason = TextAreaField(
        "Reason",
        [InputRequired(message="Say why; the auditor reads it."), Length(max=500)],
        filters=[_stripped],
    )
    key = HiddenField()


class CloseForm(FlaskForm):  # type: ignore[misc]
    """Up to the end of which month the books close. Pass the months that may be closed."""

    until = SelectField("Close everything up to", coerce=date.fromisoformat)
    key = HiddenField()

    def __init__(self, ends: Iterable[date], **values: object) -> None:
        super().__init__(**values)
        self.until.choices = [(each.isoformat(), f"{each.day} {each:%B %Y}") for each in ends]


class ReopenForm(WhyForm):
    """From which month on the books are to be opened again. Pass the months that are closed."""

    first = SelectField("Open again from", coerce=date.fromisoformat)

    def __init__(self, firsts: Iterable[date], **values: object) -> None:
        super().__init__(**values)
        self.first.choices = [(each.isoformat(), f"{each:%B %Y}") for each in firsts]


class DecideForm(FlaskForm):  # type: ignore[misc]
    """A second person's yes or no."""

    key = HiddenField()
    answer = HiddenField()
