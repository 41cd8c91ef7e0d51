"""The VAT of a period, for the return."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import BadInput
from portal.platform.export import Format, download
from portal.platform.http import access, page
from portal.reporting import vat_report
from portal.reporting.staff_views.blueprint import blueprint
from portal.reporting.vat_report import Period


def _asked() -> tuple[Period, BadInput | None]:
    try:
        return Period.read(request.args), None
    except BadInput as error:
        return Period.usual(clock.today()), error


@blueprint.get("/staff/vat")
@access.staff("clerk", "manager")
def vat() -> ResponseReturnValue:
    """Output VAT by rate, and whether the ledger has the same."""
    period, error = _asked()
    return page("reporting/vat.html", report=vat_report.report(period), error=error)


@blueprint.get("/staff/vat.<any(csv, xlsx):form>")
@access.staff("clerk", "manager")
def vat_file(form: str) -> ResponseReturnValue:
    """The report as a file; ``?detail=1`` gives every document behind it."""
    period, _ = _asked()
    name = f"vat-{period.since.isoformat()}-{period.until.isoformat()}"
    if request.args.get("detail") == "1":
        return download(f"{name}-documents", vat_report.DETAIL_HEADS, vat_report.detail(period), Format(form))
    return download(name, vat_report.HEADS, vat_report.rows(vat_report.report(period)), Format(form))
