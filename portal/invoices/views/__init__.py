"""Invoices and credit notes as customers see them."""

from portal.invoices.views import credit_notes, dunning, invoices
from portal.invoices.views.blueprint import blueprint

__all__ = ["blueprint", "credit_notes", "dunning", "invoices"]
