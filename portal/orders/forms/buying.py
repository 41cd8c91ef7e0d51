"""What people type when their company buys: approvals, places, PO rules, pasted codes."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.orders.types import LONGEST_REASON
from portal.orders.types.buying import LONGEST_LABEL, LONGEST_PATTERN, PoRules

MOST_PASTED_BYTES = 200_000


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class WordsForm(FlaskForm):  # type: ignore[misc]
    """What an approver says to a colleague."""

    words = StringField("Words to your colleague", [Length(max=LONGEST_REASON)], filters=[_stripped])


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """A place that goods are brought to."""

    label = StringField(
        "Name of the place", [InputRequired("Give the place a name, like Shaft 4 stores."), Length(max=LONGEST_LABEL)],
        filters=[_stripped],
    )  # fmt: skip
    lines = TextAreaField("Address", [InputRequired("Write the address, a line for each part."), Length(max=400)])

    def address(self) -> tuple[str, ...]:
        """The address as lines."""
        return tuple((self.lines.data or "").splitlines())


class PoRulesForm(FlaskForm):  # type: ignore[misc]
    """What a company wants of its PO numbers."""

    po_needed = BooleanField("Every order needs a PO number")
    po_once = BooleanField("Each PO number is used for one order only")
    po_pattern = StringField("Form of our PO numbers", [Length(max=LONGEST_PATTERN)], filters=[_stripped])

    def rules(self) -> PoRules:
        """The rules as typed."""
        return PoRules(bool(self.po_needed.data), bool(self.po_once.data), self.po_pattern.data)


class PasteForm(FlaskForm):  # type: ignore[misc]
    """Codes and quantities, pasted or in a CSV file."""

    codes = TextAreaField("Codes and quantities", [Length(max=50_000, message="At most 50 000 characters.")])
    file = FileField("Or a CSV file")

    def text(self) -> str:
        """What was sent; a file counts before what was typed. Bytes that are no text become question marks."""
        sent = self.file.data
        data = sent.read(MOST_PASTED_BYTES) if sent else b""
        if data:
            encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
            return str(data.decode(encoding, errors="replace")).replace("\0", "")
        return (self.codes.data or "").replace("\0", "")


class AddManyForm(FlaskForm):  # type: ignore[misc]
    """The lines of a preview, as they go into the cart."""

    codes = HiddenField(validators=[InputRequired("There is nothing to add."), Length(max=50_000)])
