"""What people decide, as it takes effect. One proof is decided once: its version says what the clerk saw."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.identity import Identity
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.payments import service as payments
from portal.platform import audit, config, metrics
from portal.proofs import queries
from portal.proofs.errors import SecondPerson
from portal.proofs.models import Proof
from portal.proofs.queries import desk as desks
from portal.proofs.service import learning, settling, splitting, taking, telling
from portal.proofs.service.judging import facts_of
from portal.proofs.service.rows import info
from portal.proofs.types import Reading, Share, Verdict
from portal.proofs.types.as_json import reading_from_json, verdict_from_json
from portal.proofs.types.review import acceptance_to_json
from portal.proofs.types.stored import Acceptance, ProofInfo, ProofState

Shares = tuple[tuple[int, Money], ...]


def accept(
    public_id: str, accepted: Acceptance, *, by: Identity, seen_version: int | None, seconds: int | None = None
) -> ProofInfo:
    """A clerk accepts: the proof is verified, and its payment with it. It is not money before the bank confirms.

    Above the limit of four eyes the first acceptance is written down only; the proof is verified when a second, other
    person accepts the same amount, day and split.
    accepted: amount and shares in whole cents, the day paid, and why (see `check_acceptance`).
    seen_version: of the proof on the clerk's screen; None for a decision whose screen was checked when it was held.
    Locks customer, invoices, payment, proof. Raises AlreadyDecided when somebody was faster, ChangedMeanwhile,
    SecondPerson for the first person's second acceptance, and as `check_acceptance`.
    Source: docs/rules/review.md, Q1, Q4, Q6.
    """
    row = taking.stand(public_id, seen_version)
    shares = check_acceptance(row, accepted)
    if needs_second(accepted.amount):
        first = _first_person(row, accepted, by)
        if first is None:
            return _accept_first(row, accepted, by, seconds)
    else:
        first = None
    settling.pay(row, accepted.amount, accepted.paid_on, shares, by=by.user_id)
    row = taking.lock(row)
    row.amount_cents, row.currency, row.paid_on = accepted.amount.cents, accepted.amount.currency, accepted.paid_on
    queries.own_facts(facts_of(row), row.id)
    told = acceptance_to_json(accepted) | ({"first": first} if first else {})
    return _decided(row, ProofState.VERIFIED, "accept", accepted.why, by, told, seconds)


def reject(
    public_id: str, words: str, *, by: Identity, seen_version: int | None, seconds: int | None = None
) -> ProofInfo:
    """A clerk rejects; the customer reads the words. Raises AlreadyDecided when somebody was faster."""
    row = taking.stand(public_id, seen_version)
    check_rejection(row, words)
    settling.withdraw(row, words, by=by.user_id)
    return _decided(taking.lock(row), ProofState.REJECTED, "reject", words, by, {}, seconds)


def appeal(public_id: str, words: str, *, by: Identity, customer_id: int) -> ProofInfo:
    """The customer asks a person to look at what the computer decided (POPIA s 71)."""
    queries.by_public_id(public_id, customer_id)
    row = taking.stand(public_id, None)
    before = row.state
    if before not in {ProofState.DUPLICATE, ProofState.UNREADABLE}:
        raise IllegalMove("This proof", before, ProofState.REVIEW)
    row = taking.lock(row)
    row.state = ProofState.REVIEW
    taking.note(row, "appeal", words or "Asked a person to look.", by, {"before": before})
    audit.record("proof_appeal", row.public_id, before={"state": before}, after={"state": ProofState.REVIEW.value})
    telling.event(row)
    return info(row)


def needs_second(amount: Money) -> bool:
    """Whether an acceptance of this amount needs two people."""
    limit = config.current().review_four_eyes_cents
    return limit > 0 and amount.cents > limit


def check_acceptance(row: Proof, accepted: Acceptance) -> Shares:
    """The shares by invoice id, whose invoices are then locked, when this proof may be accepted so.

    Raises AlreadyDecided for a proof that is decided and waits to take effect; BadInput for shares that are more than
    the amount or than an invoice still waits for, for a payment that another verified proof shows, and without a
    reason where one is needed: a check fails, or amount, day or split are not what was read and proposed.
    Source: docs/rules/review.md, Q3 and Q4.
    """
    taking.demand_review(row)
    if accepted.amount.cents <= 0:
        raise BadInput("The amount must be more than nothing.", field="amount")
    if accepted.paid_on > clock.today():
        raise BadInput("The day paid lies in the future.", field="paid_on")
    if any(share.amount.currency != accepted.amount.currency for share in accepted.shares):
        raise BadInput("The amount and its invoices are in different currencies; they never mix.", field="shares")
    if total((share.amount for share in accepted.shares), accepted.amount.currency) > accepted.amount:
        raise BadInput("The invoices together take more than the amount of the proof.", field="shares")
    shares = _waiting_for(row.customer_id, accepted.shares)
    if not accepted.why.strip():
        reading, verdict = _evidence(row)
        shown = info(row, "")
        doubt = splitting.doubt(shown, verdict, reading, accepted, splitting.proposed(shown, verdict))
        if doubt is not None:
            raise BadInput(f"{doubt} Say why you accept it.", field="why")
    corrected = facts_of(row, accepted.amount, accepted.paid_on)
    if (other := queries.facts_owned_by_others(corrected, row.id)) is not None:
        raise BadInput(
            f"The verified proof {other} shows the same payment. Reject this one, or recall the other first."
        )
    return shares


def check_rejection(row: Proof, words: str) -> None:
    """Raises BadInput without words, AlreadyDecided and IllegalMove as `check_acceptance`."""
    if not words.strip():
        raise BadInput("Write the reason: the customer reads it.", field="words")
    taking.demand_review(row)


def _waiting_for(customer_id: int, shares: Sequence[Share]) -> Shares:
    """Locks the invoices. What verified proofs have promised already cannot be promised again."""
    ids = {share.invoice: invoices.by_number(share.invoice, customer_id).id for share in shares}
    held = {one.id: one for one in invoices.lock(sorted(set(ids.values())))}
    promised = payments.promised_by_invoice(customer_id)
    found: dict[int, Money] = {}
    for share in shares:
        invoice = held[ids[share.invoice]]
        if share.amount.currency != invoice.currency:
            raise BadInput(f"{share.invoice} is in {invoice.currency}; currencies never mix.", field="shares")
        rest = invoice.balance - promised.get(invoice.id, Money.zero(invoice.balance.currency))
        if share.amount.cents <= 0 or share.amount > rest or invoice.id in found:
            raise BadInput(f"{share.invoice} still waits for {rest}; name each invoice once.", field="shares")
        found[invoice.id] = share.amount
    return tuple(found.items())


def _evidence(row: Proof) -> tuple[Reading | None, Verdict | None]:
    _, reading, verdict = queries.with_evidence(row.public_id)
    return (
        reading_from_json(reading) if reading else None,
        verdict_from_json(verdict) if verdict else None,
    )


def _first_person(row: Proof, accepted: Acceptance, by: Identity) -> str | None:
    """Who accepted the same before; None when this person is the first to. Raises SecondPerson for the same again."""
    found = desks.desk(row.id)
    if found is None or found.first_by is None or found.first_terms != acceptance_to_json(accepted):
        return None
    if found.first_by == by.user_id:
        raise SecondPerson("You accepted this already. Above the limit a second person confirms it.")
    return found.first_name


def _accept_first(row: Proof, accepted: Acceptance, by: Identity, seconds: int | None) -> ProofInfo:
    """Nothing is verified yet: a second person has to accept the same."""
    row = taking.lock(row)
    told = acceptance_to_json(accepted)
    desk = taking.desk_of(row)
    desk.first_by, desk.first_name, desk.first_terms = by.user_id, by.name, told
    taking.note(row, "first", accepted.why, by, told, seconds=seconds)
    audit.record("proof_accepted_first", row.public_id, after={"by": by.email, **told})
    return info(row)


def _decided(
    row: Proof,
    state: ProofState,
    action: str,
    words: str,
    by: Identity,
    body: dict[str, object],
    seconds: int | None,
) -> ProofInfo:
    before = row.state
    row.state, row.decided_at = state, clock.now()
    taking.clear_desk(row)
    taking.note(row, action, words, by, body, seconds=seconds)
    learning.learn(row, _evidence(row)[0], learning.FOR if action == "accept" else learning.AGAINST, by.name)
    after = {"state": state.value, "by": by.email, **body}
    audit.record(f"proof_{action}", row.public_id, before={"state": before}, after=after)
    telling.decided(row, words if action == "reject" else "")
    metrics.when_committed(metrics.decisions_total.labels(state.value, "person").inc)
    if row.read_at is not None:
        waited = (row.decided_at - row.read_at).total_seconds()
        metrics.when_committed(partial(metrics.review_age_seconds.observe, waited))
    return info(row)
