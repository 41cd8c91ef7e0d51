"""Who hears of a verdict, and in which words. Customers never read how we look for forgery."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.platform import outbox, webhooks
from portal.proofs.models import Proof
from portal.proofs.types import Reading, Verdict
from portal.proofs.types.stored import ProofState

_NOTICES = {
    ProofState.VERIFIED: "Your proof {file} fits. We wait for the bank.",
    ProofState.REVIEW: "Your proof {file} is with our team.",
    ProofState.DUPLICATE: "Your proof {file} shows a payment that we have already.",
    ProofState.UNREADABLE: "We cannot read your proof {file}.",
    ProofState.REJECTED: "Your proof {file} was not accepted.",
}


def judged(row: Proof, reading: Reading, found: Verdict) -> None:
    """Tell the sender what came out; a proof with our team says who decides and that nothing is to be done."""
    paid = [share.invoice for share in found.allocations]
    _tell(row, ProofState(row.state), {"invoices": paid, "reason": reading.error or "", "words": ""})


def decided(row: Proof, words: str) -> None:
    """Tell the sender what a person decided."""
    _tell(row, ProofState(row.state), {"invoices": [], "reason": "", "words": words})


def asked(row: Proof, question: str) -> None:
    """Ask the sender something about a proof."""
    for user_id in _readers(row):
        outbox.tell(
            "proof_question",
            to_user=user_id,
            data={"file": row.file_name, "question": question, "public_id": row.public_id},
            notice=f"We have a question about your proof {row.file_name}.",
            url=path_of(row),
        )


def given_up(row: Proof) -> None:
    """The computer could not read it; our team looks."""
    _tell(row, ProofState.REVIEW, {"invoices": [], "reason": "", "words": ""})


def answered(row: Proof, user_id: int | None) -> None:
    """Whoever waits for the answer hears of it in the portal."""
    if user_id is not None:
        outbox.note(user_id, "proof_answered", f"The customer answered about {row.file_name}.", staff_path_of(row))


def handed_over(row: Proof, user_id: int, by: str) -> None:
    """A colleague has one more proof to decide."""
    outbox.note(user_id, "proof_handed_over", f"{by} handed you the proof {row.file_name}.", staff_path_of(row))


def came_back(row: Proof, user_id: int, why: str) -> None:
    """A decision could not take effect."""
    words = f"Your decision on {row.file_name} could not take effect: {why}"
    outbox.note(user_id, "proof_came_back", words, staff_path_of(row))


def staff_path_of(row: Proof) -> str:
    """Where our people decide it."""
    return f"/staff/review/{row.public_id}"


def path_of(row: Proof) -> str:
    """The page of a proof."""
    return f"/proofs/{row.public_id}"


def event(row: Proof) -> None:
    """The customer's programs hear where a proof stands."""
    webhooks.tell(
        row.customer_id, f"proof.{row.state}", f"proofs/{row.public_id}", id=row.public_id, state=row.state,
    )  # fmt: skip


def _tell(row: Proof, state: ProofState, data: dict[str, object]) -> None:
    event(row)
    for user_id in _readers(row):
        outbox.tell(
            f"proof_{state.value}",
            to_user=user_id,
            data={**data, "file": row.file_name, "public_id": row.public_id},
            notice=_NOTICES[state].format(file=row.file_name),
            url=path_of(row),
        )


def _readers(row: Proof) -> list[int]:
    """The sender; for a proof sent by a signed link, the customer's buyers."""
    if row.user_id is not None:
        return [row.user_id]
    return [user.id for user in accounts.users_of(row.customer_id, "buyer")]
