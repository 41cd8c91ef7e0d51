"""A verdict as people read it: numbered lines, each with its box on the page. The same for customers and staff.

Customers see which parts need a person, not how we look for forgery (design.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.proofs.types import Box, Check, Outcome, Page, Reading, Verdict

_STAFF = {
    "amount": "Amount", "reference": "Reference", "beneficiary_account": "Paid to", "date": "Date",
    "not_seen_before": "Seen before", "tamper": "Untouched", "is_pop": "Kind of document",
    "status": "State of the payment", "confidence": "Legible",
}  # fmt: skip
_CUSTOMER = {
    "amount": ("Amount {found}", "Amount"), "reference": ("Reference {found}", "Reference"),
    "beneficiary_account": ("Paid to our account", "The account it was paid to"), "date": ("Dated {found}", "Date"),
    "not_seen_before": ("Not seen before", "Sent before"), "is_pop": ("A proof of payment", "Kind of document"),
    "status": ("The payment was made", "State of the payment"),
}  # fmt: skip
#: customers hear of these together, as one line that a person looks at
_HIDDEN = {"tamper", "confidence"}
#: which field a check looks at first
_FIELDS = {
    "amount": "amount", "reference": "reference", "beneficiary_account": "beneficiary_account", "date": "date",
    "not_seen_before": "trace_id",
}  # fmt: skip
#: what the top of the review screen says of a check that does not pass
_HEADLINES = {
    "tamper": ("The document was probably changed", "The document may have been changed"),
    "not_seen_before": ("This payment was sent before", "This payment may have been sent before"),
    "is_pop": ("This is no proof of payment", "This may be no proof of payment"),
    "status": ("The payment was not made", "It is not clear that the payment was made"),
    "beneficiary_account": ("Paid to another account", "The account does not show clearly"),
    "amount": ("The amount does not fit", "The amount is not certain"),
    "reference": ("The reference does not fit", "The reference names no invoice for certain"),
    "date": ("The date does not fit", "The date is not certain"),
    "confidence": ("The document is hard to read", "The document is hard to read"),
}
#: paper around a box, in per cent of the page; and how close two boxes' numbers may be, across and down
_AIR, _DISC, _FURTHER = 0.35, (6.0, 2.6), -34
_ORDER = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}
_OUTCOME_WORDS = {Outcome.FAIL: "Does not fit", Outcome.UNKNOWN: "Not sure", Outcome.PASS: "Fits"}


@dataclass(frozen=True, slots=True)
class Line:
    """One check as a page shows it. tone is ``pass``, ``unknown`` or ``fail``; view is the crop, in pixels."""

    id: str
    n: int
    tone: str
    title: str
    claim: str
    rule: str
    found: str | None
    expected: str | None
    outcome: str
    words: str
    page: int | None
    box: Box | None
    view: str | None
    #: the field of the reading that a person can correct; None where there is none
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on the page picture, in per cent of the page."""

    id: str
    n: int
    tone: str
    label: str
    x: float
    y: float
    w: float
    h: float
    #: where its number stands, in CSS pixels beside the box: further out where it would cover the one above
    shift: int = -13

    @property
    def mid(self) -> float:
        """Half the height of the box, where its number stands."""
        return round(self.y + self.h / 2, 2)


def for_staff(verdict: Verdict, reading: Reading | None) -> list[Line]:
    """Every check: what fails first, then what is unsure, then what fits."""
    checks = sorted(verdict.checks, key=lambda check: _ORDER[check.outcome])
    return [_line(number, check, _STAFF[check.code], reading) for number, check in enumerate(checks, 1)]


def for_customer(verdict: Verdict, reading: Reading | None) -> list[Line]:
    """The checks a customer can act on, failures first; what only staff may know is one plain line."""
    shown = sorted((check for check in verdict.checks if check.code not in _HIDDEN), key=lambda c: _ORDER[c.outcome])
    lines = [_line(number, check, _customer_title(check), reading) for number, check in enumerate(shown, 1)]
    if any(check.code in _HIDDEN and check.outcome is not Outcome.PASS for check in verdict.checks):
        lines.append(_second_look(len(lines) + 1))
    return lines


def headline(verdict: Verdict) -> tuple[str, list[str]] | None:
    """The one thing a clerk has to look at, and the sentences behind it; None when every check fits."""
    doubts = sorted((c for c in verdict.checks if c.outcome is not Outcome.PASS), key=lambda c: _ORDER[c.outcome])
    if not doubts:
        return None
    title = _HEADLINES[doubts[0].code][doubts[0].outcome is Outcome.UNKNOWN]
    told = [check.words for check in doubts[:3]] + [s.words for s in verdict.signals if s.severity != "info"]
    return title, list(dict.fromkeys(told))


def marks(lines: list[Line], page: int) -> list[Mark]:
    """The boxes to draw on one page."""
    found = [
        Mark(line.id, line.n, line.tone, f"{line.title}, {line.outcome.lower()}", *_per_cent(line.box))
        for line in lines
        if line.box is not None and line.page == page
    ]
    crowded = {low.id for high in found for low in found if high is not low and _covers(high, low)}
    return [replace(mark, shift=_FURTHER) if mark.id in crowded else mark for mark in found]


def _covers(high: Mark, low: Mark) -> bool:
    """Whether the number of the lower box would stand on that of the one above it."""
    near = abs(high.x - low.x) < _DISC[0] and 0 <= low.mid - high.mid < _DISC[1]
    return near and (high.mid, high.id) < (low.mid, low.id)


def _line(number: int, check: Check, title: str, reading: Reading | None) -> Line:
    return Line(
        id=f"f-{check.code}", n=number, tone=check.outcome.value, title=title, claim=title, rule=check.words,
        found=_as_words(check), expected=check.expected, outcome=_OUTCOME_WORDS[check.outcome], words=check.words,
        page=check.page, box=check.box, view=_view(check, reading), field=_FIELDS.get(check.code),
    )  # fmt: skip


def _as_words(check: Check) -> str | None:
    """What was read, without our own names for it."""
    if check.code == "tamper" or check.found is None:
        return None
    return check.found.replace("_", " ") if check.code == "is_pop" else check.found


def _second_look(number: int) -> Line:
    return Line(
        id="f-look", n=number, tone=Outcome.UNKNOWN.value, title="The document itself", claim="", rule="", found=None,
        expected=None, outcome="Not sure", words="A person of our team looks at the document.", page=None, box=None, view=None,
    )  # fmt: skip


def _customer_title(check: Check) -> str:
    fits, otherwise = _CUSTOMER[check.code]
    return fits.format(found=check.found or "").strip() if check.outcome is Outcome.PASS else otherwise


def _view(check: Check, reading: Reading | None) -> str | None:
    """The crop of what fails or is unsure, with a little paper around it."""
    if check.box is None or check.outcome is Outcome.PASS or reading is None:
        return None
    page = next((page for page in reading.pages if page.number == check.page), None)
    if page is None:
        return None
    width, height = shown_size(page)
    x0, y0, x1, y1 = check.box
    left, top = max(0.0, x0 * width - 8), max(0.0, y0 * height - 6)
    return f"{left:.0f} {top:.0f} {min(width - left, (x1 - x0) * width + 16):.0f} {(y1 - y0) * height + 12:.0f}"


def shown_size(page: Page) -> tuple[int, int]:
    """Pixels of the page picture: at most 1080 wide, upright."""
    width = min(1080, page.width)
    return width, max(1, round(page.height * width / page.width))


def _per_cent(box: Box) -> tuple[float, float, float, float]:
    """In per cent of the page, with a little paper around, so that the frame does not stand on the letters."""
    x0, y0 = max(0.0, box[0] * 100 - _AIR), max(0.0, box[1] * 100 - _AIR)
    x1, y1 = min(100.0, box[2] * 100 + _AIR), min(100.0, box[3] * 100 + _AIR)
    return round(x0, 2), round(y0, 2), round(x1 - x0, 2), round(y1 - y0, 2)
