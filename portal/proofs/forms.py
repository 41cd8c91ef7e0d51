"""Forms around proofs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal.platform.fields import MoneyField
from portal.proofs.types import Box
from portal.proofs.types.review import CORRECTABLE


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One or several files; the key makes the same form sent twice one upload."""

    key = HiddenField(validators=[DataRequired(), Length(max=80)])


class AppealForm(FlaskForm):  # type: ignore[misc]
    """The customer asks a person to look."""

    words = StringField("What should we look at?", validators=[Length(max=500)])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Words that the customer reads: a rejection or a question. version is that of the proof on the screen."""

    version = IntegerField(validators=[DataRequired("Open the proof again.")])
    words = TextAreaField(
        "Words to the customer", validators=[DataRequired("Write it: the customer reads it."), Length(max=1000)]
    )


class AcceptForm(FlaskForm):  # type: ignore[misc]
    """What is accepted. The shares are fields of their own, one for each open invoice; why is asked by the service."""

    version = IntegerField(validators=[DataRequired("Open the proof again.")])
    amount = MoneyField(
        "Amount paid", validators=[DataRequired("Write the amount that the document shows, like 12 500.00.")]
    )
    paid_on = DateField("Day paid", validators=[DataRequired("Write the day like 2026-03-16.")])
    why = StringField("Why you accept it", validators=[Length(max=500)])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The customer's answer to our question."""

    words = TextAreaField("Your answer", validators=[DataRequired("Write the answer first."), Length(max=1000)])


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """Whose proof it is from now on; 0 is everybody's."""

    version = IntegerField(validators=[DataRequired("Open the proof again.")])
    to = SelectField("Colleague", coerce=int, validators=[InputRequired("Choose a colleague.")])
    words = StringField("Note for your colleague", validators=[Length(max=500)])

    def __init__(self, colleagues: Iterable[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.to.choices = [SelectChoice(0, "Everybody"), *(SelectChoice(*one) for one in colleagues)]


class CorrectForm(FlaskForm):  # type: ignore[misc]
    """A field that was read wrongly: a place drawn on the page, or what it says."""

    version = IntegerField(validators=[DataRequired("Open the proof again.")])
    name = SelectField("Field", choices=[SelectChoice(*one) for one in CORRECTABLE.items()])
    value = StringField("What the document says", validators=[Length(max=120)])
    page = IntegerField(default=1, validators=[Optional(), NumberRange(1, 3)])
    box = HiddenField(validators=[Length(max=80)])

    def place(self) -> Box | None:
        """The drawn box, ``x0,y0,x1,y1`` in fractions of the page; None when nothing was drawn."""
        if not self.box.data:
            return None
        numbers = [float(part) for part in self.box.data.split(",")]
        return numbers[0], numbers[1], numbers[2], numbers[3]

    def validate_box(self, field: HiddenField) -> None:
        """Four fractions, left above right and below, of some size."""
        parts = (field.data or "").split(",")
        if not field.data:
            return
        if len(parts) != 4 or not all(re.fullmatch(r"[01](\.[0-9]{1,8})?", part) for part in parts):
            raise ValidationError("Draw the box again.")
        x0, y0, x1, y1 = (float(part) for part in parts)
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValidationError("Draw the box again.")
