"""What customers see of payments: a panel on their invoice."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.blueprints import BlueprintSetupState

from portal.invoices.types import InvoiceInfo
from portal.payments import service
from portal.platform import panels
from portal.platform.http import identity_or_none

blueprint = Blueprint("payments", __name__)


def of_invoice(invoice: InvoiceInfo) -> str:
    """The payments of an invoice, for whoever may see the invoice; empty for customers when there are none."""
    person = identity_or_none()
    office = person is not None and person.has_staff("clerk", "manager")
    found = service.of_invoice(invoice.id)
    if not found and not office:
        return ""
    return render_template(
        "payments/_of_invoice.html", payments=found, invoice_id=invoice.id, number=invoice.number if office else ""
    )


@blueprint.record
def _join_invoice_page(_state: BlueprintSetupState) -> None:
    panels.register("invoice", "payments", of_invoice)
