"""Who may look after programs, and what programs alone may call."""

from __future__ import annotations

APPROVERS = frozenset({"approver"})
ADMINISTRATORS = frozenset({"administrator"})
MANAGERS = frozenset({"manager", "administrator"})

#: what programs alone may call
PROGRAMS = (
    "GET accounts_api.customers", "GET accounts_api.customer", "GET catalog_api.products", "GET catalog_api.product",
    "GET orders_api.orders", "GET orders_api.order", "POST orders_api.place", "GET orders_api.quotes",
    "GET orders_api.quote", "GET orders_api.deliveries", "GET orders_api.delivery", "GET invoices_api.invoices",
    "GET invoices_api.invoice", "GET invoices_api.pdf", "GET invoices_api.ubl", "GET payments_api.payments",
    "GET payments_api.payment", "GET proofs_api.proofs", "GET proofs_api.proof", "POST proofs_api.send",
    "GET reporting_api.statement",
)  # fmt: skip

PAGES = {
    "GET programs.tokens": MANAGERS,
    "POST programs.issue_token": MANAGERS,
    "POST programs.revoke_token": MANAGERS,
    "GET programs.our_tokens": ADMINISTRATORS,
    "POST programs.issue_ours": ADMINISTRATORS,
    "POST programs.revoke_ours": ADMINISTRATORS,
    "GET programs.my_tokens": APPROVERS,
    "POST programs.issue_mine": APPROVERS,
    "POST programs.revoke_mine": APPROVERS,
    "GET programs.my_webhooks": APPROVERS,
    "POST programs.add_mine": APPROVERS,
    "GET programs.my_webhook": APPROVERS,
    "POST programs.do_mine": APPROVERS,
    "GET programs.my_delivery": APPROVERS,
    "POST programs.replay_mine": APPROVERS,
    "GET programs.customer_webhooks": MANAGERS,
    "POST programs.add_webhook": MANAGERS,
    "GET programs.customer_webhook": MANAGERS,
    "POST programs.do_webhook": MANAGERS,
    "GET programs.customer_delivery": MANAGERS,
    "POST programs.replay_delivery": MANAGERS,
}
