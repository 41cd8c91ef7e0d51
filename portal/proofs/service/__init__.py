"""What can be done with proofs: receive, read, show, decide."""

from portal.proofs.service import checks
from portal.proofs.service.asking import answer, ask
from portal.proofs.service.deciding import accept, appeal, needs_second, reject
from portal.proofs.service.queueing import waiting_count
from portal.proofs.service.reading import give_up, read, read_again, record
from portal.proofs.service.ready import Prepared, prepare, take_read
from portal.proofs.service.receiving import receive, store
from portal.proofs.service.showing import (
    detail,
    file_of,
    is_final,
    is_of,
    list_of,
    page_of,
    page_picture,
    state_of,
)

checks.register_invariants()

__all__ = [
    "Prepared",
    "accept",
    "answer",
    "appeal",
    "ask",
    "detail",
    "file_of",
    "give_up",
    "is_final",
    "is_of",
    "list_of",
    "needs_second",
    "page_of",
    "page_picture",
    "prepare",
    "read",
    "read_again",
    "receive",
    "record",
    "reject",
    "state_of",
    "store",
    "take_read",
    "waiting_count",
]
