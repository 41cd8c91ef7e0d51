"""The words of buying inside a company: approvals, addresses, PO numbers, codes that were pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money
from portal.orders.types import LARGEST_QUANTITY, OrderInfo

LONGEST_LABEL = 60
LONGEST_PATTERN = 40
MOST_ADDRESSES = 50
MOST_PASTED_LINES = 500
_LONGEST_LINE = 160
#: an order that nobody approved in this time is cancelled: its prices are of another day
APPROVAL_DAYS = timedelta(days=14)


class ApprovalState(StrEnum):
    """What became of an order that needed an approver."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


def check_waiting(number: str, state: ApprovalState, wanted: ApprovalState) -> None:
    """Raise IllegalMove unless the order still waits; every decision is final."""
    if state is not ApprovalState.WAITING:
        raise IllegalMove(number, state.value, wanted.value)


def needs_approval(limit: Money | None, order_total: Money) -> bool:
    """Whether an order of this total, VAT included, is above the buyer's limit; None is no limit."""
    return limit is not None and order_total > limit


@dataclass(frozen=True, slots=True)
class ApprovalInfo:
    """An order that needs or needed an approver's word."""

    order: OrderInfo
    asked_by_id: int
    asked_at: datetime
    limit: Money
    state: ApprovalState
    decided_by: str
    decided_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class PoRules:
    """What a company wants of a PO number. pattern: # is a figure, @ a letter, all else stands for itself."""

    needed: bool = False
    once: bool = False
    pattern: str = ""

    def fits(self, po_number: str) -> bool:
        """Whether a number has the company's form."""
        return not self.pattern or re.fullmatch(_expression(self.pattern), po_number, re.IGNORECASE) is not None

    @property
    def words(self) -> tuple[str, ...]:
        """What people read before they order, one rule each; nothing where the company wants nothing."""
        said = (
            (self.needed, "Every order needs a PO number."),
            (bool(self.pattern), f"It is written like {self.example}."),
            (self.once, "Each number is used for one order only."),
        )
        return tuple(words for holds, words in said if holds)

    @property
    def example(self) -> str:
        """A number of the right form, like ``PO 12345``."""
        figures = iter("1234567890" * 4)
        return "".join(
            next(figures) if sign == "#" else "A" if sign == "@" else sign for sign in self.pattern or "PO #####"
        )


def _expression(pattern: str) -> str:
    return "".join({"#": "[0-9]", "@": "[A-Za-z]"}.get(sign, re.escape(sign)) for sign in pattern)


@dataclass(frozen=True, slots=True)
class AddressInfo:
    """A saved place. label: what the company calls it."""

    id: int
    label: str
    lines: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Pasted:
    """One line of a pasted list: what was written, the code and the quantity read from it, or what is wrong with it."""

    line: int
    text: str
    code: str = ""
    quantity: int = 0
    fault: str = ""


_CODE = r"(?P<code>[^\s;,|]+)"
_BEHIND = re.compile(_CODE + r"(?:\s*[;,|]\s*|\s+(?:[xX×*]\s*)?)(?P<count>[0-9][0-9 ]*)")
_BEFORE = re.compile(r"(?P<count>[0-9]+)(?:\s+[xX]\s+|\s*[×*]\s*)" + _CODE)
_ALONE = re.compile(_CODE)
_HEADS = {"code", "sku", "product", "item", "product code", "item code", "stock code"}


def read_pasted(text: str) -> tuple[Pasted, ...]:
    """Codes and quantities out of pasted or uploaded lines: ``HH-12 4``, ``HH-12;4``, ``4 x HH-12`` or the code alone.

    A first line of column names and empty lines are left out; quotation marks of a CSV file too.
    Raises BadInput for more lines than one order may have. Source: docs/rules/orders.md O15.
    """
    rows = [(number, line.strip()) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line.strip()]
    if rows and re.split(r"[;,\t|]", rows[0][1].replace('"', ""))[0].strip().lower() in _HEADS:
        rows = rows[1:]
    if not rows:
        raise BadInput("Paste at least one line, like HH-12-R2AT 4.", field="codes")
    if len(rows) > MOST_PASTED_LINES:
        raise BadInput(f"At most {MOST_PASTED_LINES} lines at once; these are {len(rows)}.", field="codes")
    return tuple(_pasted(number, line) for number, line in rows)


def _pasted(number: int, line: str) -> Pasted:
    if len(line) > _LONGEST_LINE:
        return Pasted(number, line[:80], "", 0, "This line is too long for a code and a quantity.")
    plain = line.replace('"', "").strip(" ;,\t|")
    found = _BEFORE.fullmatch(plain) or _BEHIND.fullmatch(plain)
    if found is None and _ALONE.fullmatch(plain):
        return Pasted(number, line[:80], plain[:40], 1)
    if found is None:
        return Pasted(number, line[:80], "", 0, "Write a code and a quantity, like HH-12-R2AT 4.")
    count = found["count"].replace(" ", "")
    if len(count) > len(str(LARGEST_QUANTITY)) or not 1 <= int(count) <= LARGEST_QUANTITY:
        return Pasted(number, line[:80], found["code"][:40], 0, f"Write a quantity from 1 to {LARGEST_QUANTITY}.")
    return Pasted(number, line[:80], found["code"][:40], int(count))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a preview before it goes into the cart. was: the price of an earlier order, when there is one."""

    text: str
    sku: str
    name: str
    unit: str
    quantity: int
    price: Money | None
    fault: str = ""
    was: Money | None = None

    @property
    def found(self) -> bool:
        """Whether it can be ordered."""
        return not self.fault and self.price is not None

    @property
    def changed(self) -> bool:
        """Whether it costs something else than at the earlier time."""
        return self.price is not None and self.was is not None and self.price != self.was
