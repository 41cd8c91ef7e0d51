"""Invoices, credit notes and drafts of all customers, as our staff see them."""

from portal.invoices.staff_views import credit, drafts, dunning, invoices
from portal.invoices.staff_views.blueprint import blueprint

__all__ = ["blueprint", "credit", "drafts", "dunning", "invoices"]
