"""What people decide. One proof is decided once: the row is locked, and its version says what the clerk saw."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.identity import Identity
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.payments import service as payments
from portal.platform import audit, metrics
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.errors import AlreadyDecided
from portal.proofs.models import Decision, Proof
from portal.proofs.service import telling
from portal.proofs.service.reading import facts_of
from portal.proofs.service.rows import info
from portal.proofs.types.stored import Acceptance, ProofInfo, ProofState


def accept(public_id: str, accepted: Acceptance, *, by: Identity, seen_version: int) -> ProofInfo:
    """A clerk accepts: the proof is verified, and its payment with it. It is not money before the bank confirms.

    accepted: amount and shares in whole cents, the day paid, and why (required when a check does not pass).
    seen_version: of the proof on the clerk's screen.
    Locks customer, then the proof. Raises AlreadyDecided when somebody was faster, BadInput for shares that are more
    than the amount or than an invoice still owes, Conflict when another verified proof shows the same payment.
    """
    row = _take(public_id, seen_version)
    _demand_review(row)
    shares = _checked_shares(row, accepted)
    row.amount_cents, row.currency, row.paid_on = accepted.amount.cents, accepted.amount.currency, accepted.paid_on
    if (other := queries.facts_owned_by_others(facts_of(row), row.id)) is not None:
        raise BadInput(
            f"The verified proof {other} shows the same payment. Reject this one, or recall the other first."
        )
    queries.own_facts(facts_of(row), row.id)
    payment_id = payments.claim(
        row.customer_id, accepted.amount, accepted.paid_on, shares,
        proof_id=row.id, words=f"Proof {row.public_id}", reference=row.reference or "",
    )  # fmt: skip
    payments.verify(payment_id, shares)
    split = {share.invoice: share.amount.plain for share in accepted.shares}
    return _decided(
        row, ProofState.VERIFIED, "accept", accepted.why, by, {"amount": accepted.amount.plain, "split": split}
    )


def reject(public_id: str, words: str, *, by: Identity, seen_version: int) -> ProofInfo:
    """A clerk rejects; the customer reads the words. Raises AlreadyDecided when somebody was faster."""
    row = _take(public_id, seen_version)
    if not words.strip():
        raise BadInput("Write the reason: the customer reads it.", field="words")
    _demand_review(row)
    return _decided(row, ProofState.REJECTED, "reject", words, by, {})


def ask(public_id: str, question: str, *, by: Identity) -> ProofInfo:
    """A question goes to the customer; the proof keeps waiting."""
    row = _take(public_id, None)
    _demand_review(row)
    if not question.strip():
        raise BadInput("Write the question: the customer reads it.", field="words")
    _note(row, "ask", question, by, {})
    telling.asked(row, question.strip())
    return info(row)


def appeal(public_id: str, words: str, *, by: Identity, customer_id: int) -> ProofInfo:
    """The customer asks a person to look at what the computer decided (POPIA s 71)."""
    queries.by_public_id(public_id, customer_id)
    row = _take(public_id, None)
    before = row.state
    if before not in {ProofState.DUPLICATE, ProofState.UNREADABLE}:
        raise IllegalMove("This proof", before, ProofState.REVIEW)
    row.state = ProofState.REVIEW
    _note(row, "appeal", words or "Asked a person to look.", by, {"before": before})
    return info(row)


def _take(public_id: str, seen_version: int | None) -> Proof:
    """The proof, locked after its customer (design.md 4), and as the clerk saw it."""
    row = queries.by_public_id(public_id)
    accounts.lock_customer(row.customer_id)
    locked = queries.lock(row.id)
    if seen_version is not None and locked.version != seen_version + 1:
        raise AlreadyDecided(queries.last_decider(locked.id))
    return locked


def _demand_review(row: Proof) -> None:
    """People decide what waits for them and nothing else; an appeal brings it back first."""
    if row.state != ProofState.REVIEW:
        raise IllegalMove("This proof", row.state, "decided by a person")


def _checked_shares(row: Proof, accepted: Acceptance) -> tuple[tuple[int, Money], ...]:
    if accepted.amount.cents <= 0:
        raise BadInput("The amount must be more than nothing.", field="amount")
    if accepted.paid_on > clock.today():
        raise BadInput("The day paid lies in the future.", field="paid_on")
    if total((share.amount for share in accepted.shares), accepted.amount.currency) > accepted.amount:
        raise BadInput("The invoices together take more than the amount of the proof.", field="shares")
    promised = payments.promised_by_invoice(row.customer_id)
    found: dict[int, Money] = {}
    for share in accepted.shares:
        invoice = invoices.by_number(share.invoice, row.customer_id)
        rest = invoice.balance - promised.get(invoice.id, Money.zero(invoice.balance.currency))
        if share.amount.cents <= 0 or share.amount > rest or invoice.id in found:
            raise BadInput(f"{share.invoice} still waits for {rest}; name each invoice once.", field="shares")
        found[invoice.id] = share.amount
    return tuple(found.items())


def _decided(
    row: Proof, state: ProofState, action: str, words: str, by: Identity, body: dict[str, object]
) -> ProofInfo:
    before = row.state
    row.state, row.decided_at = state, clock.now()
    _note(row, action, words, by, body)
    audit.record(f"proof_{action}", row.public_id, before={"state": before}, after={"state": state.value, **body})
    metrics.decisions_total.labels(state.value, "person").inc()
    if row.read_at is not None:
        metrics.review_age_seconds.observe((row.decided_at - row.read_at).total_seconds())
    telling.decided(row, words if action == "reject" else "")
    return info(row)


def _note(row: Proof, action: str, words: str, by: Identity, body: dict[str, object]) -> None:
    db.session.add(
        Decision(
            proof_id=row.id, user_id=by.user_id, by_name=by.name, action=action, words=words.strip()[:1000], body=body,
            created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
