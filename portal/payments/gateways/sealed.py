"""Notices that are JSON signed in their headers: read strictly, since what is signed may still be of another kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from portal.payments.errors import NoticeRefused

_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,40}")
_PAGE = re.compile(r"[0-9A-Za-z_-]{0,120}")
_MOST_CENTS = 10**12


def check_age(moment: int, at: datetime, tolerance_s: int) -> None:
    """Raise NoticeRefused unless a notice was signed within so many seconds of when it came.

    Its own arrival counts and not the present: it may be judged much later.
    """
    if abs(at.timestamp() - moment) > tolerance_s:
        raise NoticeRefused("age", "It was signed too long before it came; look at this machine’s clock.")


def values_of(body: bytes) -> Mapping[str, object]:
    """The object that a body is. Raises NoticeRefused for anything else, and for a name that stands twice in it."""
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoticeRefused("shape", "The notice is no JSON.") from None
    if not isinstance(found, dict):
        raise NoticeRefused("shape", "The notice is no JSON object.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoticeRefused("shape", "A name stands twice in the notice.")
    return found


def _no_number(_text: str) -> object:
    raise ValueError("no number")


def inner(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object inside, empty where there is none."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def text(values: Mapping[str, object], name: str) -> str:
    """A text inside, empty where there is none."""
    found = values.get(name)
    return found if isinstance(found, str) else ""


def number(values: Mapping[str, object], name: str) -> str:
    """A number of the gateway's. Raises NoticeRefused without one."""
    found = text(values, name)
    if not _NUMBER.fullmatch(found):
        raise NoticeRefused("shape", "The notice does not say which payment it is of.")
    return found


def reference(values: Mapping[str, object], name: str) -> str:
    """Our token, or the number of the gateway's page; empty where there is none. Raises NoticeRefused for neither."""
    found = text(values, name)
    if not _PAGE.fullmatch(found):
        raise NoticeRefused("shape", "The notice does not say which payment it is of.")
    return found


def cents(values: Mapping[str, object], name: str) -> int:
    """Whole cents, above nothing. Raises NoticeRefused for fractions, exponents and texts."""
    found = values.get(name)
    if type(found) is not int or not 0 < found < _MOST_CENTS:
        raise NoticeRefused("amount", "The amount of the notice is no whole number of cents above nothing.")
    return found


def demand_rand(values: Mapping[str, object]) -> None:
    """Raise NoticeRefused for another currency."""
    if text(values, "currency").upper() != "ZAR":
        raise NoticeRefused("currency", "The notice is in another currency than rand.")
