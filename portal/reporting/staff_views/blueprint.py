"""The blueprint that the staff pages of this feature share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reporting_staff", __name__)
