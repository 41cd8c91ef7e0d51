"""The blueprint that the staff pages of this feature share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("catalog_staff", __name__)
