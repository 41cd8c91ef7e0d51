"""What the pay page shows: one invoice, our account, and what else is open."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from portal.core.errors import NotFound
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import BankAccountInfo
from portal.platform import config
from portal.proofs import queries
from portal.proofs.service.rows import info
from portal.proofs.types.stored import ProofInfo


@dataclass(frozen=True, slots=True)
class PayPage:
    """An invoice to pay. others: the customer's further open invoices in its currency; under_way: proofs nobody decided.

    account: ours in the invoice's currency; None while we have none.
    """

    invoice: InvoiceInfo
    account: BankAccountInfo | None
    others: tuple[InvoiceInfo, ...]
    under_way: tuple[ProofInfo, ...]


def pay_page(number: str, customer_id: int) -> PayPage:
    """For a signed-in customer. Raises NotFound, also for another customer's invoice."""
    invoice = invoices.by_number(number, customer_id)
    others = tuple(
        one for one in invoices.open_of(customer_id) if one.id != invoice.id and one.currency == invoice.currency
    )
    waiting = queries.under_way(customer_id)
    return PayPage(
        invoice,
        our_account(invoice.currency),
        others,
        tuple(info(row, "") for row in waiting if number in row.claimed_invoices),
    )


def linked_page(token: str) -> PayPage:
    """For whoever holds the signed link of an invoice mail: that invoice and nothing else.

    Raises NotFound for a link that is not ours or has run out.
    """
    invoice = invoices.by_number(invoices.read_pay_token(token))
    return PayPage(invoice, our_account(invoice.currency), (), ())


def linked_proof(token: str, public_id: str) -> ProofInfo:
    """A proof sent through this link's invoice. Raises NotFound for any other."""
    invoice = invoices.by_number(invoices.read_pay_token(token))
    row = queries.by_public_id(public_id, invoice.customer_id)
    if row.via != "link" or invoice.number not in row.claimed_invoices:
        raise NotFound(public_id)
    return info(row, "")


def bank_names() -> tuple[str, ...]:
    """Banks whose words for our reference the pay page knows."""
    return tuple(_REFERENCE_FIELD)


def reference_field(bank: str | None) -> str:
    """What a bank's app calls the field that our reference goes into."""
    return _REFERENCE_FIELD.get(bank or "", "Beneficiary reference")


#: what payers see; source: proofs.md 1
_REFERENCE_FIELD = {
    "FNB": "Their reference",
    "Absa": "Reference on beneficiary statement",
    "Capitec": "Payment reference",
    "Nedbank": "Recipient reference",
    "Standard Bank": "Beneficiary reference",
}


def upload_limit() -> int:
    """The largest file, in bytes."""
    return config.current().max_upload_bytes


def code_for_phone(number: str, address: str) -> str:
    """A QR code, as an SVG drawing, of the page that takes the proof of this invoice.

    number: of the invoice. address: where the portal answers, like ``https://portal.example``.
    """
    made = segno.make(f"{address}/pay/{invoices.pay_token(number)}", error="m")
    return made.svg_inline(scale=2, border=2, light="#fff", lineclass=None, svgclass=None)


def our_account(currency: str) -> BankAccountInfo | None:
    """The account customers pay into with a currency; None while we have none in other money than rand.

    Raises NotFound while none at all is known.
    """
    accounts_of_ours = ledger.our_accounts()
    if not accounts_of_ours:
        raise NotFound("no bank account of ours is known")
    return next((one for one in accounts_of_ours if one.currency == currency), None)
