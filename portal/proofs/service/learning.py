"""What people decide is remembered of the payer: listed, changed and taken back by staff; it decides nothing itself.

Source: design.md 6 (Learning, safely); docs/rules/learning.md, L1 to L4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.platform import audit
from portal.platform.db import db
from portal.proofs.match.payers import candidates, likeness, payer, payer_of, strength, told
from portal.proofs.models import PayerMark, PayerMemory, Proof
from portal.proofs.queries import payers
from portal.proofs.types import Reading, Verdict
from portal.proofs.types.payers import Candidate, Mark, Memory, Payer

PAGE = 25
FOR, AGAINST = 1, -1


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One decision behind a memory, as the page lists it."""

    id: int
    public_id: str
    sign: int
    by_name: str
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One memory, as the page lists it. strength: what its decisions come to today; below 0.5 it says nothing."""

    id: int
    name: str
    account: str
    layout: str
    customer_code: str
    customer_name: str
    active: bool
    strength: float
    version: int
    marks: tuple[MarkRow, ...]


def learn(row: Proof, reading: Reading | None, sign: int, by_name: str) -> None:
    """A person decided a proof: its payer pays for this customer (FOR), or this says otherwise (AGAINST). Flushes.

    Called inside the decision's transaction, which holds the customer's lock. A proof decided again, after a recall or
    an undo, has its last word only. A document that names no payer teaches nothing.
    """
    forget(row)
    seen = payer_of(reading) if reading is not None else payer("", "", "")
    if reading is None or not seen.known:
        return
    known = _alike(seen, row.customer_id)
    if sign == FOR:
        known = known[:1] or [_remember(seen, reading, row.customer_id)]
    for memory in known:
        _mark(memory, row, sign, by_name)


def _alike(seen: Payer, customer_id: int) -> list[PayerMemory]:
    """Memories of this payer for this customer, the likeliest first: a document may leave the name or account out."""
    found = [(likeness(_payer(one), seen), one) for one in payers.alike(seen) if one.customer_id == customer_id]
    return [one for score, one in sorted(found, key=lambda each: (-each[0], each[1].id)) if score > 0]


def _mark(memory: PayerMemory, row: Proof, sign: int, by_name: str) -> None:
    said = payers.mark_of(memory.id, row.id)
    if said is None:
        said = PayerMark(memory_id=memory.id, proof_id=row.id)
        db.session.add(said)
    said.sign, said.by_name, said.at, said.undone_at = sign, by_name, clock.now(), None
    db.session.flush()
    after = {"payer": memory.name, "account": memory.account, "customer": row.customer_id, "sign": sign}
    audit.record("payer.learned", f"memory {memory.id}", after=after)


def forget(row: Proof) -> None:
    """What decisions on a proof said counts no more: it was sent back, or is decided anew. Flushes."""
    for said in payers.marks_by_proof(row.id):
        said.undone_at = said.undone_at or clock.now()
    db.session.flush()


def _remember(seen: Payer, reading: Reading, customer_id: int) -> PayerMemory:
    memory = PayerMemory(
        name=(reading.value("payer_name") or "")[:160], name_key=seen.name_key,
        account=(reading.value("payer_account") or "")[:60], account_key=seen.account_key,
        layout=seen.layout, customer_id=customer_id, active=True, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(memory)
    db.session.flush()
    return memory


def candidates_for(reading: Reading) -> tuple[Candidate, ...]:
    """The customers whom the payer of this document has paid for before, the likeliest first."""
    seen = payer_of(reading)
    rows = payers.alike(seen)
    said = payers.marks_of([one.id for one in rows])
    return candidates([_memory(one, [mark for mark, _ in said[one.id]]) for one in rows], seen, clock.today())


def with_what_is_known(verdict: Verdict, reading: Reading, customer_id: int) -> Verdict:
    """A verdict for a person's eyes, with what is remembered of its payer. What is decided does not change."""
    found = candidates_for(reading)
    known = accounts.customers_by_id({each.customer_id for each in found})
    return told(verdict, [_words(each, known[each.customer_id].name, customer_id) for each in found])


def _words(found: Candidate, name: str, customer_id: int) -> str:
    times = "once" if found.times == 1 else f"{found.times} times"
    if found.customer_id == customer_id:
        return f"This payer is known: it paid for this customer {times} before."
    return f"This payer paid for {name} {times} before. Is the proof with the right customer?"


def memories(
    search: str = "", *, shown: bool | None = None, customer: str = "", before: int | None = None
) -> tuple[list[MemoryRow], int | None]:
    """What is remembered, newest first, and the mark of the next page.

    search: how a payer's name begins, or an account's last four digits. customer: a customer code.
    Raises NotFound for a code that nobody has.
    """
    wanted = search.strip()
    digits = wanted if len(wanted) == 4 and wanted.isdigit() else ""
    customer_id = accounts.customer_by_code(customer).id if customer else None
    key = "" if digits else payer(wanted, "", "").name_key
    rows = list(payers.page(key, digits, customer_id, shown, before, PAGE))
    return _rows(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None


def switch(memory_id: int, *, active: bool, seen_version: int) -> MemoryRow:
    """Let a memory speak, or not; what was decided stays written. Raises Conflict for an old page. Flushes."""
    row = _take(memory_id, seen_version)
    audit.record("payer.switched", f"memory {row.id}", before={"active": row.active}, after={"active": active})
    row.active = active
    db.session.flush()
    return _rows([row])[0]


def correct(memory_id: int, customer_code: str, *, seen_version: int) -> MemoryRow:
    """The payer pays for another customer: the memory is about that one from now on. Flushes.

    Raises NotFound for a code that nobody has, BadInput when that is remembered already, Conflict for an old page.
    """
    customer = accounts.customer_by_code(customer_code)
    accounts.lock_customer(customer.id)  # two people who correct two memories to one customer come one after the other
    row = _take(memory_id, seen_version)
    if any(one.id != row.id for one in _alike(_payer(row), customer.id)):
        raise BadInput("This payer is remembered for that customer already.", field="customer")
    before, row.customer_id = row.customer_id, customer.id
    db.session.flush()
    audit.record("payer.corrected", f"memory {row.id}", before={"customer": before}, after={"customer": customer.id})
    return _rows([row])[0]


def undo(mark_id: int, *, undone: bool) -> int:
    """A decision counts no more, or counts again; gives the id of its memory. Raises NotFound. Flushes."""
    said = payers.mark(mark_id)
    if (said.undone_at is not None) != undone:
        said.undone_at = clock.now() if undone else None
        words = {"proof": said.proof_id, "counts": not undone}
        audit.record("payer.undone", f"memory {said.memory_id}", after=words)
        db.session.flush()
    return said.memory_id


def _take(memory_id: int, seen_version: int) -> PayerMemory:
    row = payers.lock(memory_id)
    if row.version != seen_version + 1:
        raise Conflict("This memory was changed in the meantime. Look at it again.")
    return row


def _memory(row: PayerMemory, marks: list[PayerMark]) -> Memory:
    counting = tuple(Mark(one.sign, clock.day_of(one.at)) for one in marks if one.undone_at is None)
    return Memory(row.id, _payer(row), row.customer_id, counting, row.active)


def _payer(row: PayerMemory) -> Payer:
    return Payer(row.name_key, row.account_key, row.layout)


def _rows(rows: Sequence[PayerMemory]) -> list[MemoryRow]:
    said = payers.marks_of([row.id for row in rows])
    known = accounts.customers_by_id({row.customer_id for row in rows})
    today = clock.today()
    return [
        MemoryRow(
            row.id, row.name, row.account, row.layout, known[row.customer_id].code, known[row.customer_id].name,
            row.active, strength(_memory(row, [mark for mark, _ in said[row.id]]), today), row.version,
            tuple(
                MarkRow(mark.id, public_id, mark.sign, mark.by_name, mark.at, mark.undone_at is not None)
                for mark, public_id in said[row.id]
            ),
        )
        for row in rows
    ]  # fmt: skip
