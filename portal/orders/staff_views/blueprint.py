"""The pages of our staff around orders share one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("orders_staff", __name__)
