"""Checks made from fields: what was found and where it stands."""

from __future__ import annotations

from datetime import date

from portal.proofs.types import Check, FieldValue, Outcome

#: Values that come from the PDF's own text layer are exact; everything else was seen by an engine.
TEXT_LAYER = "text"


def check(
    code: str,
    rule: str,
    outcome: Outcome,
    words: str,
    *,
    field: FieldValue | None = None,
    expected: str | None = None,
    found: str | None = None,
) -> Check:
    """One check; found, page and box are the field's where nothing else is given."""
    return Check(
        code=code,
        rule=rule,
        outcome=outcome,
        expected=expected,
        found=found if found is not None else (field.value if field else None),
        page=field.page if field else None,
        box=field.box if field else None,
        words=words,
    )


def is_picture(field: FieldValue | None) -> bool:
    """Whether a value was read by an engine from pixels, which can be wrong and still plausible."""
    return field is not None and field.engine != TEXT_LAYER


def spoken(day: date) -> str:
    """``6 Mar 2026``."""
    return f"{day.day} {day:%b %Y}"
