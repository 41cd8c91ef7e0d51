"""Where a customer's programs hear of what happens, and who is told when nobody listens there any more."""

from __future__ import annotations

from collections.abc import Collection

from portal.accounts.service.customers import customer, lock_customer
from portal.accounts.service.people import users_of
from portal.accounts.types import MANAGES
from portal.core.identity import Identity
from portal.platform import outbox, webhooks


def add_webhook(customer_id: int, url: str, words: str, kinds: Collection[str], *, by: Identity) -> tuple[int, str]:
    """Register an address of a customer; gives its id and its secret, shown once. Flushes. Raises BadInput, NotFound."""
    lock_customer(customer_id)
    return webhooks.register_address(customer_id, url, words, kinds, by=by.user_id)


def tell_off(customer_id: int, url: str, why: str) -> None:
    """The customer's approvers, or the company itself, hear that events go to an address no more."""
    data = {"url": url, "why": why, "customer": customer(customer_id).name}
    words = f"Events are not sent to {url} any more: {why}"
    approvers = users_of(customer_id, MANAGES)
    for person in approvers:
        outbox.tell(
            "webhook_off", to_user=person.id, data=data, notice=words[:300], url="/account/webhooks",
            customer_id=customer_id,
        )  # fmt: skip
    if not approvers:
        outbox.tell("webhook_off", to_email=customer(customer_id).email, data=data, customer_id=customer_id)
