"""What staff get to see of gateways: their notices, and what they hold for us."""

from __future__ import annotations

from portal.core.errors import NotFound
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind
from portal.payments import gateways
from portal.payments.queries import online
from portal.payments.types.online import CLEARING, NoticeInfo, NoticeState
from portal.platform.paging import Page

PAGE_SIZE = 50


def notices(state: NoticeState | None = None, *, after: str | None = None, limit: int = PAGE_SIZE) -> Page[NoticeInfo]:
    """What came to the gateways' addresses, newest first."""
    return online.notices_page(state, after, limit)


def clearing_of(code: str) -> Money:
    """What a gateway holds for us by our books: settled, less its fees, what went back and what it paid out."""
    key = AccountKey(AccountKind.CLEARING, "ZAR", CLEARING[code])
    try:
        return ledger.account_by_code(key.code).balance
    except NotFound:  # nothing was ever posted to it
        return Money.zar(0)


def held() -> dict[str, Money]:
    """What each gateway that is on holds for us, by what people call it."""
    return {gateway.label: clearing_of(code) for code, gateway in gateways.active().items()}
