"""Lines of the bank that are neither a customer's money nor to be set aside: what payment gateways paid out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.banking.service import payouts
from portal.core.money import Money
from portal.platform.http import access, commit_on_success, current_identity

blueprint = Blueprint("banking_oversight", __name__)


@blueprint.post("/staff/bank/lines/<int:line_id>/payout")
@access.staff("clerk", "manager")
@commit_on_success
def payout(line_id: int) -> ResponseReturnValue:
    """The line is what a gateway paid out, less what it kept for itself."""
    typed = request.form.get("fee", "").strip()
    fee = Money.parse(typed) if typed else None
    payouts.book_payout(line_id, request.form.get("gateway", ""), by=current_identity().user_id, fee=fee)
    flash("The payout is booked.", "done")
    return redirect(url_for("banking_staff.lines"), code=303)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"payouts_of": payouts.payouts_of, "held_by_gateway": payouts.held_by}
