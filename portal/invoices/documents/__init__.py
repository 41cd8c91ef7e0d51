"""Legal documents as PDF and as UBL: values in, bytes out; no table and no request is needed to print one."""

from portal.invoices.documents import ubl
from portal.invoices.documents.credit_note import credit_note
from portal.invoices.documents.tax_invoice import tax_invoice

__all__ = ["credit_note", "tax_invoice", "ubl"]
