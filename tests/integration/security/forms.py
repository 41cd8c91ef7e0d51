"""One good form for every rule that takes one: who sends it, and what stands in it; free text is the caller's."""

from __future__ import annotations

import io
from collections.abc import Callable

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.proofs import service as proofs
from portal.proofs import verdict
from portal.proofs.service import sharing
from portal.proofs.types.stored import Sender
from tests.integration.payments.company import PASSWORD
from tests.integration.security import programs, reconciliation
from tests.integration.security.filled import (
    GATEWAYS,
    KEY,
    Data,
    Filled,
    as_browsers_send,
    begun,
    received,
    small_file,
    small_picture,
    this_day,
    whole_pdf,
)
from tests.integration.security.tables import price_table, product_table, rate_table
from tests.integration.security.things import EMAILS, World


def _nothing(_world: World, _text: str) -> Data:
    return {}


def _review(world: World) -> str:
    return str(proofs.detail(world.first.review).info.version)


def _accept(world: World, text: str) -> Data:
    return {"version": _review(world), "amount": "1.00", "paid_on": this_day(), "why": text}


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
        "pack": text, "price": "10.00", "vat_code": "standard", "active": "y", "version": "0", "specs": f"Note: {text}",
    }  # fmt: skip


def _changed_product(world: World, text: str) -> Data:
    version = catalog.product_by_sku(world.product.sku).version
    return _product(world, text) | {"version": str(version)}


def _price_list(world: World, text: str) -> Data:
    version = str(catalog.price_list(world.list_id).version)
    return {"name": text, "currency": "ZAR", "valid_from": this_day(), "valid_to": "", "version": version}


def _receipt(world: World, text: str) -> Data:
    return {
        "customer": world.first.code, "amount": "12.00", "value_date": this_day(), "account": str(world.bank_id),
        "text": text, "key": KEY,
    }  # fmt: skip


def _confirm(world: World, text: str) -> Data:
    return {"amount": "12.00", "value_date": this_day(), "account": str(world.bank_id), "text": text, "key": KEY}


def _confirm_many(world: World, _text: str) -> Data:
    number = str(world.first.payment_id)
    return {
        "payment": number, f"amount-{number}": "12.00", "value_date": this_day(), "account": str(world.bank_id),
        "key": KEY,
    }  # fmt: skip


def _draft(_world: World, text: str) -> Data:
    return {
        "sku-1": text[:40], "description-1": text, "quantity-1": "2", "unit-1": text[:30], "price-1": "10.00",
        "less-1": "", "vat-1": "standard", "po_number": text[:40], "less_whole": "", "carriage": "",
        "delivery": text, "supplied_on": "", "version": "0",
    }  # fmt: skip


def _refund(_world: World, text: str) -> Data:
    account = {"holder": text[:100], "bank": text[:60], "branch": "250655", "account": "62 8411 90736"}
    return {"amount": "1.00", "reason": text, "key": KEY, **account}


def _decide(answer: str) -> Callable[[World, str], Data]:
    return lambda world, text: _reason(world, text) | {"answer": answer}


def _opening(_world: World, text: str) -> Data:
    rows = b"record,customer,amount,words\ncredit,ONE001,2.00,Old"
    return {"day": this_day(), "file": (io.BytesIO(rows), as_browsers_send(f"{text}.csv"))}


def _limits(_world: World, _text: str) -> Data:
    return {"cents": "7.00", "refund_alone": "900.00", "cents_version": "0", "refund_version": "0"}


def _account(world: World) -> str:
    return ledger.our_account(world.bank_id).number


def _contact(_world: World, text: str) -> Data:
    return {"name": text, "company": text, "email": "lerato@x.example", "words": text, "website": ""}


def _checkout(_world: World, text: str) -> Data:
    return {"po_number": text, "delivery": f"{text}\n{text}", "note": text, "key": KEY}


def _deliver(world: World, text: str) -> Data:
    (line,) = orders.open_lines(orders.order(world.first.released))
    return {f"pieces-{line.line_id}": "1", "note": text, "seen": "2", "key": KEY}


def _version(world: World) -> str:
    return str(orders.quote(world.first.quote_asked).version)


def _offer(world: World, text: str) -> Data:
    return {
        "version": _version(world), "valid_until": this_day(), "reply": text, "sku": world.product.sku, "quantity": "2",
        "price": "10.00", "description": text, "find": text,
    }  # fmt: skip


def _upload(_world: World, text: str) -> Data:
    return {"key": KEY, "file": small_file(text)}


def _shared(world: World, text: str) -> Data:
    file, name = small_file(text)
    me = Sender(world.first.customer_id, world.first.people["buyer"], "share")
    draft, _ = sharing.keep(me, [(name, file.read())])
    assert draft is not None
    return {"key": KEY, "note": draft.note}


def _password(_world: World, _text: str) -> Data:
    return {"password": "another long sentence nobody guesses"}


def _member(_world: World, _text: str) -> Data:
    return {"role": "buyer", "spending_limit": "5 000.00", "seen": "accountant-none"}


def _piece(_world: World, text: str) -> Data:
    return {"items-0-title": text[:120], "items-0-words": text, "items-0-icon": "truck", "note": text, "seen": "1"}


def _facts(_world: World, text: str) -> Data:
    return {
        "name": text, "registration": text[:30], "vat_number": "4111222333", "address": f"{text}\n{text}",
        "phone": "014 555 0136", "email": "office@x.example", "note": text, "seen": "0",
    }  # fmt: skip


FORMS: dict[str, Filled] = {
    **GATEWAYS,
    "POST content.leave_message": Filled("anonymous", _contact),
    "POST lists.make_file": Filled("buyer", lambda _w, _t: {"address": "/invoices?show=all", "form": "csv"}),
    "POST lists.save_view": Filled(
        "clerk", lambda _w, text: {"address": "/staff/invoices?show=all", "name": text[:60], "usual": "yes"}
    ),
    "POST lists.usual_view": Filled("clerk", lambda _w, _t: {"usual": "yes"}),
    "POST lists.delete_view": Filled("clerk", _nothing),
    "POST content_staff.answered": Filled("clerk", _nothing),
    "POST content_staff.answer": Filled("clerk", lambda _w, text: {"words": text, "key": KEY}),
    "POST content_staff.assign": Filled("clerk", lambda _w, _t: {"to": ""}),
    "POST content_staff.close": Filled("clerk", lambda _w, _t: {"closed": "yes"}),
    "POST content_staff.preview": Filled("manager", _piece),
    "POST content_staff.write": Filled("manager", _piece),
    "POST content_staff.restore": Filled("manager", lambda _w, _t: {"seen": "1"}),
    "POST content_staff.write_company": Filled("administrator", _facts),
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
    "POST programs.issue_token": Filled(
        "manager", lambda _w, text: {"name": text, "scopes": "proofs:read", "days": "30", "key": KEY}
    ),
    "POST programs.revoke_token": Filled("manager", _nothing),
    **programs.FORMS,
    "POST accounts_staff.invite_staff": Filled(
        "administrator", lambda _w, text: {"name": text, "email": "s@x.example", "roles": "clerk"}
    ),
    "POST accounts_staff.change_roles": Filled("administrator", lambda _w, _t: {"roles": "clerk"}),
    "POST accounts_staff.switch_person": Filled("administrator", lambda _w, _t: {"active": "no"}),
    "POST accounts_staff.change_member": Filled("manager", _member),
    "POST accounts_staff.remove_member": Filled("manager", _nothing),
    "POST accounts_staff.send_invitation_again": Filled("manager", _nothing),
    "POST accounts_staff.take_invitation_back": Filled("manager", _nothing),
    "POST company.invite": Filled(
        "approver", lambda _w, text: {"name": text, "email": "p@x.example", "role": "buyer", "spending_limit": ""}
    ),
    "POST company.change_member": Filled("approver", _member),
    "POST company.remove_member": Filled("approver", _nothing),
    "POST company.send_again": Filled("approver", _nothing),
    "POST company.take_back": Filled("approver", _nothing),
    "POST company.accept": Filled("anonymous", lambda w, text: {"name": text, **_password(w, text)}),
    "POST catalog_staff.create": Filled("clerk", _product),
    "POST catalog_staff.change": Filled("clerk", _changed_product),
    "POST catalog_staff.create_category": Filled("clerk", lambda _w, text: {"name": text}),
    "POST invoices_staff.credit": Filled("manager", lambda _w, text: {"quantity-1": "1", "reason": text, "key": KEY}),
    "POST invoices.dispute": Filled("buyer", lambda _w, text: {"words": text}),
    "POST invoices.promise": Filled("buyer", lambda _w, text: {"promised_on": this_day(), "words": text}),
    "POST invoices_staff.note_promise": Filled("clerk", lambda _w, text: {"promised_on": this_day(), "words": text}),
    "POST invoices_staff.answer_dispute": Filled("clerk", lambda _w, text: {"words": text, "version": "1"}),
    "POST invoices_staff.set_reminders": Filled("manager", lambda _w, _t: {"percent": "10", "versions": "0.0.0"}),
    "POST invoices_staff.change_ladder": Filled(
        "manager",
        lambda _w, text: {"days-1": "3", "subject-1": text[:120], "words-1": text, "version": "0", "customer": ""},
    ),
    "POST invoices_staff.write_draft": Filled("clerk", lambda w, text: _draft(w, text) | {"customer": "ONE001"}),
    "POST invoices_staff.change_draft": Filled("clerk", lambda w, text: _draft(w, text) | {"version": "1"}),
    "POST invoices_staff.issue_draft": Filled("clerk", lambda _w, _t: {"version": "1", "key": KEY}),
    "POST invoices_staff.discard_draft": Filled("clerk", lambda _w, _t: {"version": "1"}),
    "POST catalog_staff.change_category": Filled("clerk", lambda _w, text: {"name": text, "parent": ""}),
    "POST catalog_staff.add_picture": Filled("clerk", lambda _w, text: {"picture": small_picture(), "alt": text}),
    "POST catalog_staff.change_picture": Filled("clerk", lambda _w, text: {"alt": text}),
    "POST catalog_staff.add_document": Filled(
        "clerk", lambda _w, text: {"file": whole_pdf(text), "kind": "sds", "title": text}
    ),
    "POST catalog_staff.remove_document": Filled("clerk", _nothing),
    "POST catalog_staff.read_table": Filled("clerk", product_table),
    "POST catalog_staff.start_import": Filled("clerk", _nothing),
    "POST catalog_staff.read_prices": Filled("manager", price_table),
    "POST catalog_staff.read_rates": Filled("manager", rate_table),
    "POST catalog_staff.receive": Filled("dispatcher", lambda _w, text: {"quantity": "5", "words": text, "key": KEY}),
    "POST catalog_staff.count": Filled("dispatcher", lambda _w, text: {"found": "44", "why": text}),
    "POST catalog_staff.keep": Filled("clerk", lambda _w, _t: {"kept": "y", "reorder_level": "7"}),
    "POST catalog_staff.create_list": Filled("manager", _price_list),
    "POST catalog_staff.change_list": Filled("manager", _price_list),
    "POST catalog_staff.give_list": Filled("manager", lambda w, _t: {"customer": w.second.code}),
    "POST catalog_staff.take_list": Filled("manager", _nothing),
    "POST catalog_staff.set_price": Filled(
        "manager", lambda w, _t: {"sku": w.product.sku, "from_quantity": "20", "price": "4 000.00"}
    ),
    "POST catalog_staff.remove_price": Filled("manager", _nothing),
    "POST catalog_staff.set_rate": Filled("manager", lambda _w, _t: {"day": this_day(), "rate": "18.2145"}),
    "POST orders.add": Filled("buyer", lambda w, text: {"sku": w.product.sku, "quantity": "1", "next": text}),
    "POST orders.keep": Filled("anonymous", lambda w, text: {"sku": w.product.sku, "quantity": "1", "next": text}),
    "POST orders.change": Filled("buyer", lambda _w, _t: {"quantity": "3"}),
    "POST orders.place": Filled("buyer", _checkout, page="/checkout"),
    "POST orders.again": Filled("buyer", _nothing),
    "POST orders_staff.release": Filled("manager", _reason),
    "POST orders_staff.lift": Filled("manager", _reason),
    "POST orders_staff.cancel": Filled("manager", _reason),
    "POST orders_staff.delivered": Filled("dispatcher", _nothing),
    "POST orders.preview": Filled("buyer", lambda w, text: {"codes": f"{w.product.sku} 2\n{text}"}),
    "POST orders.add_many": Filled("buyer", lambda w, text: {"codes": f"{w.product.sku} 2\n{text}"}),
    "POST orders.add_place": Filled("buyer", lambda _w, text: {"label": text[:60], "lines": text}),
    "POST orders.change_place": Filled("buyer", lambda _w, text: {"label": text[:60], "lines": text}),
    "POST orders.set_rules": Filled("approver", lambda _w, text: {"po_needed": "y", "po_pattern": text[:40]}),
    "POST orders.approve": Filled("approver", lambda _w, text: {"words": text}),
    "POST orders.refuse": Filled("approver", lambda _w, text: {"words": text}),
    "POST orders.withdraw": Filled("buyer", _nothing),
    "POST orders.ask_quote": Filled("buyer", lambda _w, text: {"words": text, "key": KEY}),
    "POST orders.accept_quote": Filled("buyer", _checkout),
    "POST orders.decline_quote": Filled("buyer", _reason),
    "POST orders_staff.price_quote": Filled("clerk", _offer),
    "POST orders_staff.start_quote": Filled("clerk", begun),
    "POST orders_staff.copy_quote": Filled("clerk", lambda _w, _t: {"key": KEY}),
    "POST orders_staff.send_quote": Filled("clerk", lambda w, _t: {"version": _version(w)}),
    "POST orders_staff.decline_quote": Filled("clerk", _reason),
    "POST orders_staff.deliver": Filled("dispatcher", _deliver),
    "POST orders_staff.received": Filled("dispatcher", received),
    "POST reporting_staff.set_monthly": Filled("manager", lambda _w, _t: {"monthly": "y", "version": "0"}),
    "POST reporting_staff.send_statement": Filled("clerk", _nothing),
    "POST proofs.send_for_invoice": Filled("buyer", _upload),
    "POST proofs.send": Filled("buyer", _upload),
    "POST proofs.shared": Filled("buyer", lambda _w, text: {"file": small_file(text), "title": text}),
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
    "POST proofs_mail.hand_to": Filled("clerk", lambda _w, _t: {"version": "1", "code": "ONE001"}),
    "POST proofs_mail.dismiss": Filled("clerk", lambda _w, text: {"version": "1", "why": text}),
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
    **reconciliation.forms(Filled, KEY),
    "POST backoffice_staff.retry": Filled("clerk", _nothing),
    "POST ledger_oversight.lift": Filled("manager", _reason),
    "POST ledger_oversight.close_period": Filled("manager", lambda _w, _t: {"until": "2026-01-31", "key": KEY}),
    "POST ledger_oversight.ask_reopening": Filled("manager", lambda w, t: {"first": "2026-01-01", **_reason(w, t)}),
    "POST ledger_oversight.decide_reopening": Filled("manager", lambda _w, _t: {"answer": "open", "key": KEY}),
    "POST payments_oversight.move": Filled("clerk", lambda w, t: {"amount": "1.00", **_reason(w, t)}),
    "POST payments_oversight.ask_refund": Filled("clerk", _refund),
    "POST payments_oversight.send_refunds": Filled(
        "clerk", lambda w, _t: {"refund": str(w.money.refund_id), "account": str(w.bank_id), "key": KEY}
    ),
    "POST payments_oversight.decide_refund": Filled("manager", _decide("approve")),
    "POST payments_oversight.pay_refund": Filled("clerk", lambda _w, _t: {"paid_on": this_day(), "key": KEY}),
    "POST payments_oversight.return_refund": Filled("manager", _reason),
    "POST payments_oversight.write_off_small": Filled("clerk", lambda _w, _t: {"invoice": "1", "key": KEY}),
    "POST payments_oversight.decide_write_off": Filled("manager", _decide("agree")),
    "POST payments_oversight.undo_write_off": Filled("manager", _reason),
    "POST payments_oversight.give_up": Filled("clerk", _reason),
    "POST payments_oversight.set_limits": Filled("manager", _limits),
    "POST payments_staff.look_at_opening": Filled("manager", _opening),
    "POST payments_staff.take_over": Filled("manager", _nothing),
}
#: the state that these need comes from another rule first
AFTER = {
    **reconciliation.AFTER,
    "POST proofs_oversight.settle": "POST proofs_oversight.look",
    "POST payments_staff.reverse": "POST payments_staff.confirm",
    "POST proofs_staff.undo": "POST proofs_staff.reject",
    "POST payments_oversight.move": "POST payments_staff.confirm",
    "POST payments_oversight.send_refunds": "POST payments_oversight.decide_refund",
    "POST payments_oversight.undo_write_off": "POST payments_oversight.decide_write_off",
}
#: answers 409, because the world has nothing that it could be done to
REFUSED = {
    "POST payments_staff.use_credit", "POST proofs_staff.read_again", "POST ledger_oversight.close_period",
    "POST ledger_oversight.ask_reopening", "POST ledger_oversight.decide_reopening", "POST payments_oversight.pay_refund",
    "POST payments_oversight.return_refund",
}  # fmt: skip
