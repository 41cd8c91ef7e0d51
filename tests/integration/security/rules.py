"""Every rule of the portal as a call that can be made: method, endpoint, and an address filled in with somebody's things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.integration.security import reconciliation
from tests.integration.security.things import Things, World

#: rules whose numbers belong to a customer, by the beginning of their endpoint
_OF_ORDERS = "orders"
#: the argument names that say whose something is
OWNED = frozenset({"number", "public_id", "customer_id", "token", "payment_id"})


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one rule. name is how the tables of these tests call it: ``GET invoices.show``."""

    method: str
    endpoint: str
    rule: str
    arguments: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.method} {self.endpoint}"

    def address(self, app: Flask, world: World, own: Things, **changes: Any) -> str:
        """The path, with what belongs to this customer."""
        values = {name: _value(self, name, world, own) for name in self.arguments} | changes
        return app.url_map.bind("localhost").build(self.endpoint, values, method=self.method)


def calls(app: Flask, *methods: str) -> Iterator[Call]:
    """All of them, or those of some methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not methods or method in methods:
                yield Call(method, rule.endpoint, rule.rule, frozenset(rule.arguments))


def call_named(app: Flask, name: str) -> Call:
    return next(call for call in calls(app) if call.name == name)


def _value(call: Call, name: str, world: World, own: Things) -> Any:
    if name == "number":
        return _number(call, own)
    if name == "payment_id":
        return _payment(call, world, own)
    if name == "public_id":
        return world.sampled if call.endpoint.startswith("proofs_oversight") else _proof(call, own)
    if name == "token":
        return _token(call, own)
    if name == "code" and call.endpoint == "reporting.verify":
        return own.verify_code
    if (found := reconciliation.argument(name, call.method, call.endpoint, world)) is not None:
        return found
    return (_everywhere(world, own) | _by_feature(call, world))[name]


def _payment(call: Call, world: World, own: Things) -> int:
    if call.endpoint in {"payments_oversight.refund_form", "payments_oversight.ask_refund"}:
        return world.money.payment_id
    return own.receipt_id if call.endpoint.endswith(".receipt") else own.payment_id


def _token(call: Call, own: Things) -> str:
    if call.endpoint.startswith("company"):
        return own.invitation_token
    return own.password_token if call.endpoint.startswith("accounts") else own.pay_token


def _by_feature(call: Call, world: World) -> dict[str, Any]:
    """Names that mean another thing in each feature."""
    listed, goods = call.endpoint.startswith("lists"), call.endpoint.startswith("catalog")
    if call.endpoint.startswith("programs"):
        token = world.our_token_id if call.endpoint.endswith("_ours") else world.token_id
        return {"address_id": world.webhook_id, "delivery_id": world.delivery_id, "deed": "test", "token_id": token}
    return {
        "file_id": world.file_id if listed else world.money.file_id,
        "import_id": world.import_id if goods else world.money.import_id,
    }


def _everywhere(world: World, own: Things) -> dict[str, Any]:
    return {
        "customer_id": own.customer_id,
        "address_id": own.place_id,
        "code": own.code,
        "product_id": world.product.id,
        "slug": world.product.slug,
        "picture": world.product.picture,
        "sku": world.product.sku,
        "list_id": world.list_id,
        "row_id": world.row_id,
        "picture_id": world.picture_id,
        "document_id": world.document_id,
        "category_slug": world.product.category_slug,
        "user_id": own.people["accountant"],
        "job_id": world.job_id,
        "memory_id": world.memory_id,
        "mark_id": world.mark_id,
        "token_id": world.token_id,
        "message_id": world.message_id,
        "mail_id": world.mail_id,
        "invitation_id": own.invitation_id,
        "piece": "notes",
        "view_id": world.view_id,
        "journal_id": own.journal_id,
        "draft_id": world.draft_id,
        "dispute_id": world.dispute_id,
        "filename": "portal.css",
        "form": "csv",
        "account_id": world.money.account_id,
        "finding_id": world.money.finding_id,
        "refund_id": world.money.refund_id,
        "write_off_id": world.money.write_off_id,
        "payment_token": world.handed_over,
        "gateway": "payfast",
    }


def _number(call: Call, own: Things) -> Any:
    if "<int:number>" in call.rule:
        return 1
    if "credit-notes" in call.rule:
        return own.credit_note
    if "/quotes/" in call.rule:
        return own.quote_asked if call.endpoint.startswith("orders_staff") and call.method == "POST" else own.quote
    if call.endpoint in {"orders.approve", "orders.refuse", "orders.withdraw"}:
        return own.asked
    if "/deliveries/" in call.rule:
        return own.on_the_way if call.method == "POST" else own.delivery
    if call.endpoint in {"orders_staff.deliver", "orders_staff.delivered"}:
        return own.released
    if call.endpoint in {"orders_staff.lift", "orders_staff.cancel", "orders_staff.cancel_form"}:
        return own.held
    return own.order if call.endpoint.startswith(_OF_ORDERS) else own.invoice


def _proof(call: Call, own: Things) -> str:
    if call.endpoint == "proofs.linked_proof":
        return own.linked
    if call.endpoint == "proofs.appeal":
        return own.duplicate
    asked = call.endpoint == "proofs.answer" or call.endpoint.startswith("proofs_staff")
    return own.review if asked else own.proof
