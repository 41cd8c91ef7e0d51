"""The first page of our staff."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.core.money import total
from portal.platform import charts
from portal.platform.filters import day
from portal.platform.http import access, current_identity, page
from portal.reporting import service
from portal.reporting.staff_views.blueprint import blueprint
from portal.reporting.types import AGES, DAYS, GOAL, WAITS, Dashboard

_THOUSAND_RAND = 100_000
_TONES = ("bar-q", "bar-q", "age-2", "age-4")


@blueprint.get("/staff")
@access.staff()
def dashboard() -> ResponseReturnValue:
    """Is money coming in, is anything wrong? Dispatchers go to their orders at once."""
    if not current_identity().has_staff("clerk", "manager"):
        return redirect("/staff/orders", code=303)
    found = service.dashboard()
    answered, by_rule = sum(week.answered for week in found.weeks), sum(week.by_rule for week in found.weeks)
    return page(
        "reporting/dashboard.html",
        board=found,
        confirmed=total(each.confirmed for each in found.money),
        debtors=total(found.debtors),
        overdue=total(found.debtors[1:]),
        ages=list(zip(AGES, found.debtors, strict=True)),
        rate=by_rule / answered if answered else None,
        answered=answered,
        goal=GOAL / 1000,
        days=DAYS,
        charts=_charts(found),
    )


def _charts(board: Dashboard) -> dict[str, Markup]:
    return {"cash": _cash(board), "ages": _ages(board), "rate": _rate(board), "queue": _queue(board)}


def _cash(board: Dashboard) -> Markup:
    bars = [
        charts.Bar(
            label=str(each.day.day) if each.day.weekday() == 0 or each.day == board.today else "",
            solid=each.confirmed.cents,
            hatched=each.verified.cents,
            words=f"{day(each.day)}: {each.confirmed} confirmed, {each.verified} verified only",
            strong=each.day == board.today,
        )
        for each in board.money
    ]
    best = max(board.money, key=lambda each: each.confirmed.cents)
    label = f"Cash in per day over {DAYS} days; most on {day(best.day)}, {best.confirmed} confirmed"
    return charts.stacked_bars(bars, label, unit=_THOUSAND_RAND)


def _ages(board: Dashboard) -> Markup:
    return charts.shares([each.cents for each in board.debtors], "Debtors by age; the table below has the amounts")


def _rate(board: Dashboard) -> Markup:
    rates = [week.per_mille for week in board.weeks]
    known = [rate for rate in rates if rate is not None]
    if not known:
        return Markup("")
    label = f"From {charts.tenths(known[0])} % to {charts.tenths(known[-1])} %; goal {charts.tenths(GOAL)} %"
    first, last = (f"{day(week.starts)[:-5]}" for week in (board.weeks[0], board.weeks[-1]))
    return charts.rate_line(rates, label, goal=GOAL, first=first, last=last)


def _queue(board: Dashboard) -> Markup:
    rows = [
        charts.Line(words, count, tone) for words, count, tone in zip(WAITS, board.waiting.reviews, _TONES, strict=True)
    ]
    label = "Proofs that wait: " + ", ".join(f"{row.count} {row.words}" for row in rows)
    return charts.row_bars(rows, label)
