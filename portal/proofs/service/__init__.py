"""What can be done with proofs: receive, read, show, decide."""

from portal.proofs.service.deciding import accept, appeal, ask, reject
from portal.proofs.service.reading import give_up, read, record
from portal.proofs.service.ready import Prepared, prepare, take_read
from portal.proofs.service.receiving import receive, store
from portal.proofs.service.showing import (
    detail,
    file_of,
    is_final,
    is_of,
    list_of,
    neighbours,
    next_waiting,
    page_picture,
    queue,
    state_of,
    waiting_count,
)

__all__ = [
    "Prepared",
    "accept",
    "appeal",
    "ask",
    "detail",
    "file_of",
    "give_up",
    "is_final",
    "is_of",
    "list_of",
    "neighbours",
    "next_waiting",
    "page_picture",
    "prepare",
    "queue",
    "read",
    "receive",
    "record",
    "reject",
    "state_of",
    "store",
    "take_read",
    "waiting_count",
]
