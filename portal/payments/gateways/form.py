"""Notices that are posted as forms: their fields, in the order and with the emptiness in which they came."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from portal.payments.errors import NoticeRefused

Field = tuple[str, str]
_MOST_FIELDS = 60


def fields_of(body: bytes) -> list[Field]:
    """The fields in the order they were posted, empty ones included.

    Raises NoticeRefused for what is no form: bytes that are no text, a name twice, or more than a notice has.
    """
    fields: list[Field] = []
    for part in body.split(b"&"):
        name, found, value = part.partition(b"=")
        if not found:
            raise NoticeRefused("shape", "The notice is no form.")
        try:
            fields.append((_text(name), _text(value)))
        except UnicodeDecodeError:
            raise NoticeRefused("shape", "The notice holds bytes that are no text.") from None
    names = [name for name, _ in fields]
    if len(set(names)) != len(names) or len(names) > _MOST_FIELDS:
        raise NoticeRefused("shape", "A field stands twice in the notice, or it has too many.")
    return fields


def _text(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
