"""Credit on account goes back to the customer's bank: asked, approved by two people above a limit, sent, paid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove, NotFound
from portal.core.money import Money, total
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.payments import gateways
from portal.payments.errors import NoCredit
from portal.payments.models import Payment, Refund, RefundFile
from portal.payments.queries import giving, online, rows
from portal.payments.service import telling, valuing
from portal.payments.service.crediting import left_of
from portal.payments.service.limits import REFUND_ALONE
from portal.payments.service.moving import hold
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.giving import (
    REFUND_BOOKED,
    REFUND_MOVES,
    THE_WAY_IT_CAME,
    Beneficiary,
    RefundFileInfo,
    RefundInfo,
    RefundState,
    check_move,
    refund_name,
)
from portal.payments.types.online import CLEARING, LABELS, GivenBack
from portal.platform import audit, idempotency, jobs
from portal.platform.db import db
from portal.platform.paging import Page

ASK, DECIDE, SEND, PAY, RETURN = (
    "payments.ask-refund", "payments.decide-refund", "payments.send-refunds", "payments.pay-refund",
    "payments.return-refund",
)  # fmt: skip
#: the job that asks a gateway to pay a refund back
GIVE_BACK = "payments.give_back"
PAGE_SIZE = 50
_REASON_LENGTH = 500
_SEPARATORS = re.compile(r"[\s-]")


def beneficiary(holder: str, bank: str, branch: str, account: str) -> Beneficiary:
    """A bank account as it was typed; spaces and dashes are dropped from its numbers.

    Raises BadInput unless the branch has six digits and the account 7 to 16.
    """
    branch, account = _SEPARATORS.sub("", branch), _SEPARATORS.sub("", account)
    if not re.fullmatch(r"[0-9]{6}", branch):
        raise BadInput("A branch code has six digits, like 250655.", field="branch")
    if not re.fullmatch(r"[0-9]{7,16}", account):
        raise BadInput("An account number has 7 to 16 digits, like 62 8411 90736.", field="account")
    return Beneficiary(" ".join(holder.split())[:120], " ".join(bank.split())[:80], branch, account)


def ask_refund(
    payment_id: int, amount: Money, to: Beneficiary | None, reason: str, *, key: str, by: int, alone: bool = True
) -> RefundInfo:
    """Keep credit of a payment for a refund. Within the limit of one person it is approved at once, if alone may.

    to: None pays it back the way it came, by the payment's gateway; NotFound where that cannot.
    From now on the amount pays nothing else. Flushes; the same key gives the first answer.
    Raises BadInput without a reason or for nothing, IllegalMove for a payment that is no money, NoCredit when it
    leaves less.
    Source: docs/rules/confirmation.md, C13.
    """
    if not reason.strip():
        raise BadInput("Say why; the second person and the auditor read it.", field="reason")
    payment = hold(payment_id).payment
    if (earlier := idempotency.answer_to(key, ASK)) is not None:
        return giving.refund_of(int(earlier["id"]))
    if payment.state != PaymentState.CONFIRMED:
        raise IllegalMove(name_of(payment_id), payment.state, "paid back")
    standing = [share for share in rows.shares_of([payment_id])[payment_id] if share.state is ShareState.ACTIVE]
    left = left_of(payment, standing)
    if amount.cents <= 0:
        raise BadInput("The amount must be more than nothing. Write it like 12 500.00.", field="amount")
    if amount.currency != left.currency or amount > left:
        raise NoCredit(f"{name_of(payment_id)} leaves {left} of credit; {amount} is more than that.")
    if to is None and not goes_back(payment_id):
        raise NotFound(f"{name_of(payment_id)} does not go back the way it came")
    row = _new(payment, amount, to, reason, by)
    _note(row, "", reason)
    if alone and valuing.in_rand_of(payment, amount).cents <= REFUND_ALONE.now():
        row.decision = "Within the limit of one person"
        _approve(row, by)
    idempotency.remember(key, ASK, {"id": row.id})
    return giving.refund_info(row)


def goes_back(payment_id: int) -> bool:
    """Whether a payment can go back the way it came: its own money came by a gateway that pays back by itself.

    Confirmed from the bank instead, or paid once more at the gateway, it has no number or no page there to ask with.
    """
    carried = online.of_payment(payment_id)
    if carried is None or not (carried.gateway_id and carried.page):
        return False
    return gateways.is_hosted(carried.gateway)


def decide_refund(refund_id: int, agreed: bool, words: str, *, key: str, by: int) -> RefundInfo:
    """A second person approves a refund; or anybody who may declines one that the bank was not given yet.

    Declined, its credit is the customer's again; what was booked gets a counter-entry. Flushes; the same key gives
    the first answer. Raises SamePerson for whoever asked, IllegalMove. Source: docs/rules/confirmation.md, C13.
    """
    row = _lock(refund_id)
    if idempotency.answer_to(key, DECIDE) is not None:
        return giving.refund_info(row)
    wanted = RefundState.APPROVED if agreed else RefundState.DECLINED
    check_move(refund_name(row.id), REFUND_MOVES, RefundState(row.state), wanted)
    if row.via and row.state == RefundState.APPROVED:
        raise Conflict(f"{LABELS[row.via]} was asked to pay it back already. Refused there, it is credit again.")
    if agreed and row.asked_by_id == by:
        raise SamePerson("You asked for this refund yourself; another person has to approve it.")
    row.decision = words.strip()[:_REASON_LENGTH]
    if agreed:
        _approve(row, by)
    else:
        _take_back(row, RefundState.DECLINED, row.decision, by)
    idempotency.remember(key, DECIDE, {"id": row.id})
    return giving.refund_info(row)


def send_refunds(refund_ids: Iterable[int], bank_account_id: int, *, key: str, by: int) -> RefundFileInfo:
    """Approved refunds go into one file for the bank. Flushes; the same key gives the first file.

    All customers are locked first, in their order. Raises BadInput for none, IllegalMove when one is not approved,
    Conflict when they are of several currencies. Source: docs/rules/confirmation.md, C13.
    """
    wanted = sorted(set(refund_ids))
    if not wanted:
        raise BadInput("Tick at least one approved refund.", field="refund")
    account = ledger.our_account(bank_account_id)
    held = _lock_all(wanted)
    if (earlier := idempotency.answer_to(key, SEND)) is not None:
        return giving.refund_file(int(earlier["id"]))
    for row in held:
        check_move(refund_name(row.id), REFUND_MOVES, RefundState(row.state), RefundState.SENT)
    if by_gateway := [refund_name(row.id) for row in held if row.via]:
        raise Conflict(f"{by_gateway[0]} goes back through its gateway, not through the bank.")
    if {row.currency for row in held} != {account.currency}:
        raise Conflict("One file has one currency, that of our account.")
    sum_ = total((Money(row.amount_cents, row.currency) for row in held), account.currency)
    file = RefundFile(
        made_at=clock.now(), made_by_id=by, bank_account_id=bank_account_id, count=len(held),
        currency=sum_.currency, sum_cents=sum_.cents,
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    for row in held:
        row.file_id = file.id
        _step(row, RefundState.SENT)
    idempotency.remember(key, SEND, {"id": file.id})
    return giving.refund_file(file.id)


def pay_refund(refund_id: int, paid_on: date, *, key: str, by: int | None) -> RefundInfo:
    """The bank or the gateway shows that a refund left. Posts it and tells the customer. Flushes; same key, same answer.

    Raises BadInput for a day to come or in a closed month, IllegalMove unless it was sent.
    Source: docs/rules/ledger.md, L18.
    """
    row = _lock(refund_id)
    if idempotency.answer_to(key, PAY) is not None:
        return giving.refund_info(row)
    check_move(refund_name(row.id), REFUND_MOVES, RefundState(row.state), RefundState.PAID)
    if paid_on > clock.today():
        raise BadInput("This day has not come yet. Use the day the bank shows.", field="paid_on")
    ledger.demand_open(paid_on)
    row.paid_on = paid_on
    payment = rows.lock_payment(row.payment_id)
    _post_paid(row, payment, paid_on)
    _step(row, RefundState.PAID, by=by)
    telling.refund_paid(payment, giving.refund_info(row))
    idempotency.remember(key, PAY, {"id": row.id})
    return giving.refund_info(row)


def _post_paid(row: Refund, payment: Payment, paid_on: date) -> None:
    """Out of our bank account, or out of what the gateway holds for us."""
    amount, words = Money(row.amount_cents, row.currency), f"{refund_name(row.id)} to {row.customer_name}"
    facts = (amount, paid_on, words)
    if row.via:
        row.paid_journal_id = ledger.post_refund_by_gateway(row.id, row.customer_id, CLEARING[row.via], *facts)
        return
    bank = giving.refund_file(row.file_id or 0).bank_account_id
    row.paid_journal_id = ledger.post_refund_paid(row.id, row.customer_id, bank, *facts)
    valuing.refund_paid(row, payment, bank, paid_on)


def return_refund(refund_id: int, reason: str, *, key: str, by: int | None) -> RefundInfo:
    """The bank or the gateway did not pay a refund, or it came back: counter-entries, and its credit is the customer's again.

    Flushes; the same key gives the first answer. Raises BadInput without a reason, IllegalMove.
    Source: docs/rules/ledger.md, L6 and L18.
    """
    if not reason.strip():
        raise BadInput("Say why; the auditor reads it.", field="reason")
    row = _lock(refund_id)
    if idempotency.answer_to(key, RETURN) is not None:
        return giving.refund_info(row)
    check_move(refund_name(row.id), REFUND_MOVES, RefundState(row.state), RefundState.RETURNED)
    if row.via and by is not None and row.state == RefundState.SENT:
        raise Conflict(f"{LABELS[row.via]} has taken it and says itself how it ends. Until then it is no credit.")
    row.decision = reason.strip()[:_REASON_LENGTH]
    _take_back(row, RefundState.RETURNED, row.decision, by)
    idempotency.remember(key, RETURN, {"id": row.id})
    return giving.refund_info(row)


def sent_to_gateway(refund_id: int, answer: GivenBack) -> RefundInfo:
    """A gateway took a refund, or refused it for good; then its credit is the customer's again. Flushes.

    Decided meanwhile, as by a notice that was faster than the answer, it stays as it is.
    Source: docs/rules/gateways.md, G13.
    """
    row = _lock(refund_id)
    if row.state == RefundState.APPROVED:
        row.gateway_number = answer.number or None
        _step(row, RefundState.SENT)
        if answer.refused:
            row.decision = f"{LABELS[row.via]} refused: {answer.refused}"[:_REASON_LENGTH]
            _take_back(row, RefundState.RETURNED, row.decision, None)
    return giving.refund_info(row)


def refund(refund_id: int) -> RefundInfo:
    """One refund. Raises NotFound."""
    return giving.refund_of(refund_id)


def refunds_of(payment_id: int) -> list[RefundInfo]:
    """Refunds of a payment, newest first."""
    return giving.refunds_of(payment_id)


def refunds_page(
    state: RefundState | None = None, *, after: str | None = None, limit: int = PAGE_SIZE, oldest: bool = False
) -> Page[RefundInfo]:
    """Refunds, newest first."""
    return giving.refunds_page(state, after, limit, oldest=oldest)


def refund_files() -> list[RefundFileInfo]:
    """The newest files for the bank."""
    return giving.refund_files()


def refunds_in(file_id: int) -> list[RefundInfo]:
    """What a file for the bank holds. Raises NotFound."""
    giving.refund_file(file_id)
    return giving.in_file(file_id)


def _lock(refund_id: int) -> Refund:
    """Customer, invoices, payment, then the refund, fresh."""
    hold(giving.refund_of(refund_id).payment_id)
    return giving.lock_refund(refund_id)


def _lock_all(refund_ids: list[int]) -> list[Refund]:
    known = [giving.refund_of(number) for number in refund_ids]
    for customer_id in sorted({each.customer_id for each in known}):
        accounts.lock_customer(customer_id)
    for payment_id in sorted({each.payment_id for each in known}):
        rows.lock_payment(payment_id)
    return [giving.lock_refund(number) for number in refund_ids]


def _new(payment: Payment, amount: Money, account: Beneficiary | None, reason: str, by: int) -> Refund:
    to = account or THE_WAY_IT_CAME
    row = Refund(
        via="" if account else payment.method,
        payment_id=payment.id,
        customer_id=payment.customer_id,
        customer_code=payment.customer_code,
        customer_name=payment.customer_name,
        state=RefundState.ASKED.value,
        currency=amount.currency,
        amount_cents=amount.cents,
        holder=to.holder,
        bank=to.bank,
        branch=to.branch,
        account=to.account,
        reason=reason.strip()[:_REASON_LENGTH],
        asked_by_id=by,
        asked_at=clock.now(),
        decision="",
    )
    db.session.add(row)
    db.session.flush()
    return row


def _approve(row: Refund, by: int) -> None:
    payment = rows.lock_payment(row.payment_id)
    credit = valuing.booked_credit(payment)
    words = f"{refund_name(row.id)} of {name_of(row.payment_id)}: {row.reason}"
    row.journal_id = ledger.post_refund(
        row.id, row.customer_id, Money(row.amount_cents, row.currency), clock.today(), words
    )
    valuing.refund(row, payment, credit)
    row.decided_by_id, row.decided_at = by, clock.now()
    _step(row, RefundState.APPROVED, by=by)
    if row.via:
        jobs.enqueue(GIVE_BACK, {"refund_id": row.id}, dedupe=f"{GIVE_BACK}:{row.id}")


def _take_back(row: Refund, state: RefundState, reason: str, by: int | None) -> None:
    """Counter-entries of what was booked, the later one first."""
    if RefundState(row.state) in REFUND_BOOKED:
        payment = rows.lock_payment(row.payment_id)
        valuing.refund_back(row, payment, valuing.booked_credit(payment), clock.today())
        for journal_id in (row.paid_journal_id, row.journal_id):
            if journal_id is not None:
                ledger.post_reversal(journal_id, clock.today(), f"{refund_name(row.id)} {state}: {reason}")
    row.decided_by_id, row.decided_at = by, clock.now()
    _step(row, state, by=by)


def _step(row: Refund, state: RefundState, *, by: int | None = None) -> None:
    before, row.state = row.state, state.value
    db.session.flush()
    _note(row, before, row.decision, by=by)


def _note(row: Refund, before: str, words: str, *, by: int | None = None) -> None:
    after = {"state": str(row.state), "cents": row.amount_cents, "words": words, "by": by}
    audit.record(
        f"refund.{row.state}", refund_name(row.id), before={"state": str(before)} if before else None, after=after
    )
