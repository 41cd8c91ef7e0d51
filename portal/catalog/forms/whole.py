"""A field for a whole number within bounds, with one sentence for everything that is none."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional


class WholeField(IntegerField):  # type: ignore[misc]
    """words: what is said beside the field, with a right example. needed: whether it may be left empty."""

    data: Any

    def __init__(self, label: str, words: str, least: int, most: int, *, needed: bool = True, **values: Any) -> None:
        presence = InputRequired(words) if needed else Optional()
        super().__init__(label, [presence, NumberRange(least, most, words)], **values)
        self.words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; ``1 200`` is twelve hundred."""
        typed = [text.replace(" ", "").replace("\u00a0", "") for text in valuelist[:1]]
        if typed and typed[0] and not (typed[0].lstrip("-").isascii() and typed[0].lstrip("-").isdigit()):
            self.data = None
            raise ValueError(self.words)
        super().process_formdata([text[:12] for text in typed])
