"""Pay, send a proof, follow it: pages of customers, and of whoever holds the signed link of an invoice mail."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.core.errors import BadInput
from portal.payments import service as payments
from portal.platform import config, lists, panels
from portal.platform.http import (
    access,
    commit_on_success,
    current_identity,
    customer_id,
    fragment_or_page,
    page,
    without_form_token,
)
from portal.platform.http.serving import attachment, private_picture
from portal.platform.paging import numbered, row_id
from portal.platform.ratelimit import as_picture
from portal.proofs import service
from portal.proofs.errors import TooManyUploads
from portal.proofs.forms import AnswerForm, AppealForm, UploadForm
from portal.proofs.service import evidence, incoming, paying, sharing, uploading
from portal.proofs.service.uploading import Refusal
from portal.proofs.types.stored import PROOF_HEADS, ProofInfo, ProofState, Sender

blueprint = Blueprint("proofs", __name__)
PROOFS: lists.Columns[ProofInfo] = lists.Columns("proofs", PROOF_HEADS, ProofInfo.cells)


def files_sent() -> list[tuple[str, bytes]]:
    """Name and bytes of each file of the form; the page has two file fields, and the empty one sends an empty part."""
    return [(part.filename or "proof", part.read()) for part in request.files.getlist("file") if part.filename]


@blueprint.get("/invoices/<number>/pay")
@access.customer()
def pay(number: str) -> ResponseReturnValue:
    """Our bank details, the reference, and where to send the proof."""
    return _pay_page(number, UploadForm(), [])


@blueprint.post("/invoices/<number>/pay")
@access.customer()
def send_for_invoice(number: str) -> ResponseReturnValue:
    """Files sent from the pay page of an invoice."""
    form, me, ticked = UploadForm(), current_identity(), set(request.form.getlist("claim"))
    shown = paying.pay_page(number, customer_id())
    claimed = (shown.invoice.number, *(one.number for one in shown.others if one.number in ticked))
    sender = Sender(customer_id(), me.user_id, "portal")
    received, refused = _take_in(sender, form, claimed)
    if not received:
        return _pay_page(number, form, refused), _status(refused)
    return _answer(received, refused)


@blueprint.get("/proofs")
@access.customer()
def index() -> ResponseReturnValue:
    """All proofs of the customer, newest first."""
    me, state = current_identity(), request.args.get("state", "")
    wanted = state if state in set(ProofState) else None
    before = request.args.get("before", type=row_id)
    asked = partial(service.list_of, customer_id(), me.customer_name or "", wanted)
    if (file := lists.saved(PROOFS, lambda after, _limit: numbered(*asked(int(after) if after else None)))) is not None:
        return file
    shown, following = asked(before)
    return page(
        "proofs/index.html", proofs=shown, following=following, state=wanted, first=before is None, list_name="proofs"
    )


@blueprint.get("/proofs/new")
@access.customer()
def new() -> ResponseReturnValue:
    """Send a proof without choosing an invoice first."""
    return _new_page(UploadForm(), [])


@blueprint.post("/proofs/new")
@access.customer()
def send() -> ResponseReturnValue:
    """Files sent without an invoice: the reference says which one they pay."""
    form, me = UploadForm(), current_identity()
    received, refused = _take_in(Sender(customer_id(), me.user_id, "portal"), form, ())
    if not received:
        return _new_page(form, refused), _status(refused)
    return _answer(received, refused)


@blueprint.post("/proofs/new/shared")
@access.customer()
@without_form_token
def shared() -> ResponseReturnValue:
    """Files that another app on the phone shared: shown, and sent by one tap. It makes nothing but a draft."""
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        abort(403)  # a page of another site made the browser post this
    draft, refused = sharing.keep(_me(), files_sent())
    if draft is None and not refused:
        refused = [Refusal("", "Nothing was shared. Choose the file in your bank’s app and share it once more.")]
    return page("proofs/shared.html", draft=draft, refused=refused), 422 if draft is None else 200


@blueprint.post("/proofs/new/send")
@access.customer()
def send_shared() -> ResponseReturnValue:
    """The person sends what they shared."""
    form, note = UploadForm(), request.form.get("note", "")
    if not form.validate_on_submit():
        raise BadInput("The form was incomplete. Share the file once more.")
    try:
        return _answer(sharing.send(_me(), note, form_key=form.key.data), [])
    except TooManyUploads as error:
        too_many = [Refusal("", error.words, too_many=True)]
        return page("proofs/shared.html", draft=sharing.read(_me(), note), refused=too_many), 429


@blueprint.get("/manifest.webmanifest")
@access.public
def manifest() -> ResponseReturnValue:
    """What a phone needs to keep the portal as an app and to offer it where files are shared."""
    answer = make_response(render_template("proofs/manifest.webmanifest"))
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get("/proofs/<public_id>")
@access.customer()
def show(public_id: str) -> ResponseReturnValue:
    """One proof: its progress while it is read, its verdict with the evidence afterwards."""
    me = current_identity()
    if not service.is_final(public_id, customer_id()):
        proof = service.detail(public_id, customer_id(), me.customer_name).info
        return fragment_or_page("proofs/reading.html", "proofs/_progress.html", proof=proof)
    if request.headers.get("HX-Request"):
        return make_response("", 200, {"HX-Redirect": url_for(".show", public_id=public_id), "Vary": "HX-Request"})
    return _shown(public_id, AnswerForm(formdata=None))


@blueprint.get("/proofs/<public_id>/page-<int:number>.webp")
@access.customer()
@as_picture
def picture(public_id: str, number: int) -> ResponseReturnValue:
    """Our own picture of one page."""
    return private_picture(service.page_picture(public_id, number, customer_id()))


@blueprint.get("/proofs/<public_id>/original")
@access.customer()
def original(public_id: str) -> ResponseReturnValue:
    """The document as it was sent, as a download only."""
    return attachment(*service.file_of(public_id, customer_id()))


@blueprint.post("/proofs/<public_id>/appeal")
@access.customer()
@commit_on_success
def appeal(public_id: str) -> ResponseReturnValue:
    """Ask a person to look at what the computer decided (POPIA s 71)."""
    form = AppealForm()
    if form.validate_on_submit():
        service.appeal(public_id, form.words.data or "", by=current_identity(), customer_id=customer_id())
        flash("A person of our team looks at it. You hear from us.", "done")
    return redirect(url_for(".show", public_id=public_id), code=303)


@blueprint.post("/proofs/<public_id>/answer")
@access.customer()
@commit_on_success
def answer(public_id: str) -> ResponseReturnValue:
    """Answer what our team asked; the proof waits for them again."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _shown(public_id, form), 422
    service.answer(public_id, form.words.data, by=current_identity(), customer_id=customer_id())
    flash("Our team has your answer.", "done")
    return redirect(url_for(".show", public_id=public_id), code=303)


@blueprint.get("/pay/<token>")
@access.signed_link
def linked(token: str) -> ResponseReturnValue:
    """The pay page of one invoice, for whoever holds the link of its mail: no other data."""
    return _linked_page(token, UploadForm(), [])


@blueprint.post("/pay/<token>")
@access.signed_link
def send_by_link(token: str) -> ResponseReturnValue:
    """Files sent by the signed link."""
    form, shown = UploadForm(), paying.linked_page(token)
    sender = Sender(shown.invoice.customer_id, None, "link")
    received, refused = _take_in(sender, form, (shown.invoice.number,))
    if not received:
        return _linked_page(token, form, refused), _status(refused)
    return redirect(url_for(".linked_proof", token=token, public_id=received[0].public_id), code=303)


@blueprint.get("/pay/<token>/proofs/<public_id>")
@access.signed_link
def linked_proof(token: str, public_id: str) -> ResponseReturnValue:
    """How a proof stands that was sent by this link: the answer in words, without the document."""
    proof = paying.linked_proof(token, public_id)
    return fragment_or_page("proofs/linked_proof.html", "proofs/_linked_progress.html", proof=proof, token=token)


def _shown(public_id: str, answering: AnswerForm) -> str:
    """A proof that is answered, with its evidence. Raises NotFound for another customer's, also before it is read."""
    detail = service.detail(public_id, customer_id(), current_identity().customer_name)
    lines = evidence.for_customer(detail.verdict, detail.reading) if detail.verdict else []
    return page(
        "proofs/show.html", detail=detail, proof=detail.info, lines=lines, payment=payments.by_proof(detail.info.id),
        appeal=AppealForm(formdata=None), form=answering, marks=evidence.marks, shown_size=evidence.shown_size,
        duplicate_is_ours=service.is_of(detail.duplicate_of, customer_id()),
    )  # fmt: skip


def _me() -> Sender:
    return Sender(customer_id(), current_identity().user_id, "share")


def _take_in(sender: Sender, form: UploadForm, claimed: tuple[str, ...]) -> tuple[list[ProofInfo], list[Refusal]]:
    files = files_sent()
    if not form.validate_on_submit():
        return [], [Refusal("", "The form was incomplete. Load the page again and choose the file once more.")]
    if not files:
        return [], [Refusal("", "Choose a file first: the bank’s PDF, a screenshot or a photo.")]
    try:
        return uploading.take_in(sender, files, form_key=form.key.data, claimed=claimed)
    except TooManyUploads as error:
        return [], [Refusal("", error.words, too_many=True)]


def _status(refused: list[Refusal]) -> int:
    return 429 if any(refusal.too_many for refusal in refused) else 422


def _answer(received: list[ProofInfo], refused: list[Refusal]) -> ResponseReturnValue:
    for refusal in refused:
        flash(f"{refusal.file_name}: {refusal.words}", "bad")
    if len(received) == 1:
        return redirect(url_for(".show", public_id=received[0].public_id), code=303)
    flash(f"We have your {len(received)} proofs and are reading them.", "done")
    return redirect(url_for(".index"), code=303)


def _pay_page(number: str, form: UploadForm, refused: list[Refusal]) -> str:
    bank = request.args.get("bank") if request.args.get("bank") in paying.bank_names() else None
    shown = paying.pay_page(number, customer_id())
    words = {"bank": bank, "banks": paying.bank_names(), "reference_field": paying.reference_field(bank)}
    return page(
        "proofs/pay.html", shown=shown, invoice=shown.invoice, form=form, refused=refused, limit=paying.upload_limit(),
        code=Markup(paying.code_for_phone(shown.invoice.number, _our_address())), **words,  # noqa: S704 - drawn by us
        panels=panels.of("pay", (shown.invoice, "")),
    )  # fmt: skip


def _new_page(form: UploadForm, refused: list[Refusal]) -> str:
    return page(
        "proofs/new.html", form=form, refused=refused, account=paying.our_account(current_identity().currency),
        limit=paying.upload_limit(), mail_address=incoming.address_of(current_identity().customer_code or ""),
    )  # fmt: skip


def _our_address() -> str:
    """Where a phone finds us: the public address, or the one this page was asked for at."""
    return config.current().public_url or request.url_root.rstrip("/")


def _linked_page(token: str, form: UploadForm, refused: list[Refusal]) -> str:
    shown = paying.linked_page(token)
    return page(
        "proofs/linked.html", shown=shown, invoice=shown.invoice, form=form, refused=refused, token=token,
        limit=paying.upload_limit(), reference_field=paying.reference_field(None),
        panels=panels.of("pay", (shown.invoice, token)),
    )  # fmt: skip
