"""Words by which a document takes back what it seems to say: this payment failed, waits, was cancelled, is a specimen.

A second pair of eyes beside the reading's own ``status``: a bank whose wording nobody has met must not slip through.
In the head of the payment's page, down to the last deciding field, any such word counts. Below it and on other pages
stand disclaimers about payments in general: there a word counts alone on its line, or in a sentence about this payment.
Source: docs/rules/verdict.md, V8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from portal.core.text import squeeze
from portal.proofs.types import Page, Reading, Word

_DENIALS = re.compile(
    r"\b(?:un|not (?:been )?|in)success\w*|\bonsuksesvol\w*|\bnie (?:\w+ )?suksesvol\w*"
    r"|\bfail(?:ed|ure|s)\b|\bdeclined\b|\brejected\b|\brevers(?:ed|al)\b|\bcancell?(?:ed|ation)\b|\bpending\b|\bon hold\b"
    r"|\b(?:re-?)?schedul\w+|\b(?:future|post)[- ]?dated\b|\bawait\w*|\bwaiting for\b|\bqueued\b|\binsufficient\b"
    r"|\b(?:not|never)(?: yet)?(?: been)? (?:yet )?(?:paid|processed|made|complete\w*|authori[sz]ed|released|transferred"
    r"|sent|left|credited|cleared)\b"
    r"|\bno (?:funds|money|payment)\b|\bwill be (?:paid|processed|made|sent)\b|\b(?:to|must) be (?:authori[sz]ed|released)\b"
    r"|\brequires? (?:\w+ ){0,2}(?:release|authori[sz]ation|approval)\b|\bsubject to authori[sz]ation\b"
    r"|\bfor (?:final |a |second )*(?:authori[sz]ation|approval|release)\b"
    r"|\b(?:was|were|is|been) (?:\w+ )?(?:stopped|recalled|returned|refunded|dishonou?red|voided|suspended|blocked"
    r"|requested|captured|loaded|set up|held)\b"
    r"|\b(?:bounced|unpaid|dishonou?red|subsequently|refund(?:ed)?|recalled|timed out|abandoned|simulat\w+)\b"
    r"|\b(?:is|are) not (?:yet )?(?:final|complete)\b|\bafter (?:release|approval|authori[sz]ation)\b"
    r"|\b(?:could not be|unable to|regret|(?:has|have) been requested)\b|\bpress (?:confirm|submit|pay)\b"
    r"|\bbefore you (?:confirm|pay|submit)\b|\bpreview of\b"
    r"|\bmisluk\w*|\bgeweier\b|\bafgekeur\b|\bhangend\w*|\bgeskeduleer\w*|\bgekanselleer\w*|\bomgekeer\w*"
    r"|\bnog nie\b|\bgeen fondse\b|\bwag (?:vir|op)\b|\bvooruitgedateer\w*|\bonvoldoende\b|\bteruggetrek\b|\bgestop\b"
    r"|\bterugbetaal\b|\bsal (?:gemaak|betaal|verwerk) word\b|\bin afwagting\b",
    re.IGNORECASE,
)
#: any denying or deferring word at all: in the head of a notice of a payment made there is none
_DOUBTS = re.compile(
    r"\b(?:not|never|cannot|nie|nog|yet|moet|\w+n['’]t)\b|\bstill (?:to|be)\b|\bto be (?:paid|made|sent|processed)\b"
    r"|\bun(?:confirm|complet|authori[sz]|process|settl|clear|releas|verifi|resolv|paid)\w*|\bon(?:vol|bevestig|betaal)\w*"
    r"|\bincomplete\w*|\b(?:abort|withdr[ae]w|delay|deferr?|disput|interrupt|intend|reserv|revok|retract|stop|suspend)\w*"
    r"|\bchargeback\b|\btry again\b|\bretry\b|\b(?:went|gone|is) wrong\b|\berror\b|\b(?:under|being|for) review\w*"
    r"|\bwill (?:execute|expire|go|leave|clear|be)\b|\b(?:verification|confirmation|clearance) outstanding\b"
    r"|\bproposed\b|\bplanned\b|\bcaptured\b(?! (?:by|on|date|at)\b)|\bvertraag\w*|\bbeoog\w*|\bsal\b",
    re.IGNORECASE,
)
#: words that make a document none, where they stand alone: a stamp, a watermark, a button
_MARKS = re.compile(
    r"(?:a |the |'n )?(?:sample|specimen|draft|void(?:ed)?|test|template|demo(?:nstration)?|example|preview|unpaid|not paid|expired|"
    r"pro[ -]?forma|quotation|quote|estimate|reminder|amount (?:owing|due|outstanding)|"
    r"voorbeeld|konsep|nietig|toets|onbetaald|kwotasie|pay now|confirm(?: and pay| payment)?|submit(?: payment)?|"
    r"(?:payment|betaling) (?:preview|reminder|request|not released|voorskou|versoek)|request for payment)"
    r"(?: only| copy| document)?\W*",
    re.IGNORECASE,
)
_NO_PROOF = re.compile(
    r"\b(?:not|no|never|nor)\b(?: \w+){0,4} (?:proof|evidence|confirmation) of (?:this |the |any )?payment\b"
    r"|\b(?:nie|geen)\b(?: '?\w+){0,4} (?:bewys|bevestiging) van (?:hierdie |die )?betaling\b"
    r"|\b(?:for|vir) (?:training|illustration|demonstration|test\w*|opleiding|demonstrasie)\b|\bno payment was made\b",
    re.IGNORECASE,
)
#: what notices say of replying and of numbers that are kept back
_HARMLESS = re.compile(
    r"\b(?:do|please do) not (?:reply|respond|answer)\b|\bnot applicable\b|\bnie van toepassing\b|\bdate captured\b"
    r"|\bmoenie (?:antwoord|op)\b|\b(?:moenie|nie) \w+ antwoord nie\b|\bnot (?:printed|provided|supplied|shown|available)\b",
    re.IGNORECASE,
)
#: wording under conditions speaks of payments in general
_CONDITIONAL = re.compile(
    r"\b(?:if|should|unless|in the event|when|(?<![0-9][-/. ])may(?![-/,.]? ?[0-9])|might|cannot|whether|until|where|please(?! (?:note|be advised|take note))|never|guarantee[sd]?|warrant\w*"
    r"|responsible|liab\w+|indien|wanneer|kan|mag|tensy|waarborg|aanspreeklik\w*|does not|do not|can be|could be|would be)\b",
    re.IGNORECASE,
)
_THIS_ONE = re.compile(
    r"\b(?:this|the|your|above|following|you have a|hierdie|die|u|bogenoemde) (?:following |above |volgende )?"
    r"(?:payment|transaction|transfer|instruction|eft|betaling|transaksie|oordrag)\b",
    re.IGNORECASE,
)
_DECIDING = ("amount", "date", "reference", "beneficiary_account")
#: what people typed or are called is no statement of the bank
_NAMES = ("reference", "beneficiary_name", "payer_name")
#: a line's height below the last deciding field, in fractions of the page
_BELOW = 0.02
#: so few words stand alone on their line; after a line of so many without an end they may continue a sentence
_FEW, _PROSE = 4, 8
#: a sentence this short speaks of the payment on its page, not of payments in general
_CURT = 5


def denial_in(reading: Reading) -> str | None:
    """The words that say the payment was not made, or the document is none; None when there are none."""
    head = squeeze(" ".join(word.text for word in _head(reading)))
    found = _DENIALS.search(head) or _DOUBTS.search(_HARMLESS.sub(" ", head))
    if found is not None:
        return found[0]
    for page in reading.pages:
        lines = [squeeze(line) for line in _lines(_without_names(reading, page))]
        denied = _marked(lines) or _told(lines)
        if denied is not None:
            return denied
    return None


def _marked(lines: Sequence[str]) -> str | None:
    """A line of a few words that is such a mark, or takes the payment back by itself."""
    before = ""
    for line in lines:
        if _MARKS.fullmatch(line):
            return line
        stands_alone = len(line.split()) <= _FEW and not line[:1].islower() and not _goes_on(before)
        if stands_alone and (found := _DENIALS.search(line) or _DOUBTS.search(_HARMLESS.sub(" ", line))) is not None:
            return found[0]
        before = line
    return None


def _told(lines: Sequence[str]) -> str | None:
    """A sentence without conditions that takes this payment back, or says that the document is no proof of one.

    A curt one ("Money has not been moved.") need not name the payment.
    """
    text, before = "", ""
    for line in lines:
        text += f" {line}" if _goes_on(before) else f"\n{line}"
        before = line
    for sentence in re.split(r"(?<=[.!?:;])\s|\n", text):
        if (found := _NO_PROOF.search(sentence)) is not None:
            return found[0]
        found = _DENIALS.search(sentence) or _DOUBTS.search(_HARMLESS.sub(" ", sentence))
        if found is None or _CONDITIONAL.search(sentence):
            continue
        if _THIS_ONE.search(sentence) or (sentence.endswith(".") and len(sentence.split()) <= _CURT):
            return found[0]
    return None


def _goes_on(line: str) -> bool:
    """Whether a sentence that fills a line runs on into the next."""
    return len(line.split()) >= _PROSE and not line.endswith((".", ":", "!"))


def _head(reading: Reading) -> list[Word]:
    deciding = [field for name in _DECIDING if (field := reading.fields.get(name)) is not None]
    if not deciding:
        return []
    page = deciding[0].page
    bottom = max(field.box[3] for field in deciding if field.page == page) + _BELOW
    sheet = next((sheet for sheet in reading.pages if sheet.number == page), None)
    return [word for word in _without_names(reading, sheet) if word.box[1] <= bottom] if sheet is not None else []


def _without_names(reading: Reading, page: Page) -> list[Word]:
    names = [field.box for name in _NAMES if (field := reading.fields.get(name)) and field.page == page.number]
    return [word for word in page.words if not any(_inside(word, box) for box in names)]


def _lines(words: Sequence[Word]) -> Iterator[str]:
    """Words in reading order, joined as long as they stand beside each other without a wide gap."""
    line: list[Word] = []
    for word in words:
        if line and not _follows(line[-1], word):
            yield " ".join(each.text for each in line)
            line = []
        line.append(word)
    if line:
        yield " ".join(each.text for each in line)


def _follows(last: Word, word: Word) -> bool:
    height = max(last.box[3] - last.box[1], 1e-6)
    beside = abs((word.box[1] + word.box[3]) - (last.box[1] + last.box[3])) / 2 < 0.6 * height
    return beside and -0.5 * height < word.box[0] - last.box[2] < 2.5 * height


def _inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
