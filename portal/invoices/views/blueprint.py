"""The blueprint that the customers' pages of this feature share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("invoices", __name__)
