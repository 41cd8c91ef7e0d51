"""What is noticed of documents that were tampered with, and how often a genuine one is suspected.

Every forged document claims exactly what an open invoice owes, with its reference and our account: nothing but the
signals of tampering stands between it and an automatic accept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from portal.core.money import Money
from portal.demo import names
from portal.demo.drawing.facts import Drawn, Form, ProofFacts, Style
from portal.demo.drawing.forgery import Forgery, forge
from portal.demo.drawing.proofs import draw
from portal.proofs import pipeline
from portal.proofs.types import Case, OpenInvoice, OurAccount, Reading
from tests.bench.figures import Figure, Table

TODAY = date(2026, 3, 16)
PAID_ON = date(2026, 3, 13)
REFERENCE = "360H997WW"
PICTURES = (Form.SCREENSHOT_PHONE, Form.WHATSAPP)
GENUINE = (Form.PDF, Form.PDF_ENCRYPTED, Form.SCREENSHOT_PHONE, Form.WHATSAPP, Form.PHOTO)
#: says that a picture is too small to tell, and accuses nobody
_NO_SUSPICION = {"digits_not_compared"}
ON_PICTURES = frozenset({Forgery.IMAGE_AMOUNT, Forgery.CLEAN_IMAGE_AMOUNT})


def measure() -> list[Figure | Table]:
    """Found by kind and signal; false alarms; and what would have been accepted by itself."""
    rows, found, made, accepted = [], 0, 0, 0
    for kind in Forgery:
        signals: Counter[str] = Counter()
        noticed = total = passed = 0
        for drawn, claimed in _forged(kind):
            reading = pipeline.read(drawn.data)
            codes = {signal.code for signal in reading.signals if signal.severity != "info"}
            signals.update(codes)
            total += 1
            noticed += bool(codes)
            passed += _verdict(reading, claimed) == "verified"
        rows.append([kind.value, str(total), str(noticed), str(passed), _shown(signals)])
        found, made, accepted = found + noticed, made + total, accepted + passed
    alarms, genuine, verified, suspected = _false_alarms()
    rows.append(["none (genuine)", str(genuine), str(suspected), str(verified), _shown(alarms)])
    return [
        Figure("forged documents with a signal", 100 * found / made, "%", least=80),
        Figure("forged documents accepted by themselves", accepted, "", 0),
        Figure("genuine documents suspected", 100 * suspected / genuine, "%", 5),
        Table(
            "Forged documents",
            "Drawn by the project's own generator in every bank's style; each would fit an open invoice to the cent.",
            ("what was done", "documents", "with a signal", "accepted", "signals"),
            rows,
        ),
    ]


def _forged(kind: Forgery) -> Iterator[tuple[Drawn, Money]]:
    for number, style in enumerate(Style):
        for form in PICTURES if kind in ON_PICTURES else (Form.PDF,):
            facts = _facts(1_284_50 + 7_311 * number, number)
            claimed = facts.amount * 10
            try:
                yield forge(draw(facts, style=style, form=form), kind, to=claimed), claimed
            except ValueError:
                continue  # not every bank prints words


def _false_alarms() -> tuple[Counter[str], int, int, int]:
    signals: Counter[str] = Counter()
    total = verified = suspected = 0
    for number, style in enumerate(Style):
        for form in GENUINE:
            facts = _facts(12_845_00 + 7_311 * number, 100 + number)
            try:
                drawn = draw(facts, style=style, form=form)
            except ValueError:
                continue  # not every bank encrypts
            reading = pipeline.read(drawn.data)
            codes = {signal.code for signal in reading.signals if signal.severity != "info"}
            signals.update(codes)
            total += 1
            suspected += bool(codes - _NO_SUSPICION)
            verified += _verdict(reading, facts.amount) == "verified"
    return signals, total, verified, suspected


def _facts(cents: int, seed: int) -> ProofFacts:
    return ProofFacts(amount=Money.zar(cents), paid_on=PAID_ON, reference=REFERENCE, seed=seed, words=True)


def _verdict(reading: Reading, owed: Money) -> str:
    case = Case(
        today=TODAY, customer_code="C0235", customer_name="Karooveld Drilling (Pty) Ltd",
        our_accounts=tuple(
            OurAccount(each.bank, each.branch, each.number, names.OUR_SHORT_NAME) for each in names.OUR_ACCOUNTS
        ),
        open_invoices=(OpenInvoice("INV-2026-02805", REFERENCE, owed, date(2026, 3, 1), date(2026, 4, 1)),),
        earlier_proofs=(),
    )  # fmt: skip
    return pipeline.judge(reading, case).verdict.value


def _shown(signals: Counter[str]) -> str:
    return ", ".join(f"{code} {count}" for code, count in signals.most_common()) or "none"
