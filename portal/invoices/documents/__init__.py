"""Legal documents as PDF: values in, bytes out; no table and no request is needed to print one."""

from portal.invoices.documents.tax_invoice import tax_invoice

__all__ = ["tax_invoice"]
