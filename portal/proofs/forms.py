"""Forms around proofs."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.platform.fields import MoneyField


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
    """What is accepted. The shares are fields of their own, one for each open invoice."""

    version = IntegerField(validators=[DataRequired("Open the proof again.")])
    amount = MoneyField(
        "Amount paid", validators=[DataRequired("Write the amount that the document shows, like 12 500.00.")]
    )
    paid_on = DateField("Day paid", validators=[DataRequired("Write the day like 2026-03-16.")])
    why = StringField("Why you accept it", validators=[Length(max=500)])

    def __init__(self, *, needs_reason: bool = False, **values: object) -> None:
        super().__init__(**values)
        self.needs_reason = needs_reason

    def validate_why(self, field: StringField) -> None:
        """A check that does not pass needs a reason from whoever accepts anyway."""
        if self.needs_reason and not (field.data or "").strip():
            raise ValidationError("A check does not pass. Say why you accept it anyway.")
