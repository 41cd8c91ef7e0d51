"""Who may call what: every method of every rule, written down by hand. A rule that is not here fails the build."""

from __future__ import annotations

NOBODY = frozenset({"anonymous"})
CUSTOMERS = frozenset({"buyer", "approver", "accountant", "stranger"})
BUYERS = frozenset({"buyer", "approver", "stranger"})
STAFF = frozenset({"clerk", "dispatcher", "manager", "administrator"})
OFFICE = frozenset({"clerk", "manager", "administrator"})
DELIVERY = frozenset({"dispatcher", "manager", "administrator"})
MANAGERS = frozenset({"manager", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
SIGNED_IN = CUSTOMERS | STAFF
EVERYBODY = SIGNED_IN | NOBODY

#: machines prove themselves by address or token; tests/integration/monitoring has who sees what
MACHINES = EVERYBODY
#: whoever holds the link
HOLDERS = EVERYBODY

TABLE: dict[str, frozenset[str]] = {
    "GET static": EVERYBODY,
    # content
    "GET content.home": EVERYBODY,
    "GET content.services": EVERYBODY,
    "GET content.privacy": EVERYBODY,
    "GET content.terms": EVERYBODY,
    "GET content.contact": EVERYBODY,
    "POST content.leave_message": EVERYBODY,
    "GET content_staff.messages": OFFICE,
    "POST content_staff.answered": OFFICE,
    # accounts
    "GET accounts.login": EVERYBODY,
    "POST accounts.sign_in": EVERYBODY,
    "POST accounts.logout": EVERYBODY,
    "GET accounts.forgotten": EVERYBODY,
    "POST accounts.send_link": EVERYBODY,
    "GET accounts.choose_password": HOLDERS,
    "POST accounts.set_password": HOLDERS,
    "GET accounts.account": SIGNED_IN,
    "POST accounts.change_details": SIGNED_IN,
    "POST accounts.change_password": SIGNED_IN,
    "POST accounts.end_sessions": SIGNED_IN,
    "POST accounts.switch_company": SIGNED_IN,
    "POST accounts.choose_theme": SIGNED_IN,
    "GET accounts.notices": SIGNED_IN,
    "POST accounts.read_notices": SIGNED_IN,
    "GET accounts_staff.customers": STAFF,
    "GET accounts_staff.customer": STAFF,
    "GET accounts_staff.new_customer": MANAGERS,
    "POST accounts_staff.create_customer": MANAGERS,
    "GET accounts_staff.edit_customer": MANAGERS,
    "POST accounts_staff.change_customer": MANAGERS,
    "GET accounts_staff.new_person": MANAGERS,
    "POST accounts_staff.invite_person": MANAGERS,
    "GET accounts_staff.people": ADMINISTRATORS,
    "POST accounts_staff.invite_staff": ADMINISTRATORS,
    "GET accounts_staff.person": ADMINISTRATORS,
    "POST accounts_staff.change_roles": ADMINISTRATORS,
    "POST accounts_staff.switch_person": ADMINISTRATORS,
    # catalog
    "GET catalog.index": EVERYBODY,
    "GET catalog.show": EVERYBODY,
    "GET catalog.picture": EVERYBODY,
    "GET catalog_staff.index": STAFF,
    "GET catalog_staff.new": OFFICE,
    "POST catalog_staff.create": OFFICE,
    "GET catalog_staff.edit": OFFICE,
    "POST catalog_staff.change": OFFICE,
    "POST catalog_staff.create_category": OFFICE,
    # invoices
    "GET invoices.index": CUSTOMERS,
    "GET invoices.show": CUSTOMERS,
    "GET invoices.pdf": CUSTOMERS,
    "GET invoices_staff.index": STAFF,
    "GET invoices_staff.show": STAFF,
    "GET invoices_staff.pdf": STAFF,
    # orders
    "GET orders.cart": BUYERS,
    "POST orders.add": BUYERS,
    "POST orders.change": BUYERS,
    "GET orders.checkout": BUYERS,
    "POST orders.place": BUYERS,
    "GET orders.index": CUSTOMERS,
    "GET orders.show": CUSTOMERS,
    "POST orders.again": BUYERS,
    "GET orders_staff.index": STAFF,
    "GET orders_staff.show": STAFF,
    "POST orders_staff.release": MANAGERS,
    "POST orders_staff.lift": MANAGERS,
    "POST orders_staff.cancel": MANAGERS,
    "POST orders_staff.delivered": DELIVERY,
    # proofs
    "GET proofs.pay": CUSTOMERS,
    "POST proofs.send_for_invoice": CUSTOMERS,
    "GET proofs.index": CUSTOMERS,
    "GET proofs.new": CUSTOMERS,
    "POST proofs.send": CUSTOMERS,
    "GET proofs.show": CUSTOMERS,
    "GET proofs.picture": CUSTOMERS,
    "GET proofs.original": CUSTOMERS,
    "POST proofs.appeal": CUSTOMERS,
    "POST proofs.answer": CUSTOMERS,
    "GET proofs.linked": HOLDERS,
    "POST proofs.send_by_link": HOLDERS,
    "GET proofs.linked_proof": HOLDERS,
    "POST proofs_api.process": CUSTOMERS,
    "GET proofs_api.status": CUSTOMERS,
    "GET proofs_staff.queue": OFFICE,
    "GET proofs_staff.show": OFFICE,
    "GET proofs_staff.picture": OFFICE,
    "GET proofs_staff.original": OFFICE,
    "GET proofs_staff.accept_form": OFFICE,
    "POST proofs_staff.accept": OFFICE,
    "GET proofs_staff.reject": OFFICE,
    "POST proofs_staff.reject": OFFICE,
    "GET proofs_staff.ask": OFFICE,
    "POST proofs_staff.ask": OFFICE,
    "GET proofs_staff.hand_over": OFFICE,
    "POST proofs_staff.hand_over": OFFICE,
    "GET proofs_staff.correct_form": OFFICE,
    "POST proofs_staff.correct": OFFICE,
    "POST proofs_staff.undo": OFFICE,
    "POST proofs_staff.read_again": OFFICE,
    # payments and ledger
    "GET payments_staff.bank": OFFICE,
    "POST payments_staff.confirm_many": OFFICE,
    "GET payments_staff.payment": OFFICE,
    "POST payments_staff.confirm": OFFICE,
    "POST payments_staff.expire": OFFICE,
    "POST payments_staff.reverse": MANAGERS,
    "POST payments_staff.use_credit": OFFICE,
    "GET payments_staff.receipt": OFFICE,
    "POST payments_staff.record_receipt": OFFICE,
    "GET ledger_staff.journals": OFFICE,
    "GET ledger_staff.journal": OFFICE,
    # reporting and operations
    "GET reporting.statement": CUSTOMERS,
    "GET reporting.statement_csv": CUSTOMERS,
    "GET reporting_staff.dashboard": STAFF,
    "GET backoffice_staff.operations": STAFF,
    "POST backoffice_staff.retry": STAFF,
    # machines
    "GET monitoring.healthy": MACHINES,
    "GET monitoring.live": MACHINES,
    "GET monitoring.detailed": MACHINES,
    "GET monitoring.status": MACHINES,
    "GET monitoring.numbers": MACHINES,
    "GET monitoring.prometheus": MACHINES,
    "GET monitoring.stats": MACHINES,
}
