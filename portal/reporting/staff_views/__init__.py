"""What reads across features, for our staff: the first page, debtors, statements of any customer."""

from portal.reporting.staff_views import dashboard, debtors, mails, vat
from portal.reporting.staff_views.blueprint import blueprint

__all__ = ["blueprint", "dashboard", "debtors", "mails", "vat"]
