"""Hints that a document was altered after its bank made it."""

from portal.proofs.tamper.signals import Suspect, signals_of

__all__ = ["Suspect", "signals_of"]
