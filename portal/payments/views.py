"""What customers see of payments: a panel on their invoice."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.blueprints import BlueprintSetupState

from portal.payments import service
from portal.platform import panels

blueprint = Blueprint("payments", __name__)


def of_invoice(invoice_id: int) -> str:
    """The payments of an invoice, for whoever may see the invoice; empty when there are none."""
    found = service.of_invoice(invoice_id)
    return render_template("payments/_of_invoice.html", payments=found, invoice_id=invoice_id) if found else ""


@blueprint.record
def _join_invoice_page(_state: BlueprintSetupState) -> None:
    panels.register("invoice", "payments", of_invoice)
