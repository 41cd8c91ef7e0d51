"""What is typed in to credit an invoice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.core.errors import BadInput
from portal.invoices.types import LONGEST_REASON
from portal.invoices.types.credit import CreditDraft, Crediting

_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")


def stripped(text: str | None) -> str:
    """Without white space at its ends."""
    return (text or "").strip()


def quantity(text: str) -> Decimal | None:
    """``2`` or ``1.5`` or ``1,5``; None when it is no quantity."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    return Decimal(plain.replace(",", ".")) if plain.isascii() and _NUMBER.fullmatch(plain) else None


class CreditForm(FlaskForm):  # type: ignore[misc]
    """Why an invoice is credited. step: "preview" shows what would be issued."""

    reason = TextAreaField(
        "Reason",
        [InputRequired(message="Say why; the customer and the auditor read it."), Length(max=LONGEST_REASON)],
        filters=[stripped],
    )
    step = HiddenField()
    key = HiddenField()


@dataclass(slots=True)
class Quantities:
    """How much of each line comes back, by its position; errors by position."""

    typed: dict[int, str] = field(default_factory=dict)
    wanted: dict[int, Decimal] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    @classmethod
    def whole(cls, found: Crediting) -> Quantities:
        """Everything that is left."""
        return cls(typed={each.line.position: f"{each.left:f}" for each in found.lines if each.left})

    @classmethod
    def read(cls, values: Mapping[str, str], found: Crediting) -> Quantities:
        """From the fields ``quantity-1`` and so on; an empty one takes nothing back."""
        made = cls()
        for each in found.lines:
            position = each.line.position
            text = made.typed[position] = values.get(f"quantity-{position}", "")[:20]
            amount = quantity(text)
            if not text.strip() or amount == 0:
                continue
            if amount is None:
                made.errors[position] = "This is not a quantity. Write it like 2 or 1.5."
            elif amount > each.left:
                made.errors[position] = f"Only {each.left_words} is left to credit."
            else:
                made.wanted[position] = amount
        return made

    def draft(self, number: str, reason: str) -> CreditDraft:
        """What was typed."""
        return CreditDraft(number, reason, self.wanted)

    def blame(self, error: BadInput) -> bool:
        """Put what a service refused beside the line it is about; whether it was about one."""
        name, _, position = (error.field or "").partition("-")
        if name != "quantity" or not position.isdigit():
            return False
        self.errors[int(position)] = error.words
        return True
