"""The main job, once, for real: order, invoice, pay page, proof, verdict, review, money confirmed, goods released."""

from __future__ import annotations


