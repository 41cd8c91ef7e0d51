"""One good form for every rule that takes one: who sends it, and what stands in it; free text is the caller's."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.core import clock
from portal.ledger import service as ledger
from portal.proofs import service as proofs
from portal.proofs import verdict
from portal.proofs.service import sharing
from portal.proofs.types.stored import Sender
from tests.integration.payments.company import PASSWORD
from tests.integration.security.world import EMAILS, World
from tests.unit.banking.files import Told, fnb

KEY = "11111111-2222-4333-8444-555555555555"
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """role: who sends it. data: its fields for this world; text goes into every field that takes free text."""

    role: str
    data: Callable[[World, str], Data]
    #: the page that the form stands on, when it hides something there that must come back
    page: str | None = None


def _nothing(_world: World, _text: str) -> Data:
    return {}


def _file(text: str) -> tuple[io.BytesIO, str]:
    """A small document; its name is free text too."""
    return io.BytesIO(b"%PDF-1.4\n% not much of a document"), as_browsers_send(f"{text}.pdf")


def as_browsers_send(file_name: str) -> str:
    """A file name as a browser writes it into a form."""
    return file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _today() -> str:
    return clock.today().isoformat()


def _review(world: World) -> str:
    return str(proofs.detail(world.first.review).info.version)


def _accept(world: World, text: str) -> Data:
    return {"version": _review(world), "amount": "1.00", "paid_on": _today(), "why": text}


def _words(world: World, text: str) -> Data:
    return {"version": _review(world), "words": text}


def _hand_over(world: World, text: str) -> Data:
    return {"version": _review(world), "to": "0", "words": text}


def _correct(world: World, text: str) -> Data:
    return {"version": _review(world), "name": "payer_name", "value": text, "page": "1", "box": "0.1,0.1,0.5,0.2"}


def _reason(_world: World, text: str) -> Data:
    return {"reason": text, "key": KEY}


def _customer(_world: World, text: str) -> Data:
    return {
        "name": text, "registration": text[:30], "vat_number": "4999888777", "email": "new@x.example",
        "address": f"{text}\n{text}", "terms_days": "30", "credit_limit": "1 000.00", "release_policy": "cleared",
        "provisional_limit": "",
    }  # fmt: skip


def _changed_customer(world: World, text: str) -> Data:
    return _customer(world, text) | {"seen": accounts.customer(world.first.customer_id).fingerprint}


def _product(world: World, text: str) -> Data:
    return {
        "sku": "NEW-1", "name": text, "description": text, "category": world.product.category_slug, "unit": text[:30],
        "pack": text, "price": "10.00", "vat_code": "standard", "active": "y", "version": "0",
    }  # fmt: skip


def _changed_product(world: World, text: str) -> Data:
    version = catalog.product_by_sku(world.product.sku).version
    return _product(world, text) | {"version": str(version)}


def _receipt(world: World, text: str) -> Data:
    return {
        "customer": world.first.code, "amount": "12.00", "value_date": _today(), "account": str(world.bank_id),
        "text": text, "key": KEY,
    }  # fmt: skip


def _confirm(world: World, text: str) -> Data:
    return {"amount": "12.00", "value_date": _today(), "account": str(world.bank_id), "text": text, "key": KEY}


def _confirm_many(world: World, _text: str) -> Data:
    number = str(world.first.payment_id)
    return {
        "payment": number, f"amount-{number}": "12.00", "value_date": _today(), "account": str(world.bank_id),
        "key": KEY,
    }  # fmt: skip


def _bank_statement(world: World, text: str) -> Data:
    content = fnb([Told(clock.today(), 1_00, " ".join(text.split())[:60].replace("\0", ""))], _account(world))
    return {"account": str(world.bank_id), "file": (io.BytesIO(content.encode()), as_browsers_send(f"{text}.csv"))}


def _account(world: World) -> str:
    return ledger.our_account(world.bank_id).number


def _contact(_world: World, text: str) -> Data:
    return {"name": text, "company": text, "email": "lerato@x.example", "words": text, "website": ""}


def _checkout(_world: World, text: str) -> Data:
    return {"po_number": text, "delivery": f"{text}\n{text}", "note": text, "key": KEY}


def _upload(_world: World, text: str) -> Data:
    return {"key": KEY, "file": _file(text)}


def _shared(world: World, text: str) -> Data:
    file, name = _file(text)
    me = Sender(world.first.customer_id, world.first.people["buyer"], "share")
    draft, _ = sharing.keep(me, [(name, file.read())])
    assert draft is not None
    return {"key": KEY, "note": draft.note}


def _password(_world: World, _text: str) -> Data:
    return {"password": "another long sentence nobody guesses"}


FORMS: dict[str, Filled] = {
    "POST content.leave_message": Filled("anonymous", _contact),
    "POST content_staff.answered": Filled("clerk", _nothing),
    "POST accounts.sign_in": Filled(
        "anonymous", lambda _w, text: {"email": EMAILS["buyer"], "password": PASSWORD, "next": text}
    ),
    "POST accounts.logout": Filled("buyer", _nothing),
    "POST accounts.send_link": Filled("anonymous", lambda _w, _t: {"email": EMAILS["buyer"]}),
    "POST accounts.set_password": Filled("anonymous", _password),
    "POST accounts.change_details": Filled("buyer", lambda _w, text: {"name": text}),
    "POST accounts.change_password": Filled("buyer", lambda w, t: {"old": PASSWORD, **_password(w, t)}),
    "POST accounts.end_sessions": Filled("buyer", _nothing),
    "POST accounts.switch_company": Filled("buyer", _nothing),
    "POST accounts.choose_theme": Filled("buyer", lambda _w, _t: {"theme": "dark"}),
    "POST accounts.read_notices": Filled("buyer", _nothing),
    "POST accounts_staff.create_customer": Filled("manager", lambda w, t: {"code": "NEW009", **_customer(w, t)}),
    "POST accounts_staff.change_customer": Filled("manager", _changed_customer),
    "POST accounts_staff.invite_person": Filled(
        "manager", lambda _w, text: {"name": text, "email": "p@x.example", "role": "buyer"}
    ),
    "POST accounts_staff.issue_token": Filled(
        "manager", lambda _w, text: {"name": text, "scopes": "proofs:read", "days": "30", "key": KEY}
    ),
    "POST accounts_staff.revoke_token": Filled("manager", _nothing),
    "POST accounts_staff.invite_staff": Filled(
        "administrator", lambda _w, text: {"name": text, "email": "s@x.example", "roles": "clerk"}
    ),
    "POST accounts_staff.change_roles": Filled("administrator", lambda _w, _t: {"roles": "clerk"}),
    "POST accounts_staff.switch_person": Filled("administrator", lambda _w, _t: {"active": "no"}),
    "POST catalog_staff.create": Filled("clerk", _product),
    "POST catalog_staff.change": Filled("clerk", _changed_product),
    "POST catalog_staff.create_category": Filled("clerk", lambda _w, text: {"name": text}),
    "POST orders.add": Filled("buyer", lambda w, text: {"sku": w.product.sku, "quantity": "1", "next": text}),
    "POST orders.change": Filled("buyer", lambda _w, _t: {"quantity": "3"}),
    "POST orders.place": Filled("buyer", _checkout, page="/checkout"),
    "POST orders.again": Filled("buyer", _nothing),
    "POST orders_staff.release": Filled("manager", _reason),
    "POST orders_staff.lift": Filled("manager", _reason),
    "POST orders_staff.cancel": Filled("manager", _reason),
    "POST orders_staff.delivered": Filled("dispatcher", _nothing),
    "POST proofs.send_for_invoice": Filled("buyer", _upload),
    "POST proofs.send": Filled("buyer", _upload),
    "POST proofs.shared": Filled("buyer", lambda _w, text: {"file": _file(text), "title": text}),
    "POST proofs.send_shared": Filled("buyer", _shared),
    "POST proofs.appeal": Filled("buyer", lambda _w, text: {"words": text}),
    "POST proofs.send_by_link": Filled("anonymous", _upload),
    "POST proofs_api.process": Filled("buyer", _upload),
    "POST proofs_oversight.set_share": Filled("manager", lambda _w, _t: {"version": "1", "percent": "2.5"}),
    "POST proofs_oversight.look": Filled("clerk", lambda _w, text: {"version": "1", "accept": "no", "words": text}),
    "POST proofs_oversight.settle": Filled(
        "clerk", lambda _w, text: {"version": "2", "outcome": "wrong", "words": text}
    ),
    "POST proofs_oversight.switch": Filled("manager", lambda _w, _t: {"version": "0", "on": "yes"}),
    "POST proofs_oversight.start_recall": Filled(
        "manager", lambda _w, text: {"what": "rules", "value": verdict.VERSION, "reason": text}
    ),
    "POST proofs_oversight.correct_payer": Filled("clerk", lambda _w, _t: {"version": "1", "customer": "TRE003"}),
    "POST proofs_oversight.switch_payer": Filled("clerk", lambda _w, _t: {"version": "1", "on": "no"}),
    "POST proofs_oversight.undo_mark": Filled("clerk", lambda _w, _t: {"on": "no"}),
    "POST proofs_staff.accept": Filled("clerk", _accept),
    "POST proofs_staff.reject": Filled("clerk", _words),
    "POST proofs_staff.ask": Filled("clerk", _words),
    "POST proofs.answer": Filled("buyer", lambda _w, text: {"words": text}),
    "POST proofs_staff.hand_over": Filled("clerk", _hand_over),
    "POST proofs_staff.correct": Filled("clerk", _correct),
    "POST proofs_staff.undo": Filled("clerk", _nothing),
    "POST proofs_staff.read_again": Filled("clerk", _nothing),
    "POST payments_staff.confirm_many": Filled("clerk", _confirm_many),
    "POST payments_staff.confirm": Filled("clerk", _confirm),
    "POST payments_staff.expire": Filled("clerk", _reason),
    "POST payments_staff.reverse": Filled("manager", _reason),
    "POST payments_staff.record_receipt": Filled("clerk", _receipt),
    "POST payments_staff.use_credit": Filled("clerk", lambda w, _t: {"invoice": w.first.invoice, "key": KEY}),
    "POST banking_staff.import_statement": Filled("clerk", _bank_statement),
    "POST banking_staff.accept": Filled("clerk", lambda w, _t: {"customer": w.first.code}),
    "POST banking_staff.ignore": Filled("clerk", lambda _w, text: {"reason": text}),
    "POST banking_staff.undo": Filled("manager", lambda _w, text: {"reason": text}),
    "POST backoffice_staff.retry": Filled("clerk", _nothing),
}
#: the state that these need comes from another rule first
AFTER = {
    "POST proofs_oversight.settle": "POST proofs_oversight.look",
    "POST orders_staff.delivered": "POST orders_staff.release",
    "POST payments_staff.reverse": "POST payments_staff.confirm",
    "POST proofs_staff.undo": "POST proofs_staff.reject",
}
#: answers 409, because the world has nothing that it could be done to
REFUSED = {"POST payments_staff.use_credit", "POST proofs_staff.read_again"}


def completed(filled: Filled, browser: Any, world: World, text: str) -> Data:
    """The form's data, with what its page hides in it."""
    data = filled.data(world, text)
    if filled.page is not None:
        shown = browser.get(filled.page).get_data(as_text=True)
        found = re.search(r'name="mark" value="([^"]*)"', shown)
        data |= {"mark": found[1] if found else ""}
    return data
