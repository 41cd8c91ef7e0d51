"""Reminders: which mail goes out when, and the ladders that say so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.money import total
from portal.invoices.models import LadderJson, Reminder, ReminderLadder
from portal.invoices.queries import dunning
from portal.invoices.service import promising
from portal.invoices.types.dunning import (
    LONGEST_SUBJECT,
    LONGEST_WORDS,
    MOST_STEPS,
    USUAL,
    Due,
    Ladder,
    ReminderInfo,
    Step,
    due_steps,
)
from portal.platform import audit, outbox
from portal.platform.db import db
from portal.platform.paging import Page
from portal.platform.settings import Switch

#: Off until our people have read the words that go out in their name.
SEND = Switch("reminders_on", False)
HOUSE = 0
PAGE = 50


def late_customers() -> list[int]:
    """Customers that a reminder may be due to today; none while reminders are off."""
    return dunning.late_customers(clock.today()) if SEND.known().value else []


def remind(customer_id: int) -> int:
    """Send the customer one mail, for each currency, about every invoice that reached a step; how many invoices.

    Locks the customer, so that a proof, a dispute or a promise that comes at the same moment is seen or waits.
    Sent once for each invoice and step, whoever asks how often. Flushes; the job commits.
    Source: docs/rules/reminders.md R1 to R4.
    """
    accounts.lock_customer(customer_id)
    if not SEND.now():
        return 0
    today = clock.today()
    spared = promising.settle_promises(customer_id)
    ladder = ladder_for(customer_id)
    late = dunning.overdue_of(customer_id, today)
    due = due_steps(late, ladder.steps, dunning.reached(customer_id), spared, today)
    if not due:
        return 0
    for each in due:
        db.session.add(
            Reminder(
                invoice_id=each.invoice.id, customer_id=customer_id, level=each.level, days_overdue=each.days,
                balance_cents=each.invoice.balance.cents, sent_at=clock.now(),
            )
        )  # fmt: skip
    for currency in sorted({each.invoice.currency for each in due}):
        mine = [each for each in due if each.invoice.currency == currency]
        _tell(customer_id, mine, ladder.steps[max(each.level for each in mine) - 1])
    audit.record("reminder.sent", f"customer {customer_id}", after={e.invoice.number: e.level for e in due})
    db.session.flush()
    return len(due)


def _tell(customer_id: int, due: Sequence[Due], step: Step) -> None:
    customer = accounts.customer(customer_id)
    owed = total((each.invoice.balance for each in due), due[0].invoice.currency)
    data: dict[str, object] = {
        "customer": customer.name,
        "subject": step.subject,
        "words": step.words,
        "owed": owed,
        "lines": [
            {
                "number": each.invoice.number, "due_on": each.invoice.due_on, "days": each.days,
                "balance": each.invoice.balance,
            }
            for each in due
        ],
    }  # fmt: skip
    outbox.tell("reminder", to_email=customer.email, data=data, customer_id=customer_id)
    for role in ("buyer", "accountant"):
        for person in accounts.users_of(customer_id, role):
            outbox.note(person.id, "reminder", f"{step.subject}: {owed} is overdue.", "/invoices?show=overdue")


def ladder_for(customer_id: int) -> Ladder:
    """The ladder that holds for a customer: their own, the house's, or the usual one."""
    found = dunning.ladders((customer_id, HOUSE))
    row = found.get(customer_id) or found.get(HOUSE)
    return _ladder(row, own=row is not None and row.owner == customer_id)


def ladder_of(owner: int) -> Ladder:
    """The ladder as it is written for one owner, for the page that changes it; what would hold where there is none."""
    found = dunning.ladders((owner,))
    return _ladder(found[owner], own=owner != HOUSE) if owner in found else Ladder(ladder_for(owner).steps)


def _ladder(row: ReminderLadder | None, *, own: bool) -> Ladder:
    if row is None:
        return Ladder(USUAL)
    return Ladder(tuple(Step(each["days"], each["subject"], each["words"]) for each in row.steps), row.version, own)


def change_ladder(owner: int, steps: Sequence[Step], *, seen_version: int, by: str) -> None:
    """Write the ladder of everybody (0) or of one customer. Flushes; writes an audit line.

    Raises BadInput for steps that are none, Conflict when somebody changed it after it was shown, NotFound.
    """
    if owner != HOUSE:
        accounts.customer(owner)
    _check(steps)
    row = dunning.lock_ladder(owner)
    if (row.version if row else 0) != seen_version:
        raise Conflict("Somebody changed these reminders after you opened them. Look at them once more.")
    kept = [LadderJson(days=each.days, subject=each.subject, words=each.words) for each in steps]
    before = [each["days"] for each in row.steps] if row else None
    if row is None:
        row = ReminderLadder(owner=owner, version=0)
        db.session.add(row)
    row.steps, row.changed_at, row.changed_by, row.version = kept, clock.now(), by, row.version + 1
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict("Somebody wrote these reminders at the same moment.") from error
    whose = "everybody" if owner == HOUSE else f"customer {owner}"
    audit.record("reminders.changed", whose, before={"days": before}, after={"days": [each.days for each in steps]})


def _check(steps: Sequence[Step]) -> None:
    if len(steps) > MOST_STEPS:
        raise BadInput(f"A ladder has at most {MOST_STEPS} steps.")
    days = [each.days for each in steps]
    if days != sorted(set(days)) or any(not 1 <= each <= 365 for each in days):
        raise BadInput("Each step comes later than the one before, from 1 to 365 days after the due day.")
    for each in steps:
        if not 0 < len(each.subject) <= LONGEST_SUBJECT or "\n" in each.subject or not each.subject.isprintable():
            raise BadInput(f"A subject is one line of at most {LONGEST_SUBJECT} characters.")
        if not 0 < len(each.words) <= LONGEST_WORDS:
            raise BadInput(f"The words of a reminder are at most {LONGEST_WORDS} characters.")


def sent_page(after: str | None = None, limit: int = PAGE, *, oldest: bool = False) -> Page[ReminderInfo]:
    """What was sent, newest first."""
    return dunning.reminders_page(after, limit, oldest=oldest)
