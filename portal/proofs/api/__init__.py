"""Proofs of payment, for programs."""

from portal.proofs.api import ocr, proofs  # noqa: F401 - they add their routes
from portal.proofs.api.blueprint import blueprint

__all__ = ["blueprint"]
