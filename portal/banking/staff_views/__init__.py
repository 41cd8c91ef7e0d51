"""Reconciliation as our staff see it: statements come in, lines that explain themselves are booked, and the rest is a short work list."""

from portal.banking.staff_views import columns, lines, months, rules, statements, suspense
from portal.banking.staff_views.blueprint import blueprint

__all__ = ["blueprint", "columns", "lines", "months", "rules", "statements", "suspense"]
