"""What people type when they order, and our staff when they decide."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal.orders.types import LARGEST_QUANTITY, LONGEST_ADDRESS, LONGEST_PO_NUMBER, LONGEST_REASON, MOST_ADDRESS_LINES

_QUANTITY = f"Write a whole quantity from 1 to {LARGEST_QUANTITY}, like 2."


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class AddForm(FlaskForm):  # type: ignore[misc]
    """So many of a product into the cart."""

    sku = HiddenField(validators=[InputRequired(), Length(max=40)])
    quantity = IntegerField(validators=[InputRequired(_QUANTITY), NumberRange(1, LARGEST_QUANTITY, _QUANTITY)])
    next = HiddenField()


class QuantityForm(FlaskForm):  # type: ignore[misc]
    """Another quantity of what is in the cart; 0 takes it out."""

    quantity = IntegerField(validators=[InputRequired(_QUANTITY), NumberRange(0, LARGEST_QUANTITY, _QUANTITY)])


class CheckoutForm(FlaskForm):  # type: ignore[misc]
    """The last page before an order. mark: the cart as it was shown; key: makes the order once."""

    po_number = StringField("Your PO number", filters=[_stripped])
    no_po = BooleanField("No PO number for this order")
    delivery = TextAreaField("Deliver to", [InputRequired("Write where the goods are to be delivered.")])
    note = TextAreaField(
        "Note for our dispatcher", [Length(max=500, message="At most 500 characters.")], filters=[_stripped]
    )
    key = HiddenField()
    mark = HiddenField()

    def validate_po_number(self, field: StringField) -> None:
        """Needed, unless the person says there is none."""
        if not field.data and not self.no_po.data:
            raise ValidationError("Write your PO number, like PO 88123, or tick “No PO number for this order”.")
        if field.data and self.no_po.data:
            raise ValidationError("You wrote a PO number and ticked that there is none. Keep one of the two.")
        if len(field.data) > LONGEST_PO_NUMBER:
            raise ValidationError(f"At most {LONGEST_PO_NUMBER} characters; this one has {len(field.data)}.")
        if not field.data.isprintable():
            raise ValidationError("Letters, figures and signs only, like PO 88123.")

    def validate_delivery(self, field: TextAreaField) -> None:
        """A few short lines."""
        lines = self.delivery_lines()
        if not lines:
            raise ValidationError("Write where the goods are to be delivered.")
        if len(lines) > MOST_ADDRESS_LINES or sum(map(len, lines)) > LONGEST_ADDRESS:
            raise ValidationError(f"At most {MOST_ADDRESS_LINES} lines and {LONGEST_ADDRESS} characters.")

    def delivery_lines(self) -> tuple[str, ...]:
        """The address as lines, empty ones left out."""
        return tuple(line.strip() for line in (self.delivery.data or "").splitlines() if line.strip())


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a person of ours decides something about an order."""

    reason = StringField(
        "Reason",
        [InputRequired("Say why in a few words; it is kept with the order."), Length(3, LONGEST_REASON)],
        filters=[_stripped],
    )


class EmptyForm(FlaskForm):  # type: ignore[misc]
    """A button: only its token is checked."""
