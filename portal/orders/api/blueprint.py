"""The blueprint of the modules here."""

from flask import Blueprint

blueprint = Blueprint("orders_api", __name__)
