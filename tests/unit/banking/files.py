"""Statement files as banks write them, made from lines whose contents are known."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

ACCOUNT = "62841790356"
_NAMES = ("KAROO DRILLING", "VAAL LOGISTICS", "MÜLLER HAULAGE", "TUGELA CLEANING", "NKOSI ENGINEERING")


@dataclass(frozen=True)
class Told:
    """One line as it should be read; amounts in cents."""

    on: date
    amount: int
    description: str
    reference: str = ""
    fee: int = 0


def story(count: int = 12, seed: int = 1, first: date = date(2026, 3, 2)) -> list[Told]:
    """Lines of some days, two equal ones first, with a fee and a reversal among them."""
    draw = random.Random(seed)
    lines: list[Told] = []
    day = first
    for at in range(count):
        day += timedelta(days=draw.choice((0, 0, 1)))
        name = draw.choice(_NAMES)
        sign = -1 if at % 4 == 3 else 1
        lines.append(
            Told(day, sign * draw.randint(1_00, 250_000_00), f"MAGTAPE CREDIT {name} {at}", f"INV-{1000 + at}")
        )
    lines[1] = lines[0]
    lines[4] = replace(lines[4], amount=-lines[0].amount, description="REVERSAL " + lines[0].description)
    return lines


def balances(lines: Sequence[Told], opening: int = 250_000_00) -> list[int]:
    """The balance after each line."""
    found: list[int] = []
    for line in lines:
        opening += line.amount + line.fee
        found.append(opening)
    return found


def plain(cents: int, *, mark: str = ".", thousands: str = "") -> str:
    """``-1234.50`` or ``-1 234,50``."""
    whole, part = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", thousands)
    return f"{'-' if cents < 0 else ''}{grouped}{mark}{part:02d}"


def table(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """Delimited text with CRLF."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def fnb(lines: Sequence[Told], account: str = ACCOUNT) -> str:
    """FNB: two title rows, one signed column."""
    rows: list[list[str]] = [["ACCOUNT TRANSACTION HISTORY"], [f"FOR ACCOUNT NUMBER {account}"]]
    rows.append(["Date", "SERVICE FEE", "Amount", "DESCRIPTION", "REFERENCE", "Balance", "CHEQUE NUMBER", ""])
    for line, balance in zip(lines, balances(lines), strict=True):
        day = f"{line.on:%Y/%m/%d}"
        rows.append([day, "", plain(line.amount), line.description, line.reference, plain(balance), "", ""])
    return table(rows)


def generic(
    lines: Sequence[Told],
    headings: Sequence[str],
    *,
    separator: str = ",",
    mark: str = ".",
    thousands: str = "",
    day: str = "%Y-%m-%d",
    titles: Sequence[Sequence[str]] = (),
) -> str:
    """Any program's table: the columns are named by date, text, ref, amount, out, in, side, balance, then ``=words``."""

    def money(cents: int) -> str:
        return plain(cents, mark=mark, thousands=thousands)

    rows = [list(row) for row in titles]
    rows.append([each.split("=")[1] for each in headings])
    for line, balance in zip(lines, balances(lines), strict=True):
        cells = {
            "date": line.on.strftime(day), "text": line.description, "ref": line.reference, "amount": money(line.amount),
            "out": money(-line.amount) if line.amount < 0 else "", "in": money(line.amount) if line.amount > 0 else "",
            "bare": money(abs(line.amount)), "side": "DR" if line.amount < 0 else "CR", "balance": money(balance),
            "k": money(abs(line.amount)) + ("K" if line.amount > 0 else ""), "kbalance": money(balance) + "K",
            "minus": money(abs(line.amount)) + ("-" if line.amount < 0 else ""),
            "brackets": f"({money(-line.amount)})" if line.amount < 0 else money(line.amount),
        }  # fmt: skip
        rows.append([cells[each.split("=")[0]] for each in headings])
    return table(rows, separator)


def mt940(lines: Sequence[Told], opening: int = 250_000_00) -> str:
    """SWIFT MT940 with a comma before the cents."""

    def side(cents: int) -> str:
        return "C" if cents >= 0 else "D"

    def bare(cents: int) -> str:
        return plain(abs(cents), mark=",")

    closing = balances(lines, opening)[-1]
    out = [":20:STMT", f":25:{ACCOUNT}", ":28C:1/1", f":60F:{side(opening)}260301ZAR{bare(opening)}"]
    for line in lines:
        out.append(f":61:{line.on:%y%m%d%m%d}{side(line.amount)}{bare(line.amount)}NTRF{line.reference[:16]}//1")
        out.append(f":86:{line.description}")
    return "\r\n".join([*out, f":62F:{side(closing)}260331ZAR{bare(closing)}", "-}", ""])


def camt053(lines: Sequence[Told], opening: int = 250_000_00, *, version: str = "02", extra: str = "") -> str:
    """ISO 20022 with the fewest elements that a statement needs. extra: put into the statement."""

    def amount(cents: int) -> str:
        side = "CRDT" if cents >= 0 else "DBIT"
        return f'<Amt Ccy="ZAR">{plain(abs(cents))}</Amt><CdtDbtInd>{side}</CdtDbtInd>'

    def balance(code: str, cents: int) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(cents)}</Bal>"

    entries = "".join(
        f"<Ntry>{amount(line.amount)}<Sts>BOOK</Sts><BookgDt><Dt>{line.on}</Dt></BookgDt><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{line.reference or 'NOTPROVIDED'}</EndToEndId></Refs><RmtInf><Ustrd>{line.description}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>"
        for line in lines
    )
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrStmt><Stmt><Acct><Id><Othr>'
        f"<Id>{ACCOUNT}</Id></Othr></Id></Acct>{balance('OPBD', opening)}{balance('CLBD', balances(lines, opening)[-1])}"
        f"{extra}{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def ofx(lines: Sequence[Told], opening: int = 250_000_00) -> str:
    """OFX 1: tags without ends, a name of 32 letters that goes on in the memo."""
    rows = "".join(
        f"<STMTTRN>\n<TRNTYPE>OTHER\n<DTPOSTED>{line.on:%Y%m%d}120000[+2:SAST]\n<TRNAMT>{plain(line.amount)}\n<FITID>{at}\n"
        f"<NAME>{line.description[:32]}\n"
        + (f"<MEMO>{line.description[32:]}\n" if line.description[32:] else "")
        + "</STMTTRN>\n"
        for at, line in enumerate(lines)
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1252\n\n<OFX>\n<STMTRS>\n<CURDEF>ZAR\n<BANKACCTFROM>\n"
        f"<ACCTID>{ACCOUNT}\n</BANKACCTFROM>\n<BANKTRANLIST>\n{rows}</BANKTRANLIST>\n<LEDGERBAL>\n"
        f"<BALAMT>{plain(balances(lines, opening)[-1])}\n</LEDGERBAL>\n</STMTRS>\n</OFX>\n"
    )


def qif(lines: Sequence[Told]) -> str:
    """QIF with the day first."""
    rows = "".join(
        f"D{line.on:%d/%m/%Y}\nT{plain(line.amount, thousands=',')}\nP{line.description}\nM{line.reference}\n^\n"
        for line in lines
    )
    return "!Type:Bank\n" + rows
