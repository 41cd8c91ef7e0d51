"""The blueprint that the staff pages of this feature share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("banking_staff", __name__)
