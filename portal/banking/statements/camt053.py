"""ISO 20022 CAMT.053, of any version: elements are found by their names, whatever the namespace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from portal.banking.errors import StatementRefused
from portal.banking.statements.bytes_of import refuse_declarations
from portal.banking.statements.one_account import chosen, prove
from portal.banking.statements.written import Dates, Unreadable, amount, day
from portal.banking.types import ReadLine, Statement
from portal.core.money import Money
from portal.core.text import squeeze

_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOREF", "NOT PROVIDED"})


def is_xml(text: str) -> bool:
    """Whether a text is XML."""
    return text.lstrip()[:5] == "<?xml" or "<Document" in text[:400] or ":Document" in text[:400]


def read(content: bytes, account: str | None) -> Statement:
    """Read the statement of an account. Raises StatementRefused with the number of the entry that is wrong."""
    refuse_declarations(content)
    try:
        root = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise StatementRefused("The file declares its own XML entities, which no bank does. It was not read.") from None
    except (ParseError, LookupError, ValueError) as error:
        raise StatementRefused(f"The file is damaged or cut off: {error}.") from None
    message = next(_all(root, "BkToCstmrStmt"), None)
    if message is None:
        raise StatementRefused("The XML file is no bank statement (CAMT.053). Notifications and reports are not read.")
    found: list[Statement] = []
    row = 1
    for part in _children(message, "Stmt"):
        found.append(_statement(part, row))
        row += len(_children(part, "Ntry"))
    if not found:
        raise StatementRefused("The file holds no statement.")
    return chosen(found, account)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if _name(each) == name)


def _at(element: Element, path: str) -> Element | None:
    found: Element | None = element
    for name in path.split("/"):
        found = next(iter(_children(found, name)), None) if found is not None else None
    return found


def _text(element: Element, *paths: str) -> str:
    for path in paths:
        found = _at(element, path)
        if found is not None and found.text and found.text.strip():
            return squeeze(found.text)
    return ""


def _statement(part: Element, first_row: int) -> Statement:
    account = _text(part, "Acct/Id/Othr/Id", "Acct/Id/IBAN", "Acct/Id/BBAN") or None
    balances = dict(_balances(part))
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    currency = closing.currency if closing else _text(part, "Acct/Ccy") or "ZAR"
    lines = [
        line
        for row, entry in enumerate(_children(part, "Ntry"), start=first_row)
        if (line := _line(entry, row, currency)) is not None
    ]
    if lines and lines[0].on > lines[-1].on:
        lines.reverse()
    return prove(Statement("camt053", account, currency, opening, closing, tuple(lines)))


def _balances(part: Element) -> Iterator[tuple[str, Money]]:
    for balance in _children(part, "Bal"):
        code = _text(balance, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
        yield code, _money(balance, None)


def _money(element: Element, row: int | None) -> Money:
    figure = _at(element, "Amt")
    side = _text(element, "CdtDbtInd")
    place = f"Entry {row}" if row else "A balance"
    if figure is None or side not in ("CRDT", "DBIT"):
        raise StatementRefused(f"{place} has no amount, or does not say whether it is credit or debit.", row)
    try:
        cents = amount(figure.text or "").cents
        return Money(cents if side == "CRDT" else -cents, figure.get("Ccy", "ZAR"))
    except (Unreadable, ValueError) as error:
        raise StatementRefused(f"{place}: {error}.", row) from None


def _line(entry: Element, row: int, currency: str) -> ReadLine | None:
    """One entry; None for those that are announced and not booked."""
    status = _text(entry, "Sts/Cd", "Sts")
    if status not in ("BOOK", ""):
        return None
    money = _money(entry, row)
    if money.currency != currency:
        raise StatementRefused(f"Entry {row} is in {money.currency}, the account in {currency}.", row)
    return ReadLine(row, _day(entry, row), money, Money.zero(currency), _words(entry), _reference(entry), None)


def _day(entry: Element, row: int) -> date:
    text = _text(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    try:
        return day(text[:10], Dates())
    except Unreadable as error:
        raise StatementRefused(f"Entry {row}: {error}.", row) from None


def _words(entry: Element) -> str:
    """What the payer wrote; the bank's own, shorter words where there is nothing else."""
    told = [squeeze(each.text) for each in _all(entry, "Ustrd") if each.text and each.text.strip()]
    if not told:
        told = [text for text in (_text(entry, "AddtlNtryInf"),) if text]
    if not told:
        told = [squeeze(each.text or "") for name in ("AddtlTxInf", "Nm") for each in _all(entry, name)][:1]
    return " ".join(dict.fromkeys(told))


def _reference(entry: Element) -> str:
    for name in ("EndToEndId", "Ref", "InstrId"):
        for found in _all(entry, name):
            if (text := squeeze(found.text or "")).upper() not in _NO_REFERENCE:
                return text
    return ""
