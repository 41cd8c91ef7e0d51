"""Which statement a request's address asks for."""

from __future__ import annotations

from flask import request

from portal.core.errors import BadInput
from portal.reporting.statements import Asked


def asked_or_usual(currency: str) -> tuple[Asked, BadInput | None]:
    """What the address asks for; the usual period, and what is wrong, when its days make none.

    currency: the customer's own, which is shown unless the address asks for another.
    """
    try:
        return Asked.read(request.args, currency), None
    except BadInput as error:
        return Asked.read({"form": request.args.get("form", "")}, currency), error
