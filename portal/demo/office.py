"""What the demo company's own people do: decide on doubtful proofs, confirm money from the bank's screen."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from portal.core import clock
from portal.core.money import Money
from portal.demo.company import Buying, Cast
from portal.demo.drawing.facts import ProofFacts
from portal.demo.habits import Bill, Intent
from portal.demo.timeline import Timeline, in_office, weekdays_after
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.proofs import service as proofs
from portal.proofs.types import Share
from portal.proofs.types.stored import Acceptance, ProofInfo, ProofState

_REJECTED = {
    Intent.FORGED_PICTURE: "The amount on this document is not what the bank paid. Please call our accounts desk.",
    Intent.FORGED_PDF: "This file was changed after the bank made it. Please send the bank's own document.",
    Intent.NOT_A_PROOF: "This is not a proof of payment. Please send the one from your bank.",
    Intent.SCHEDULED: "The payment is only scheduled. Please send the proof again once it has been made.",
    Intent.BLURRED: "We cannot read this picture. Please send it again, or the PDF from your bank.",
}
_PAID_ALREADY = "This invoice was paid in the meantime; nothing is left to pay with this proof."
_GIVEN_UP_AFTER = timedelta(days=21)


class Office:
    """A clerk at work."""

    def __init__(self, timeline: Timeline, cast: Cast) -> None:
        self._timeline, self._cast = timeline, cast
        self._clerk = cast.staff["clerk"]

    def proof_came(self, sent: ProofInfo, intent: Intent, bill: Bill, facts: ProofFacts) -> None:
        """Go on by what the portal decided: wait for the bank, or look at it some hours later."""
        if sent.state is ProofState.VERIFIED:
            self._expect(sent, intent, facts)
        elif sent.state is ProofState.REVIEW:
            later = clock.now() + timedelta(hours=4)
            moment = max(in_office(clock.day_of(later), 45 + sent.id % 60), later)
            self._timeline.plan(moment, partial(self._decide, sent, intent, bill, facts))

    def money_came(self, buying: Buying, invoice: InvoiceInfo, amount: Money) -> None:
        """Money at the bank that no proof announced."""
        account_id = next(iter(self._cast.bank_accounts.values()))
        text = f"EFT CREDIT {buying.name.name.upper()[:22]}"
        receipt = BankReceipt(amount, clock.today(), account_id, text)
        key = f"demo receipt {invoice.number}"
        payments.record_receipt(buying.id, receipt, [invoice.id], key=key, by=self._clerk.user_id)

    def _expect(self, sent: ProofInfo, intent: Intent, facts: ProofFacts) -> None:
        """The bank shows the money a day or two later; of money that never comes somebody gives up."""
        payment = payments.by_proof(sent.id)
        if payment is None:
            return
        if intent is Intent.NEVER_ARRIVED:
            self._timeline.plan(clock.now() + _GIVEN_UP_AFTER, partial(self._give_up, payment.id))
            return
        days = 1 if facts.payment_type == "immediate" else 2
        day = weekdays_after(max(facts.paid_on, clock.today()), days)
        self._timeline.plan(in_office(day, 40 + sent.id % 50), partial(self._confirm, payment.id, facts, day))

    def _confirm(self, payment_id: int, facts: ProofFacts, day: date) -> None:
        account_id = self._cast.bank_accounts[facts.beneficiary_account]
        text = f"MAGTAPE CREDIT {facts.reference or facts.payer_name}"[:60]
        receipt = BankReceipt(facts.amount, day, account_id, text)
        payments.confirm(payment_id, receipt, key=f"demo confirm {payment_id}", by=self._clerk.user_id)

    def _give_up(self, payment_id: int) -> None:
        payments.expire(payment_id, "The bank has not shown this money in three weeks.", by=self._clerk.user_id)

    def _decide(self, sent: ProofInfo, intent: Intent, bill: Bill, facts: ProofFacts) -> None:
        seen = proofs.detail(sent.public_id).info
        shares = _shares(bill, facts.amount)
        if intent in _REJECTED or not shares:
            words = _REJECTED.get(intent, _PAID_ALREADY)
            proofs.reject(seen.public_id, words, by=self._clerk, seen_version=seen.version)
            return
        accepted = Acceptance(facts.amount, facts.paid_on, shares, _why(intent))
        proofs.accept(seen.public_id, accepted, by=self._clerk, seen_version=seen.version)
        self._expect(seen, intent, facts)


def _shares(bill: Bill, amount: Money) -> tuple[Share, ...]:
    """What the amount pays of the bill's invoices, in their order, as far as it goes."""
    shares, left = [], amount
    for number in bill.numbers:
        part = min(invoices.by_number(number).balance, left)
        if part.cents > 0:
            shares.append(Share(number, part))
            left = left - part
    return tuple(shares)


def _why(intent: Intent) -> str:
    return {
        Intent.SHORT: "Part payment, agreed by telephone; the rest follows.",
        Intent.OVER: "Paid too much; the rest stays on account.",
        Intent.NO_REFERENCE: "No reference, but payer and amount fit this invoice only.",
    }.get(intent, "Compared with the invoice by eye; it fits.")
