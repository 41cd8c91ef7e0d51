"""Single payments, their shares and their lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select

from portal.core.errors import NotFound
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.payments.models import Allocation, Payment
from portal.payments.types import PROOF_UNDER_WAY, PaymentInfo, PaymentState, Rail, Share, ShareState
from portal.platform.db import db
from portal.platform.paging import AnyRow


def customer_of(payment_id: int) -> int:
    """Whose payment it is; a payment keeps its owner, so this is right without a lock. Raises NotFound."""
    found = db.session.scalar(select(Payment.customer_id).where(Payment.id == payment_id))
    if found is None:
        raise NotFound(f"no payment {payment_id}")
    return found


def lock_payment(payment_id: int) -> Payment:
    """The payment as it stands now, held until the transaction ends. Raises NotFound.

    populate_existing, because a row that this session loaded before would otherwise keep its old state although
    the database locked and read it anew; the version is written so that a Galera certification sees the lock.
    The caller holds the customer's lock and those of the invoices. Source: docs/rules/confirmation.md, C4.
    """
    payment = db.session.scalar(
        select(Payment).where(Payment.id == payment_id).with_for_update().execution_options(populate_existing=True)
    )
    if payment is None:
        raise NotFound(f"no payment {payment_id}")
    payment.version += 1
    return payment


def id_of_proof(proof_id: int) -> int | None:
    """The payment a document stands behind."""
    return db.session.scalar(select(Payment.id).where(Payment.proof_id == proof_id))


def payers_of(invoice_id: int) -> list[int]:
    """The payments that pay an invoice, in the order of their ids."""
    query = select(Allocation.payment_id).where(
        Allocation.invoice_id == invoice_id, Allocation.state == ShareState.ACTIVE
    )
    return list(db.session.scalars(query.order_by(Allocation.payment_id)))


def shares_of(payment_ids: Sequence[int]) -> dict[int, tuple[Share, ...]]:
    """The shares of some payments, in the order their payer meant, in one question."""
    found: dict[int, list[Share]] = {number: [] for number in payment_ids}
    rows = db.session.execute(
        select(
            Allocation.payment_id, Allocation.invoice_id, Allocation.invoice_number,
            Allocation.amount_cents, Payment.currency, Allocation.state,
        )
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.payment_id.in_(payment_ids))
        .order_by(Allocation.payment_id, Allocation.position, Allocation.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    for payment_id, invoice_id, number, cents, currency, state in rows:
        found[payment_id].append(Share(invoice_id, number, Money(cents, currency), ShareState(state)))
    return {number: tuple(shares) for number, shares in found.items()}


def set_shares(payment: Payment, wanted: Mapping[int, tuple[str, Money]], state: ShareState) -> None:
    """Make these the payment's shares, in this order; those it had for other invoices become void.

    wanted: invoice id → (its number, an amount above zero). The payment is locked.
    """
    kept = {row.invoice_id: row for row in _allocations(payment.id)}
    for row in kept.values():
        if row.invoice_id not in wanted:
            row.state = ShareState.VOID
    for position, (invoice_id, (number, amount)) in enumerate(wanted.items()):
        row = kept.get(invoice_id) or Allocation(payment_id=payment.id, invoice_id=invoice_id, invoice_number=number)
        row.position, row.amount_cents, row.state = position, amount.cents, state
        db.session.add(row)
    db.session.flush()


def void_active(payment_id: int) -> None:
    """What the payment paid is undone."""
    for row in _allocations(payment_id):
        if row.state == ShareState.ACTIVE:
            row.state = ShareState.VOID
    db.session.flush()


def _allocations(payment_id: int) -> Iterable[Allocation]:
    return db.session.scalars(
        select(Allocation)
        .where(Allocation.payment_id == payment_id)
        .order_by(Allocation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def under_way(invoice_ids: Collection[int]) -> set[int]:
    """Those of these invoices that a payment with a proof under way was meant for."""
    return set(
        db.session.scalars(
            select(Allocation.invoice_id)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Allocation.invoice_id.in_(invoice_ids), Allocation.state == ShareState.PLANNED)
            .where(Payment.state.in_(PROOF_UNDER_WAY))
        )
    )


def info(row: Payment | AnyRow, shares: tuple[Share, ...] = ()) -> PaymentInfo:
    """The value of a payment, or of a row of all its columns."""

    def money(cents: int | None) -> Money | None:
        return None if cents is None else Money(cents, row.currency)

    return PaymentInfo(
        id=row.id,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        customer_name=row.customer_name,
        state=PaymentState(row.state),
        claimed=money(row.claimed_cents),
        received=money(row.received_cents),
        paid_on=row.paid_on,
        expected_on=row.expected_on,
        value_date=row.value_date,
        bank_account_id=row.bank_account_id,
        bank_text=row.bank_text,
        reference=row.reference,
        words=row.words,
        reason=row.reason,
        proof_id=row.proof_id,
        created_at=row.created_at,
        verified_at=row.verified_at,
        confirmed_at=row.confirmed_at,
        reversed_at=row.reversed_at,
        journal_id=row.journal_id,
        shares=shares,
        rand=None if row.rand_cents is None else Money(row.rand_cents, HOME),
        rate_micros=row.rate_micros,
        rate_day=row.rate_day,
        rail=Rail(row.rail),
        chased_at=row.chased_at,
        method=row.method,
    )
