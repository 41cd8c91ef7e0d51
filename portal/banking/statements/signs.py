"""How a bank's signs and order are meant: the reading that the printed balances prove (docs/rules/bank-statements.md, S6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from operator import attrgetter

from portal.banking.statements.rows import Body, Written
from portal.banking.statements.written import Amount

Reading = Callable[[Written], int]
_CREDIT = ("CR", "C", "K", "CREDIT", "KREDIET", "KT", "CT", "IN")
_DEBIT = ("DR", "D", "DEBIT", "DEBIET", "DT", "OUT", "UIT")


@dataclass(frozen=True, slots=True)
class Signed:
    """A line with its signs, in cents; oldest first among its like."""

    line: Written
    amount: int
    fee: int
    balance: int | None


@dataclass(frozen=True, slots=True)
class Sense:
    """The lines oldest first under one reading of signs and order, and what is stated before and after them."""

    lines: tuple[Signed, ...]
    opening: int | None
    closing: int | None
    closing_row: int | None
    broken: tuple[int, ...]


def make_sense(body: Body, opening: int | None, closing: int | None) -> Sense:
    """The first reading of the body that its balances prove; the one with the fewest breaks where none does."""
    best: Sense | None = None
    for signed, newest_first in _readings(body):
        found = _tried(body, signed, newest_first, opening, closing)
        if best is None or len(found.broken) < len(best.broken):
            best = found
        if not best.broken:
            break
    assert best is not None  # noqa: S101 - there is always one reading
    return best


def _readings(body: Body) -> Iterator[tuple[list[Signed], bool]]:
    lines = body.lines
    for move, fee, balance in product(_amounts(lines), _fees(lines), _balances(body)):
        signed = [Signed(each, move(each), fee(each), _cents(each.balance, balance)) for each in lines]
        yield from _orders(signed)


def _orders(signed: list[Signed]) -> Iterator[tuple[list[Signed], bool]]:
    """As written, turned round, and days turned round with each day as written."""
    turned = signed[::-1]
    back = bool(signed) and signed[0].line.on > signed[-1].line.on
    plain = [(turned, True), (signed, False)] if back else [(signed, False), (turned, True)]
    yield from plain
    days = [list(group) for _, group in groupby(signed, key=attrgetter("line.on"))]
    if back and any(len(group) > 1 for group in days):
        yield [each for group in reversed(days) for each in group], True


def _tried(body: Body, signed: list[Signed], newest_first: bool, opening: int | None, closing: int | None) -> Sense:
    way = -1 if newest_first else 1
    openings, closings = body.openings[::way], body.closings[::way]
    if opening is None and openings:
        opening = openings[0][1].cents
    closing_row = None
    if closing is None and closings:
        closing_row, closing = closings[-1][0], closings[-1][1].cents
    return Sense(tuple(signed), opening, closing, closing_row, tuple(_breaks(signed, opening)))


def _breaks(signed: Sequence[Signed], opening: int | None) -> Iterator[int]:
    """Rows whose printed balance is not the one before plus what moved since."""
    at = opening
    for each in signed:
        at = None if at is None else at + each.amount + each.fee
        if each.balance is not None:
            if at is not None and at != each.balance:
                yield each.line.row
            at = each.balance


def _cents(figure: Amount | None, unsigned: int) -> int | None:
    if figure is None:
        return None
    return figure.cents if figure.side is not None else unsigned * figure.cents


def _amounts(lines: Sequence[Written]) -> list[Reading]:
    if any(each.debit or each.credit for each in lines):
        return [_split(-1, absolute=True), _split(1, absolute=False), _split(-1, absolute=False)]
    figures = [each.amount for each in lines if each.amount is not None]
    readings: list[Reading] = [_printed(1)]
    if any(figure.side == 1 for figure in figures) and any(figure.side is None for figure in figures):
        lettered_debits = any(figure.side == -1 for figure in figures)
        readings.insert(len(readings) if lettered_debits else 0, _printed(-1))
    if any(_side(each.side) for each in lines):
        readings.insert(len(readings) if any(figure.side for figure in figures) else 0, _by_column)
    return readings


def _printed(unsigned: int) -> Reading:
    return lambda line: _cents(line.amount, unsigned) or 0


def _by_column(line: Written) -> int:
    cents = line.amount.cents if line.amount else 0
    side = _side(line.side)
    return side * abs(cents) if side else cents


def _side(text: str) -> int:
    return 1 if text in _CREDIT else -1 if text in _DEBIT else 0


def _split(way: int, *, absolute: bool) -> Reading:
    def reading(line: Written) -> int:
        out = line.debit.cents if line.debit else 0
        paid_in = (line.credit.cents if line.credit else 0) + (line.amount.cents if line.amount else 0)
        return paid_in + way * (abs(out) if absolute else out)

    return reading


def _fees(lines: Sequence[Written]) -> list[Reading]:
    if not any(each.fee for each in lines):
        return [lambda _line: 0]
    return [_fee(1), _fee(-1), lambda _line: 0]


def _fee(way: int) -> Reading:
    return lambda line: way * line.fee.cents if line.fee else 0


def _balances(body: Body) -> list[int]:
    """What a balance without sign or letter means: itself, or overdrawn where others are marked as credit."""
    figures = [each.balance for each in body.lines if each.balance is not None]
    marked = any(figure.side == 1 for figure in figures) and any(figure.side is None for figure in figures)
    return [1, -1] if marked else [1]
