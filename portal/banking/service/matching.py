"""Lines that were imported meet what is open: the answers are kept, and what is certain is booked line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from portal.accounts import service as accounts
from portal.banking import queries
from portal.banking.match import Answer, Case, Line, OnTheWay, Owed, Payer, Rules, Share, match
from portal.banking.match.aside import fee_rule, taken_back
from portal.banking.match.payers import words_of
from portal.banking.match.state import BY_HAND
from portal.banking.models import StatementLine
from portal.banking.service import rules
from portal.banking.service.fees import post_fee
from portal.banking.types import LineState
from portal.core import clock
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import PaymentInfo, PaymentState, ShareState
from portal.platform import jobs
from portal.platform.db import db

BOOK = "banking.book"
#: how long after a payment the bank may still take it back, in days
_BACK = 14


def answers_for(statement_id: int) -> dict[int, Answer]:
    """What the rules say about a statement's new lines, by line id. Reads only; nothing is decided yet."""
    lines = queries.lines_of(statement_id, LineState.IMPORTED)
    if not lines:
        return {}
    found = answers_on(lines[0].bank_account_id, lines[0].currency, [_line(line) for line in lines])
    return {line.id: answer for line, answer in zip(lines, found, strict=True)}


def answers_on(account_id: int, currency: str, lines: Sequence[Line]) -> list[Answer]:
    """What the rules say about lines of an account as everything stands now; a preview asks this, too. Reads only."""
    return match(_case(account_id, currency, lines))


def keep(statement_id: int, answers: dict[int, Answer], *, later: bool = True) -> list[int]:
    """Write the answers to lines nobody decided meanwhile; gives the lines that are certain. Flushes.

    Each certain line gets a job of its own that books it, so that one that fails holds up no other; unless not later:
    then the caller books them.
    Fees are posted here. Source: docs/rules/reconciliation.md, B1 to B4.
    """
    lines = queries.lines_of(statement_id, LineState.IMPORTED)
    told = Rules(rules.in_force())
    back = _undoes(lines, told)
    certain: list[int] = []
    for line in lines:
        if (answer := answers.get(line.id)) is None:
            continue
        _write(line, answer)
        if line.id in back:
            line.state, line.takes_back_id = LineState.MATCHED, back[line.id]
        post_fee(line, whole=line.state == LineState.IGNORED and fee_rule(_line(line), told) is not None)
        if line.state == LineState.MATCHED:
            certain.append(line.id)
        if line.state == LineState.MATCHED and later:
            jobs.enqueue(BOOK, {"line_id": line.id}, customer_id=line.customer_id, dedupe=f"{BOOK}:{line.id}")
    db.session.flush()
    return certain


def _write(line: StatementLine, answer: Answer) -> None:
    line.state, line.rule, line.reasons = LineState(answer.outcome.value), answer.rule, list(answer.reasons)
    line.candidates = [{"invoice": c.invoice, "payment": c.payment, "why": c.why} for c in answer.candidates]
    line.shares = [{"invoice": share.invoice, "amount": share.amount} for share in answer.shares]
    line.customer_id = int(answer.customer) if answer.customer else None
    if answer.payment:
        line.candidates = [{"invoice": None, "payment": answer.payment, "why": answer.reasons[0]}]


def _undoes(lines: Sequence[StatementLine], told: Rules) -> dict[int, int]:
    """Reversals among the lines that take back a line booked earlier: id → id."""
    outgoing = [line for line in lines if line.amount_cents < 0]
    if not outgoing:
        return {}
    first = min(line.day for line in outgoing) - timedelta(days=_BACK)
    booked = queries.booked_since(outgoing[0].bank_account_id, first)
    back = taken_back([_line(line) for line in (*booked, *lines)], told)
    known = {line.id for line in booked}
    return {int(mine): int(theirs) for mine, theirs in back.items() if int(theirs) in known}


def _line(line: StatementLine) -> Line:
    return Line(str(line.id), line.day, line.amount_cents, line.description, line.reference)


def _case(account_id: int, currency: str, lines: Sequence[Line]) -> Case:
    """Everything open in the lines' currency. Customers and payments go by their ids."""
    first, last = min(line.on for line in lines), max(line.on for line in lines)
    open_ = invoices.all_open(currency)
    announced = payments.announced(currency)
    by_hand = payments.confirmed_at(account_id, first - timedelta(days=BY_HAND), last + timedelta(days=BY_HAND))
    behind = queries.payments_with_line([each.id for each in by_hand])
    free = [each for each in by_hand if each.id not in behind]
    owners = {each.customer_id for each in open_} | {each.customer_id for each in (*announced, *free)}
    return Case(
        today=clock.today(),
        accounts=tuple(each.number for each in ledger.our_accounts()),
        customers=tuple(_payers(owners)),
        invoices=tuple(
            Owed(each.number, each.reference, str(each.customer_id), each.balance.cents, each.issued_on, each.due_on)
            for each in open_
        ),
        payments=tuple(_on_the_way(each) for each in (*announced, *free)),
        lines=tuple(lines),
        rules=rules.in_force(),
    )


def _payers(owners: set[int]) -> list[Payer]:
    """Customers with the payer texts that people decided for them before."""
    learned: dict[int, list[str]] = {}
    for customer_id, text in queries.payer_texts():
        words = [word for word in words_of(text) if word.isalpha()]
        if len(words) > 1:
            learned.setdefault(customer_id, []).append(" ".join(words))
    return [
        Payer(str(each.id), each.name, each.reference, tuple(dict.fromkeys(learned.get(each.id, ()))))
        for each in accounts.customers_by_id(owners).values()
    ]


def _on_the_way(payment: PaymentInfo) -> OnTheWay:
    """A payment that the bank may show. One a person confirmed by hand has paid its invoices: its line is only found."""
    by_hand = payment.state is PaymentState.CONFIRMED
    shares = [share for share in payment.shares if share.state is ShareState.PLANNED]
    return OnTheWay(
        id=str(payment.id),
        customer=str(payment.customer_id),
        amount=payment.amount.cents,
        reference=payment.reference,
        on=(payment.value_date if by_hand else payment.paid_on) or clock.day_of(payment.created_at),
        verified=payment.state is not PaymentState.CLAIMED,
        shares=tuple(Share(share.invoice_number, share.amount.cents) for share in shares),
        by_hand=by_hand,
    )
