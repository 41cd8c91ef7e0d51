"""The blueprint of the modules here."""

from flask import Blueprint

blueprint = Blueprint("proofs_api", __name__)
