"""What the world of these tests holds: whose numbers, ids and links stand in addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.catalog.types import ProductInfo
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES
from tests.integration.security.reconciliation import Reconciled

#: whom each role of a test signs in as; stranger is the second customer's buyer, nobody's customer has nothing
EMAILS = {
    **{role: f"{role}@first.example" for role in CUSTOMER_ROLES},
    "stranger": "buyer@second.example",
    "newcomer": "buyer@third.example",
    **{role: f"{role}@us.example" for role in STAFF_ROLES},
}


@dataclass(frozen=True, slots=True)
class Things:
    """What one customer has; each number and id belongs to this customer alone."""

    customer_id: int
    code: str
    name: str
    people: Mapping[str, int]
    order: str
    #: an order that waits for a manager
    held: str
    #: an order of which part left with two notes, and the rest may
    released: str
    #: received, with a photo
    delivery: str
    #: left, and nobody said yet who took it
    on_the_way: str
    #: an order above its buyer's limit
    asked: str
    #: sent, to be decided
    quote: str
    #: priced, to be sent
    quote_asked: str
    #: a saved address
    place_id: int
    #: open, with a proof under way
    invoice: str
    #: verified from its document; its payment waits for the bank
    proof: str
    #: waits for a clerk
    review: str
    #: shows a payment that was sent before; the customer may appeal
    duplicate: str
    #: sent through the signed link of its invoice
    linked: str
    payment_id: int
    journal_id: int
    pay_token: str
    password_token: str
    #: for an invoice of its own
    credit_note: str
    invitation_id: int
    invitation_token: str
    #: a payment that the bank has shown
    receipt_id: int
    #: on the PDF of its invoice
    verify_code: str

    @property
    def marks(self) -> tuple[str, ...]:
        """Words that no other customer may ever read."""
        return (
            self.code, self.name, self.order, self.held, self.released, self.delivery, self.on_the_way, self.asked,
            self.quote, self.quote_asked, self.invoice, self.proof, self.review, self.duplicate, self.linked,
            self.credit_note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What is moved, given up and given back of the first customer's money, and what is under watch."""

    #: a payment that is credit
    payment_id: int
    #: waits for a second person
    refund_id: int
    #: holds another refund
    file_id: int
    #: waits for a second person
    write_off_id: int
    #: looked at and not taken over
    import_id: int
    #: something broken that names nobody
    finding_id: int
    #: what the customer owes
    account_id: int


@dataclass(slots=True)
class World:
    first: Things
    second: Things
    product: ProductInfo
    spare: ProductInfo
    message_id: int
    job_id: int
    bank_id: int
    #: accepted without a person, and drawn for one; its customer is the first
    sampled: str
    #: what a clerk's decision taught of a payer, and that decision
    memory_id: int
    mark_id: int
    #: of a program of the first customer
    token_id: int
    #: an invoice that a clerk writes for the first customer
    draft_id: int
    #: a price list of the first customer, and one of its prices
    list_id: int
    row_id: int
    #: of the first product
    picture_id: int
    document_id: int
    #: of the clerk, and a file that the first customer's buyer had made
    view_id: int
    file_id: str
    #: of an invoice of the first customer
    dispute_id: int
    money: GivenBack
    #: a table of products that nobody has written yet
    import_id: int
    #: a line of a bank statement that nobody has explained, and one that was set aside
    line_id: int
    aside_id: int
    #: came to no customer's address
    mail_id: str
    reconciled: Reconciled
    #: of the first customer's payment that a gateway carries, pending
    handed_over: str
    #: e-mail address → session cookie and form token
    #: of our own program; an address of the first customer's, and an event that was sent there
    our_token_id: int = 0
    webhook_id: int = 0
    delivery_id: int = 0
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
