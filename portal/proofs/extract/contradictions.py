"""Printed facts that cannot all be true: a branch of another bank, a bank's number that carries another date.

Source: docs/rules/reading.md, signals branch_unlike_bank and number_unlike_date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.proofs.extract.banks import known_bank
from portal.proofs.extract.general import banks
from portal.proofs.types import FieldValue, Signal

_DATED = re.compile(r"^(20[0-9]{2})-([01][0-9])-([0-3][0-9])(?=[/-])")
#: banks of one house pay into each other's branches
_SAME_HOUSE = ({"FNB", "RMB"}, {"Capitec", "Mercantile"})


def contradictions(fields: Mapping[str, FieldValue | None], branch: FieldValue | None) -> list[Signal]:
    """A signal for each contradiction between what is printed in two places."""
    found = []
    if (signal := _branch_unlike_bank(fields.get("beneficiary_bank"), branch)) is not None:
        found.append(signal)
    if (signal := _number_unlike_date(fields.get("trace_id"), fields.get("date"))) is not None:
        found.append(signal)
    return found


def _branch_unlike_bank(printed: FieldValue | None, branch: FieldValue | None) -> Signal | None:
    """The universal code of one bank beside the name of another. Other codes are branches we do not know."""
    if printed is None or branch is None:
        return None
    named, code = known_bank(printed.value), branch.value
    if len(code) == 8 and code.endswith("00"):
        code = code[:6]
    owner = next((bank for bank in banks() if bank.branch == code), None)
    if named is None or owner is None or owner.name == named.name:
        return None
    if any({owner.name, named.name} <= house for house in _SAME_HOUSE):
        return None
    words = f"Branch {branch.value} is {owner.name}'s, but the beneficiary's bank is given as {printed.value}."
    return Signal("branch_unlike_bank", "warn" if branch.engine != "text" else "bad", words, branch.page, branch.box)


def _number_unlike_date(trace: FieldValue | None, day: FieldValue | None) -> Signal | None:
    """Banks that write the day into their own number write the day of the payment."""
    if trace is None or day is None or (match := _DATED.match(trace.value)) is None:
        return None
    if match[0] == day.value:
        return None
    words = f"The bank's own number carries the date {match[0]}, the payment date is given as {day.value}."
    severity = "bad" if trace.engine == "text" else "warn"
    return Signal("number_unlike_date", severity, words, trace.page, trace.box)
