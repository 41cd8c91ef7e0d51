"""What staff type about the shelf."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length

from portal.catalog.forms.whole import WholeField
from portal.catalog.types import LARGEST_COUNT, LONGEST_WORDS


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class ReceiveForm(FlaskForm):  # type: ignore[misc]
    """Goods that came in. The key makes the same form sent twice one delivery."""

    quantity = WholeField("How many came in", "Write how many came in, like 20.", 1, LARGEST_COUNT)
    words = StringField("From whom", [Length(max=LONGEST_WORDS)], filters=[_stripped])
    key = HiddenField()


class CountForm(FlaskForm):  # type: ignore[misc]
    """What somebody counted on the shelf."""

    found = WholeField("How many are there", "Write how many are there, 0 or more, like 20.", 0, LARGEST_COUNT)
    why = StringField("Why it differs", [Length(max=LONGEST_WORDS)], filters=[_stripped])


class KeepForm(FlaskForm):  # type: ignore[misc]
    """Whether stock is kept of a product, and when it is to be ordered again."""

    kept = BooleanField("Keep stock of this product")
    reorder_level = WholeField("Order again at", "Write a number, 0 or more, like 10.", 0, LARGEST_COUNT, default=0)
