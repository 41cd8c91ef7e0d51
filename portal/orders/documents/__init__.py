"""Papers that go with goods and offers, as PDF: values in, bytes out; no table and no request is needed to print one."""

from portal.orders.documents.delivery_note import delivery_note
from portal.orders.documents.quotation import quotation

__all__ = ["delivery_note", "quotation"]
