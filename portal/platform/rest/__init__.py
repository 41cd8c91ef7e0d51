"""The interface for programs under /api/v1: typed shapes that read, answer and document themselves."""

from portal.platform.rest.answering import Made
from portal.platform.rest.once import own_key
from portal.platform.rest.operations import Document, Operation, Upload, operation, operation_of
from portal.platform.rest.reading import Sent
from portal.platform.rest.shapes import (
    Amount,
    Asked,
    Day,
    Instant,
    Listed,
    PageAsked,
    Search,
    Shape,
    amount,
    amount_or_none,
    listed,
)

__all__ = [
    "Amount",
    "Asked",
    "Day",
    "Document",
    "Instant",
    "Listed",
    "Made",
    "Operation",
    "PageAsked",
    "Search",
    "Sent",
    "Shape",
    "Upload",
    "amount",
    "amount_or_none",
    "listed",
    "operation",
    "operation_of",
    "own_key",
]
