"""Form fields that several features need."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from portal.core.errors import BadInput
from portal.core.money import Money


class MoneyField(StringField):  # type: ignore[misc]
    """An amount as people write it; ``data`` is Money, or None when nothing was typed.

    What cannot be read stays in the field as it was typed, with a right example beside it.
    """

    def __init__(self, *args: Any, positive: bool = True, **values: Any) -> None:
        super().__init__(*args, **values)
        self.positive = positive
        self._typed: str | None = None

    def _value(self) -> str:
        if self._typed is not None:
            return self._typed
        return self.data.plain if isinstance(self.data, Money) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self._typed = valuelist[0]
        self.data = None
        if not self._typed.strip():
            return
        try:
            amount = Money.parse(self._typed)
        except BadInput as error:
            raise ValidationError(error.words) from None
        if self.positive and amount.cents <= 0:
            raise ValidationError("The amount must be more than nothing. Write it like 12 500.00.")
        self.data = amount


def blame(form: FlaskForm, error: BadInput) -> None:
    """Show what a service refused beside the field it is about, or above the form when it is about none."""
    field = form._fields.get(error.field or "")
    if field is None:
        form.form_errors.append(error.words)
    else:
        field.errors = [*field.errors, error.words]
