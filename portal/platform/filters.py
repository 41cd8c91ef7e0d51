"""What templates may use beside Jinja: how money, days and references are written, icons, and who may go where.

Source: docs/rules/pages.md, W1 to W3 and W10.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from flask import Flask, current_app, g, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.core import clock
from portal.core.countries import name_of
from portal.core.exchange import HOME, rate_words
from portal.core.money import NBSP, Money
from portal.core.vat import export_rule
from portal.platform import assets
from portal.platform.http.access import access_of
from portal.platform.http.identity import identity_or_none
from portal.platform.paging import COUNTED

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def rand(amount: Money | Decimal | str) -> str:
    """``R 12 500.00`` with no-break spaces; text and decimals are in rand (never cents)."""
    if isinstance(amount, Money):
        return str(amount)
    return str(Money.parse(str(amount)))


def plain(amount: Money) -> str:
    """``12500.00``, for form fields and copy buttons."""
    return amount.plain


def local(moment: datetime | date) -> datetime | date:
    """A moment on the South-African clock; a date stays itself."""
    return moment.astimezone(clock.SAST) if isinstance(moment, datetime) else moment


def day(moment: datetime | date | None) -> str:
    """``16 Mar 2026``; a dash for nothing."""
    if moment is None:
        return "–"
    at = local(moment)
    return f"{at.day}{NBSP}{_MONTHS[at.month - 1][:3]}{NBSP}{at.year}"


def longday(moment: datetime | date) -> str:
    """``Tuesday 17 March``, with the year when it is not this one."""
    at = local(moment)
    year = "" if at.year == clock.today().year else f" {at.year}"
    return f"{_DAYS[at.weekday()]} {at.day}{NBSP}{_MONTHS[at.month - 1]}{year}"


def hour(moment: datetime) -> str:
    """``14:32`` on the South-African clock."""
    return f"{moment.astimezone(clock.SAST):%H:%M}"


def moment(value: datetime | None) -> str:
    """``16 Mar 2026, 14:32``; a dash for nothing."""
    return "–" if value is None else f"{day(value)}, {hour(value)}"


def age(since: datetime, until: datetime | None = None) -> str:
    """How long something lasts: ``under 1 min``, ``12 min``, ``2 h 14 min``, ``3 days``."""
    minutes = max(0, int(((until or clock.now()) - since).total_seconds() // 60))
    if minutes < 1:
        return f"under 1{NBSP}min"
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}{NBSP}h" + (f" {rest}{NBSP}min" if rest else "")
    days = minutes // (24 * 60)
    return f"{days}{NBSP}day{'' if days == 1 else 's'}"


def ago(since: datetime) -> Markup:
    """``2 h 14 min ago`` in a ``time`` element that holds the exact moment."""
    words = f"{age(since)} ago" if (clock.now() - since).days < 7 else moment(since)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(since.isoformat(), moment(since), words)


def reference(code: str) -> str:
    """``7K04 M2X3``: our references in two groups."""
    return f"{code[:4]}{NBSP}{code[4:]}" if len(code) == 8 else code


def account(number: str) -> str:
    """``62 8411 90736``: an account number as people say it."""
    digits = "".join(sign for sign in number if sign.isalnum())
    if len(digits) < 9:
        return digits
    return NBSP.join((digits[:2], digits[2:6], digits[6:]))


def masked(number: str) -> str:
    """``···0736``: the last four figures only."""
    return "···" + "".join(sign for sign in number if sign.isalnum())[-4:]


def percent(share: float | None) -> str:
    """``87.4 %`` of a share between 0 and 1; a dash when there is nothing to share."""
    return "–" if share is None else f"{share * 100:.1f}{NBSP}%"


def filesize(count: int) -> str:
    """``86 kB``, ``2.4 MB``."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))}{NBSP}kB"
    return f"{count / 1_000_000:.1f}{NBSP}MB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 line``, ``3 lines``."""
    return f"{count}{NBSP}{one if count == 1 else many or one + 's'}"


def capped(count: int) -> str:
    """``17``; ``1,000+`` for what nobody counted to its end."""
    return f"{COUNTED:,}+" if count > COUNTED else str(count)


def icon_svg(name: str, label: str | None = None, tone: str | None = None) -> Markup:
    """One icon of the sprite; decorative unless it has a label."""
    if "icons" not in g:
        g.icons = url_for("static", filename="vendor/icons.svg")
    return _icon(g.icons, name, label, tone)


@lru_cache(maxsize=1024)
def _icon(sheet: str, name: str, label: str | None, tone: str | None) -> Markup:
    kind = f"icon tone-{tone}" if tone else "icon"
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(kind, said, sheet, name)


def open_to_me(path: str) -> bool:
    """Whether an address of ours exists and the person asking may call it; menus show only those."""
    known: dict[str, str | None] = current_app.extensions.setdefault("places", {})
    if path not in known:
        try:
            known[path] = str(current_app.url_map.bind("localhost").match(path, method="GET")[0])
        except (HTTPException, RequestRedirect):
            known[path] = None
    endpoint = known[path]
    mark = access_of(current_app.view_functions[endpoint]) if endpoint else None
    return mark is not None and mark.admits(identity_or_none())


def country(code: str) -> str:
    """``Zimbabwe`` for ``ZW``."""
    return name_of(code)


def money_sign(currency: str) -> str:
    """``R``, or the code of other money: what stands before an amount."""
    return "R" if currency == HOME else currency


def exchange_rate(micros: int) -> str:
    """``18.2145``: rand for one unit of other money, given in millionths."""
    return rate_words(micros)


FILTERS = (
    rand, plain, country, exchange_rate, export_rule, money_sign, day, longday, hour, moment, age, ago, reference, account, masked, percent, filesize, plural, capped,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Give Jinja its filters and globals, and static files their hashed addresses."""
    assets.init_app(app)
    for each in FILTERS:
        app.jinja_env.filters[each.__name__] = each
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        icon_svg=icon_svg,
        open_to_me=open_to_me,
        new_key=lambda: str(uuid.uuid4()),
        today=clock.today,
        here="",
        tab="",
    )
