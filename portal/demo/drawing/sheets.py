"""Facts and a style's wording make a sheet: the text of one document as rows of label and value.

The wording is data in `wording/<style>.toml`, the looks are in `layouts/`. Labels, field order, date and
amount formats and masks follow what the banks print; the sentences around them are ours.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import TypedDict
from uuid import UUID

from portal.core.money import Money
from portal.demo.drawing import spelling
from portal.demo.drawing.facts import BANK_OF, ProofFacts, Style

_FOLDER = Path(__file__).with_name("wording")
_MONTHS_AF = (
    "Januarie", "Februarie", "Maart", "April", "Mei", "Junie", "Julie", "Augustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


class _AmountFormat(TypedDict):
    prefix: str
    thousands: str


class _Mask(TypedDict, total=False):
    mask: str
    digits: int  # how many stay visible; 0 is all
    share: float  # how often the row is there at all


_NEVER: _Mask = {"mask": "", "digits": 0, "share": 0.0}


class Wording(TypedDict, total=False):
    """One `wording/<style>.toml`."""

    title: str
    producer: str
    creator: str
    language: str
    head_date: str
    date: str
    time: str
    amount: _AmountFormat
    account: _Mask
    payer_account: _Mask
    payer: dict[str, object]
    trace: dict[str, str]
    type: dict[str, str]
    bank: dict[str, str | bool]
    status_words: dict[str, str]
    what: dict[str, str]
    banner: str
    stamp: list[str]
    letterhead: list[str]
    code: str
    before: list[list[str]]
    after: list[str]
    footer: list[str]
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of one document, top to bottom. Sections are titles with rows of label and value."""

    style: str
    title: str
    bank: str
    amount: str
    head_date: str
    banner: str
    before: list[str]
    sections: list[tuple[str, list[tuple[str, str]]]]
    after: list[str]
    footer: list[str]
    stamp: list[str]
    letterhead: list[str]
    code: str
    status: str
    issued_on: tuple[int, int, int]


@cache
def wording_of(style: Style) -> Wording:
    """The style's words and formats."""
    with (_FOLDER / f"{style}.toml").open("rb") as file:
        return tomllib.load(file)  # type: ignore[return-value]  # our own file; the tests draw every style of it


def sheet_of(facts: ProofFacts, style: Style) -> tuple[Sheet, dict[str, str]]:
    """The sheet of a payment in a bank's style, and the fields it prints, as printed."""
    wording = wording_of(style)
    values = _values(facts, style, wording)

    def say(text: str) -> str:
        return text.format_map(values)

    random = facts.random(f"choice {style}")
    sections: dict[str, list[tuple[str, str]]] = {}
    for section, label, value in wording["rows"]:
        if all(values[name] is not None for name in _names_in(value)):
            sections.setdefault(section, []).append((label, say(value)))
    sheet = Sheet(
        style=style,
        title=wording["title"],
        bank=str(values["issuer"]),
        amount=str(values["amount"]),
        head_date=dated(facts.paid_on, wording.get("head_date", ""), wording.get("language", "en")),
        banner=say(wording.get("banner", "")),
        before=[say(random.choice(choices)) for choices in wording.get("before", [])],
        sections=list(sections.items()),
        after=[say(text) for text in wording["after"]],
        footer=[say(text) for text in wording["footer"]],
        stamp=[say(text) for text in wording.get("stamp", [])],
        letterhead=wording.get("letterhead", []),
        code=say(wording.get("code", "")),
        status=facts.status,
        issued_on=(facts.paid_on.year, facts.paid_on.month, facts.paid_on.day),
    )
    return sheet, _printed(facts, wording, values)


def dated(day: date, pattern: str, language: str = "en") -> str:
    """`day` in strftime's words, with English or Afrikaans months whatever the machine's locale is."""
    english = day.strftime("%B")  # the C locale of a Python process that never calls setlocale
    text = day.strftime(pattern)
    return text.replace(english, _MONTHS_AF[day.month - 1]) if language == "af" else text


def written(amount: Money, form: _AmountFormat) -> str:
    """``ZAR12500.00`` or ``R 12 500.00``."""
    whole, part = divmod(amount.cents, 100)
    return f"{form['prefix']}{whole:,}.{part:02d}".replace(",", form["thousands"])


def _names_in(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def _values(facts: ProofFacts, style: Style, wording: Wording) -> dict[str, str | None]:
    """Everything a row or sentence can name; None leaves its row out."""
    random = facts.random(f"values {style}")
    spell = spelling.in_afrikaans if wording.get("language") == "af" else spelling.in_english
    shown = wording.get("status_words", {}).get(facts.status, facts.status.capitalize())
    status = None if facts.status == "made" else shown
    balance = Money.zar(random.randrange(100_00, 900_000_00))
    values: dict[str, str | None] = {
        "issuer": facts.bank or BANK_OF[style],
        "amount": written(facts.amount, wording["amount"]),
        "words": spell(facts.words_of or facts.amount) if facts.words or facts.words_of else None,
        "date": dated(facts.paid_on, wording["date"], wording.get("language", "en")),
        "time": facts.paid_at.strftime(wording["time"]),
        "name": facts.beneficiary_name,
        "account": _masked(facts.beneficiary_account, wording["account"], random),
        "bank": _bank_name(facts.beneficiary_bank, wording.get("bank", {})),
        "branch": facts.branch,
        "reference": facts.reference,
        "own_reference": facts.own_reference,
        "payer": _payer(facts, wording.get("payer", {}), random),
        "payer_account": _masked(facts.payer_account, wording.get("payer_account", _NEVER), random),
        "type": wording.get("type", {}).get(facts.payment_type or "normal"),
        "status": status,
        "status_always": status or "Successful",
        "trace": facts.trace_id if facts.trace_id is not None else _trace(facts, wording["trace"], random),
        "fee": f"R {random.choice((0, 1, 2, 7, 10))}.{random.choice(('00', '50'))}",
        "balance": written(balance, {"prefix": "R ", "thousands": " "}),
        "security": f"{random.getrandbits(160):040X}",
        "skyqr": "-".join(f"{random.randrange(10_000):04d}" for _ in range(3)),
        "uuid": str(UUID(int=random.getrandbits(128), version=4)),
    }
    values["what"] = wording["what"][facts.status].format_map(values)
    return values


def _masked(number: str, form: _Mask, random: Random) -> str | None:
    if random.random() >= form.get("share", 1.0):
        return None
    digits = form["digits"]
    return form["mask"] + (number[-digits:] if digits else number)


def _bank_name(bank: str, names: dict[str, str | bool]) -> str:
    name = str(names.get(bank, bank))
    return name.upper() if names.get("upper") else name


def _payer(facts: ProofFacts, form: dict[str, object], random: Random) -> str:
    before, length = form.get("before", [""]), form.get("length")
    name = facts.payer_name.upper() if form.get("upper") else facts.payer_name
    mark = random.choice(before) if isinstance(before, list) else ""
    return f"{mark}{name[:length] if isinstance(length, int) else name}"


def _trace(facts: ProofFacts, form: dict[str, str], random: Random) -> str:
    if facts.payment_type == "immediate" and "immediate" in form:
        return form["immediate"]
    pattern = facts.paid_on.strftime(form["pattern"])
    return "".join(random.choice(form["alphabet"]) if mark == "#" else mark for mark in pattern)


def _printed(facts: ProofFacts, wording: Wording, values: dict[str, str | None]) -> dict[str, str]:
    templates = " ".join([row[2] for row in wording["rows"]] + [wording["what"][facts.status]])
    fields = {
        "reference": "reference", "beneficiary_account": "account", "beneficiary_name": "name",
        "beneficiary_bank": "bank", "payer_name": "payer", "payer_account": "payer_account",
        "payment_type": "type", "trace_id": "trace",
    }  # fmt: skip
    found = {field: values[name] for field, name in fields.items() if f"{{{name}}}" in templates}
    found |= {
        "amount": facts.amount.plain,
        "currency": facts.amount.currency,
        "date": facts.paid_on.isoformat(),
        "payer_bank": values["issuer"],
    }
    return {field: value.lstrip("*") if field == "payer_name" else value for field, value in found.items() if value}
