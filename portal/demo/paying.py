"""What the demo's customers do about their invoices: pay, send proofs, send them again, or nothing."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.demo.company import Buying
from portal.demo.crew import Commission, Crew, Sheaf
from portal.demo.drawing.facts import Form, Style
from portal.demo.drawing.forgery import Forgery
from portal.demo.drawing.papers import Paper
from portal.demo.habits import Bill, Intent, facts_of, forms, style_of
from portal.demo.office import Office
from portal.demo.timeline import Timeline, in_office, weekdays_after
from portal.invoices.types import InvoiceInfo
from portal.proofs import service as proofs
from portal.proofs.types.stored import ProofInfo, Sender

_FORGERIES = {Intent.FORGED_PICTURE: Forgery.IMAGE_AMOUNT, Intent.FORGED_PDF: Forgery.PDF_AMOUNT}
_PAPERS = (Paper.QUOTATION, Paper.STATEMENT, Paper.OTHER_INVOICE, Paper.RECEIPT)
_ENCRYPTS = {Style.FNB, Style.STANDARD}


class Paying:
    """The customers' side of the story."""

    def __init__(self, timeline: Timeline, crew: Crew, office: Office) -> None:
        self._timeline, self._crew, self._office = timeline, crew, office
        self._forms = forms()
        self._aside: dict[int, InvoiceInfo] = {}
        self._sent = 0

    def invoice_came(self, buying: Buying, invoice: InvoiceInfo, intent: Intent, random: Random) -> None:
        """Decide what to do about an invoice and when."""
        moment = _pay_moment(buying, invoice, random)
        if intent is Intent.OPEN:
            return
        if intent is Intent.UNANNOUNCED:
            day = weekdays_after(clock.day_of(moment), 1)
            self._timeline.plan(in_office(day, 30), partial(self._office.money_came, buying, invoice, invoice.balance))
        elif intent is Intent.SEVERAL and buying.id not in self._aside:
            self._aside[buying.id] = invoice
        else:
            together = self._aside.pop(buying.id, None) if intent is Intent.EXACT else None
            bill = _bill(*((together,) if together else ()), invoice)
            commission = self._commission(buying, bill, intent, moment, random)
            self._timeline.plan(
                moment, partial(self._send, buying, bill, intent, commission, self._crew.read(commission))
            )

    def doubtful_now(
        self, buying: Buying, invoice: InvoiceInfo, intent: Intent, moment: datetime, random: Random
    ) -> None:
        """A proof that still waits for a clerk when the story ends."""
        bill = _bill(invoice)
        commission = self._commission(buying, bill, intent, moment, random)
        self._timeline.plan(moment, partial(self._hand_in, buying, bill, self._crew.read(commission)))

    def unread_now(self, buying: Buying, invoice: InvoiceInfo, form: Form, moment: datetime, random: Random) -> None:
        """A good proof that the worker has yet to read when the story ends."""
        bill = _bill(invoice)
        commission = replace(self._commission(buying, bill, Intent.EXACT, moment, random), form=form)
        self._timeline.plan(moment, partial(self._leave_unread, buying, bill, commission))

    def _commission(self, buying: Buying, bill: Bill, intent: Intent, moment: datetime, random: Random) -> Commission:
        paid = moment - timedelta(minutes=random.randrange(5, 90))
        paid = max(paid, clock.now()).astimezone(clock.SAST)
        facts = facts_of(intent, buying.name, bill, paid.date(), paid.time().replace(microsecond=0), random)
        style, form = style_of(buying.name, random), self._form(intent)
        if form is Form.PDF_ENCRYPTED and style not in _ENCRYPTS:
            form = Form.PDF
        wrong = random.choice(_PAPERS) if intent is Intent.NOT_A_PROOF else None
        return Commission(facts, style, form, _FORGERIES.get(intent), bill.amount, wrong)

    def _form(self, intent: Intent) -> Form:
        if intent in {Intent.FORGED_PDF, Intent.SCHEDULED, Intent.NO_REFERENCE, Intent.SHORT, Intent.OVER}:
            return Form.PDF
        if intent is Intent.FORGED_PICTURE:
            return Form.SCREENSHOT_PHONE
        return Form.BLURRED if intent is Intent.BLURRED else next(self._forms)

    def _send(self, buying: Buying, bill: Bill, intent: Intent, commission: Commission, work: Future[Sheaf]) -> None:
        sheaf = work.result()
        self._office.proof_came(self._taken(buying, bill, sheaf), intent, bill, commission.facts)
        if intent is Intent.TWICE:
            self._timeline.plan(clock.now() + timedelta(days=2), partial(self._taken, buying, bill, sheaf))
        elif intent is Intent.BLURRED:
            clear = replace(commission, form=Form.PDF)
            again = partial(self._send, buying, bill, Intent.EXACT, clear, self._crew.read(clear))
            self._timeline.plan(clock.now() + timedelta(hours=20), again)

    def _hand_in(self, buying: Buying, bill: Bill, work: Future[Sheaf]) -> None:
        self._taken(buying, bill, work.result())

    def _taken(self, buying: Buying, bill: Bill, sheaf: Sheaf) -> ProofInfo:
        upload = proofs.store(sheaf.data, sheaf.file_name)
        claimed = bill.numbers if self._sent % 3 else ()
        return proofs.take_read(self._sender(buying), upload, sheaf.prepared, form_key=self._key(), claimed=claimed)

    def _leave_unread(self, buying: Buying, bill: Bill, commission: Commission) -> None:
        drawn = commission.drawn()
        upload = proofs.store(drawn.data, drawn.file_name)
        proofs.receive(self._sender(buying), upload, form_key=self._key(), claimed=bill.numbers)

    def _sender(self, buying: Buying) -> Sender:
        return Sender(buying.id, buying.buyer.user_id, "portal")

    def _key(self) -> str:
        self._sent += 1
        return f"demo {self._sent}"


def _bill(*owed: InvoiceInfo) -> Bill:
    amount = owed[0].balance
    for more in owed[1:]:
        amount = amount + more.balance
    return Bill(tuple(each.number for each in owed), tuple(each.reference for each in owed), amount)


def _pay_moment(buying: Buying, invoice: InvoiceInfo, random: Random) -> datetime:
    """On account near the due day, sometimes late; all others soon, because their goods wait."""
    if buying.policy is ReleasePolicy.ACCOUNT:
        day = invoice.due_on + timedelta(days=random.choice((-9, -6, -4, -2, -1, 0, 0, 3, 8)))
        return max(in_office(day, random.randrange(9 * 60)), clock.now() + timedelta(hours=2))
    later = (clock.now() + timedelta(minutes=random.randrange(60, 3 * 24 * 60))).astimezone(clock.SAST)
    asleep = later.hour < 6 or later.hour > 21
    return later + timedelta(hours=9) if asleep else later
