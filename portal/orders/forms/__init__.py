"""What people type when they order, and our staff when they decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal.core import clock
from portal.core.errors import BadInput
from portal.orders.types import LARGEST_QUANTITY, LONGEST_ADDRESS, LONGEST_PO_NUMBER, LONGEST_REASON, MOST_ADDRESS_LINES
from portal.orders.types.buying import AddressInfo, PoRules
from portal.orders.types.deliveries import LONGEST_NOTE, LONGEST_RECEIVER

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
    place = SelectField("Deliver to", coerce=int, default=0, validate_choice=True)
    delivery = TextAreaField("Address")
    note = TextAreaField(
        "Note for our dispatcher", [Length(max=500, message="At most 500 characters.")], filters=[_stripped]
    )
    key = HiddenField()
    mark = HiddenField()

    def __init__(self, places: Sequence[AddressInfo] = (), rules: PoRules | None = None, **values: object) -> None:
        super().__init__(**values)
        self.rules = rules or PoRules()
        self._places = {place.id: place for place in places}
        self.place.choices = [SelectChoice(0, "The address below"), *(SelectChoice(p.id, p.label) for p in places)]

    def validate_po_number(self, field: StringField) -> None:
        """Needed, unless the person says there is none."""
        if not field.data and self.rules.needed:
            raise ValidationError(f"Your company orders with a PO number only. Write it like {self.rules.example}.")
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
        """The chosen place, or the address as lines, empty ones left out."""
        if (chosen := self._places.get(self.place.data or 0)) is not None:
            return chosen.lines
        return tuple(line.strip() for line in (self.delivery.data or "").splitlines() if line.strip())


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a person of ours decides something about an order."""

    reason = StringField(
        "Reason",
        [InputRequired("Say why in a few words; it is kept with the order."), Length(3, LONGEST_REASON)],
        filters=[_stripped],
    )


class CancelForm(ReasonForm):
    """Why an order ends. mark: what would be credited and stay, as it was shown; key: does it once."""

    mark = HiddenField()
    key = HiddenField()


class EmptyForm(FlaskForm):  # type: ignore[misc]
    """A button: only its token is checked."""


class DeliverForm(FlaskForm):  # type: ignore[misc]
    """What leaves now; the pieces of each line are fields of their own, ``pieces-17``. seen: notes the page knew of."""

    note = StringField("Note on the delivery note", [Length(max=LONGEST_NOTE)], filters=[_stripped])
    seen = IntegerField(validators=[InputRequired("Open the order again."), NumberRange(0)])
    key = HiddenField()

    def pieces(self, sent: Mapping[str, str]) -> dict[int, int]:
        """Line id → pieces. Raises BadInput for what is no whole number."""
        found = {}
        for name, text in sent.items():
            line = name.removeprefix("pieces-")
            if line == name or not line.isdigit() or len(line) > 18 or not text.strip():
                continue
            if not text.strip().isascii() or not text.strip().isdigit() or len(text.strip()) > 6:
                raise BadInput("Write whole numbers, like 2; nothing or 0 for what stays.", field="note")
            found[int(line)] = int(text)
        return found


class ReceivedForm(FlaskForm):  # type: ignore[misc]
    """Who took the goods, when, and a photo or signature if there is one."""

    receiver = StringField(
        "Received by", [InputRequired("Write the name of who took the goods."), Length(2, LONGEST_RECEIVER)],
        filters=[_stripped],
    )  # fmt: skip
    received_at = DateTimeLocalField(
        "When", format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], validators=[InputRequired("Write day and time.")]
    )
    evidence = FileField("Photo or signature")

    @classmethod
    def for_now(cls) -> ReceivedForm:
        """The form as it is opened."""
        return cls(received_at=clock.now().astimezone(clock.SAST))

    def moment(self) -> datetime:
        """The South-African time that was typed, as a moment."""
        typed: datetime = self.received_at.data
        return typed.replace(tzinfo=clock.SAST)

    def picture(self) -> bytes | None:
        """The bytes that were sent; None for none."""
        sent = self.evidence.data
        return sent.read() or None if sent else None
