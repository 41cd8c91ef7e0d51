"""The account the money went to: is it ours, as far as it is printed?

Source: docs/rules/verdict.md, V3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.text import alphanumeric, edits
from portal.proofs.types import Case, Check, FieldValue, OurAccount, Outcome, Reading
from portal.proofs.verdict.banks import BRANCHES, bank_of, branches_in
from portal.proofs.verdict.evidence import check, is_picture

#: Fewer visible digits fit too many accounts of strangers.
_ENOUGH_DIGITS = 4
#: The first digits of an account are the bank's, so the last ones must show.
_ENOUGH_LAST = 3
#: A tail without its mask, as when an engine loses the dots, has to be longer.
_ENOUGH_UNMASKED = 6
#: banks cut names short; fewer letters are many people's
_ENOUGH_NAME = 8


@dataclass(frozen=True, slots=True)
class _Printed:
    """The digits before and behind a mask; ``masked`` is False when all digits stand together."""

    first: str
    last: str
    masked: bool

    @property
    def visible(self) -> int:
        return len(self.first) + len(self.last)


def check_account(reading: Reading, case: Case) -> Check:
    """V3: at least four visible digits, all in place, fit exactly one account of ours; bank and branch agree."""
    field = reading.fields.get("beneficiary_account")
    if field is None:
        return check(
            "beneficiary_account", "V3", Outcome.UNKNOWN, "The account the money went to is not printed.",
            expected=_ours(case.our_accounts),
        )  # fmt: skip
    printed = _printed(field.value)
    fitting = [ours for ours in case.our_accounts if _fits(printed, ours.number)]
    outcome, words = _outcome(printed, fitting, case)
    expected = _ours(fitting or case.our_accounts)
    if outcome is Outcome.PASS and (contradiction := _contradiction(reading, field, fitting[0])) is not None:
        outcome, words = contradiction
    if outcome is Outcome.PASS and _is_holder(reading.value("payer_name"), fitting[0].holder):
        outcome, words = Outcome.UNKNOWN, "The payer has our name: the money may have left our account."
    return check("beneficiary_account", "V3", outcome, words, field=field, expected=expected)


def _is_holder(payer: str | None, holder: str) -> bool:
    """Whether a printed payer is the holder of our account, whole or cut short."""
    printed, ours = alphanumeric(payer or "").upper(), alphanumeric(holder).upper()
    return len(printed) >= _ENOUGH_NAME and (ours.startswith(printed) or printed.startswith(ours))


def _outcome(printed: _Printed, fitting: list[OurAccount], case: Case) -> tuple[Outcome, str]:
    if not fitting:
        if any(_nearly(printed, ours.number) for ours in case.our_accounts):
            return Outcome.FAIL, "The account is not ours, though it looks like ours: a digit differs."
        return Outcome.FAIL, "The money went to an account that is not ours."
    if not _enough(printed, fitting[0].number):
        return Outcome.UNKNOWN, "Too few digits of the account show to say that it is ours."
    if len(fitting) > 1:
        return Outcome.UNKNOWN, "The digits that show fit more than one of our accounts."
    return Outcome.PASS, f"The digits that show are those of our account at {fitting[0].bank}."


def _printed(text: str) -> _Printed:
    """Digits and mask of an account as printed: ``..790356``, ``6284 1790 356``, ``62****0356``."""
    bare = re.sub(r"(?<=[0-9])[ \u00a0-]+(?=[0-9])", "", text.strip())
    if re.fullmatch(r"[0-9]+", bare):
        return _Printed(bare, "", masked=False)
    first, last = re.match(r"[0-9]*", bare), re.search(r"[0-9]*\Z", bare)
    return _Printed(first[0] if first else "", last[0] if last else "", masked=True)


def _fits(printed: _Printed, number: str) -> bool:
    short = number.lstrip("0")
    if not printed.masked:
        whole = printed.first.lstrip("0") == short
        return whole or (len(printed.first) < len(short) and number.endswith(printed.first))
    starts = number.startswith(printed.first) or short.startswith(printed.first)
    return starts and number.endswith(printed.last) and 0 < printed.visible <= len(number)


def _enough(printed: _Printed, number: str) -> bool:
    if not printed.masked:
        return printed.first.lstrip("0") == number.lstrip("0") or len(printed.first) >= _ENOUGH_UNMASKED
    return printed.visible >= _ENOUGH_DIGITS and len(printed.last) >= _ENOUGH_LAST


def _nearly(printed: _Printed, number: str) -> bool:
    seen = printed.last if printed.masked else printed.first
    return len(seen) >= _ENOUGH_DIGITS and edits(seen, number[-len(seen) :], 1) <= 1


def _contradiction(reading: Reading, account: FieldValue, ours: OurAccount) -> tuple[Outcome, str] | None:
    """A bank or branch printed beside the account that is not this account's.

    The branch of the bank that issued the notice (a stamp, a letterhead) says nothing about ours.
    """
    own_bank = bank_of(ours.bank)
    printed_bank = bank_of(reading.value("beneficiary_bank"))
    if printed_bank is not None and printed_bank != own_bank:
        return Outcome.FAIL, f"The digits fit our account at {ours.bank}, but the bank printed is {printed_bank}."
    branches = set(branches_in(reading.text))
    issuer = bank_of(reading.value("payer_bank"))
    foreign = {code for code in branches if BRANCHES.get(code) not in (own_bank, issuer)}
    if is_picture(account):
        foreign &= set(BRANCHES)  # one misread digit is not a contradiction, another bank's code is
    if ours.branch in branches or not foreign:
        return None
    return Outcome.UNKNOWN, f"The branch code {min(foreign)} is not the one of our account at {ours.bank}."


def _ours(accounts: tuple[OurAccount, ...] | list[OurAccount]) -> str:
    return " or ".join(f"{ours.bank} {ours.number}" for ours in accounts)
