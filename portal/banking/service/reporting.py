"""The signed report of a month, as PDF: the same bytes for the same signature."""

from __future__ import annotations

from portal.banking.types.months import SignedMonth, last_of, money
from portal.content import service as content
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.platform import typeset


def month_report(found: SignedMonth) -> bytes:
    """Counts, balances, what stayed unexplained, and who signed. Source: docs/rules/reconciliation.md, B16."""
    us, account = content.company(), ledger.our_account(found.account_id)
    label = f"{found.month:%B %Y}"
    values = {
        "title": f"Bank reconciliation {account.masked} {found.month:%Y-%m}",
        "heading": "Bank Reconciliation",
        "keywords": [f"{found.month:%Y-%m}", account.masked],
        "issued": typeset.issued(found.signed_at.date()),
        "mark": "" if found.live else "REOPENED",
        "mark_words": "" if found.live else "This month was opened again after it was signed.",
        "footer": f"{us.name} · {account.masked} · {label}",
        "supplier": {"name": us.name, "address": list(us.address), "phone": us.phone, "email": us.email},
        "facts": [
            ("Account", account.masked),
            ("Month", label),
            ("Days", f"{typeset.short_day(found.month)} to {typeset.short_day(last_of(found.month))}"),
            ("Signed by", found.signed_name),
            ("Signed on", typeset.long_day(found.signed_at.date())),
        ],
        "balances": _balances(found, account.currency),
        "counts": _counts(found, account.currency),
        "unexplained": str(Money(found.figures.unexplained, account.currency)),
        "is_clean": not found.figures.unexplained and found.figures.chained,
        "note": found.note,
    }
    return typeset.pdf("banking/month.typ", values, at=found.signed_at)


def _balances(found: SignedMonth, currency: str) -> list[tuple[str, str]]:
    figures = found.figures

    def shown(cents: int | None) -> str:
        amount = money(cents, currency)
        return "not stated" if amount is None else str(amount)

    return [
        ("Opening balance", shown(figures.opening)),
        ("Money in", shown(figures.money_in)),
        ("Money out", shown(figures.money_out)),
        ("Fees beside payments", shown(figures.fees)),
        ("Closing balance", shown(figures.closing)),
    ]


def _counts(found: SignedMonth, currency: str) -> list[tuple[str, str, str]]:
    figures = found.figures
    return [
        ("Booked by themselves", str(figures.by_itself), ""),
        ("Booked by people", str(figures.by_people), str(Money(figures.booked, currency))),
        ("Set aside", str(figures.aside), ""),
        ("In suspense", str(figures.suspense), str(Money(figures.suspended, currency))),
        ("All lines", str(figures.lines), ""),
    ]
