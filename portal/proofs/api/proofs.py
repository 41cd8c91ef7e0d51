"""Proofs of payment: sent, listed, read with verdict and checks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from flask import abort, url_for
from msgspec import Meta

from portal.accounts import service as accounts
from portal.platform.http import access, current_program, customer_id, errors
from portal.platform.rest import (
    Amount,
    Instant,
    Listed,
    Made,
    PageAsked,
    Sent,
    Shape,
    Upload,
    amount,
    amount_or_none,
    listed,
    operation,
    own_key,
)
from portal.proofs import service
from portal.proofs.api.blueprint import blueprint
from portal.proofs.errors import TooManyUploads
from portal.proofs.service import evidence, uploading
from portal.proofs.types import VerdictCode
from portal.proofs.types.stored import ProofDetail, ProofInfo, ProofState, Sender


class Proof(Shape, frozen=True, kw_only=True):
    """A document that shows a payment. `verified` says that it fits, not that the money is there."""

    id: Annotated[str, Meta(examples=["prf_7k04m2x3p9ad"])]
    state: ProofState
    file_name: Annotated[str, Meta(examples=["pop.pdf"])]
    sent_at: Instant
    sent_through: Annotated[str, Meta(examples=["api"])]
    amount: Amount | None
    paid_on: date | None
    bank: Annotated[str | None, Meta(examples=["FNB"])]
    reference: Annotated[str | None, Meta(description="As the payer typed it.", examples=["INV-2026-000417"])]


class Check(Shape, frozen=True, kw_only=True):
    """One thing that was looked at. outcome: `pass`, `fail` or `unknown`."""

    title: Annotated[str, Meta(examples=["Amount"])]
    outcome: Annotated[str, Meta(examples=["pass"])]
    expected: str | None
    found: str | None
    words: str


class PaidInvoice(Shape, frozen=True, kw_only=True):
    """How much of the payment is for which invoice."""

    invoice: Annotated[str, Meta(examples=["INV-2026-000417"])]
    amount: Amount


class WholeProof(Proof, frozen=True, kw_only=True):
    """A proof with what was made of it. verdict: null until it is read."""

    verdict: VerdictCode | None
    checks: list[Check]
    pays: list[PaidInvoice]
    answer: Annotated[str, Meta(description="What a person of ours decided, in words; empty while nobody did.")]


class ProofsAsked(PageAsked, frozen=True, kw_only=True):
    """Which proofs."""

    state: ProofState | None = None


@blueprint.get("/api/v1/proofs")
@access.program("proofs:read")
@operation("List proofs", tag="Proofs", answer=Listed[Proof], query=ProofsAsked, words="The newest first.")
def proofs(query: ProofsAsked) -> Listed[Proof]:
    """A page of proofs."""
    whose = accounts.whose(current_program(), query.customer)
    return listed(
        service.page_of(whose, query.state, query.after or None, query.limit), lambda info: Proof(**_facts(info))
    )


@blueprint.get("/api/v1/proofs/<public_id>")
@access.program("proofs:read")
@operation("Get a proof", tag="Proofs", answer=WholeProof, path={"public_id": ("The proof’s id.", "prf_7k04m2x3p9ad")},
           words="With its verdict and checks once it is read; ask again every few seconds, or register a webhook.")  # fmt: skip
def proof(public_id: str) -> WholeProof:
    """One proof with its verdict."""
    return _whole(service.detail(public_id, current_program().customer_id, ""))


@blueprint.post("/api/v1/proofs")
@access.program("proofs:write")
@operation("Send a proof", tag="Proofs", answer=WholeProof,
           body=Upload("PDF, JPEG, PNG, WebP, HEIC, or a mail (.eml) that carries one; up to 10 MB."),
           words="Answers at once; the reading takes some seconds. 409 for a file that is no document.")  # fmt: skip
def send(sent: Sent, key: str) -> Made:
    """Take a document in; a job reads it."""
    sender = Sender(customer_id(), None, "api")
    try:
        received, refused = uploading.take_in(sender, [(sent.name, sent.data)], form_key=own_key(key))
    except TooManyUploads as error:
        abort(errors.answer(429, words=str(error), retry_after=600))
    if refused:
        abort(errors.answer(409, title="This is no document", words=refused[0].words))
    public_id = received[0].public_id
    return Made(_whole(service.detail(public_id, sender.customer_id, "")), url_for(".proof", public_id=public_id))


#: the deeds whose words are written to the customer; all others are ours alone (docs/rules/review.md, Q9)
_TOLD = frozenset({"reject", "ask"})


def _facts(info: ProofInfo) -> dict[str, Any]:
    return {
        "id": info.public_id, "state": info.state, "file_name": info.file_name, "sent_at": info.created_at,
        "sent_through": info.via, "amount": amount_or_none(info.amount), "paid_on": info.paid_on, "bank": info.bank,
        "reference": info.reference,
    }  # fmt: skip


def _whole(detail: ProofDetail) -> WholeProof:
    judged = detail.verdict
    lines = evidence.for_customer(judged, detail.reading) if judged else []
    told = [each.words for each in detail.decisions if each.action in _TOLD and each.words]
    return WholeProof(
        **_facts(detail.info),
        verdict=judged.verdict if judged else None,
        checks=[
            Check(title=each.title, outcome=each.tone, expected=each.expected, found=each.found, words=each.words)
            for each in lines
        ],
        pays=[PaidInvoice(invoice=each.invoice, amount=amount(each.amount)) for each in (judged.allocations if judged else ())],
        answer=told[-1] if told else "",
    )  # fmt: skip
