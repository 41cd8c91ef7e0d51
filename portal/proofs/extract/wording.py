"""What a document is and what it says happened: its title, its status and its sentences.

Source: docs/rules/reading.md, D14 and D15.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from portal.proofs.extract.general import Patterns, Wording, wording
from portal.proofs.extract.labels import squeezed
from portal.proofs.extract.lines import Cell, Line, Token
from portal.proofs.types import PROOF_OF_PAYMENT

MADE = "made"
#: what else may have become of a payment, the gravest first
NOT_MADE = ("reversed", "awaiting authorisation", "failed", "scheduled", "pending")
#: status wording that is told by its sentence must speak of the payment itself
_SUBJECT = re.compile(r"\b(?:payment|transaction|transfer|instruction|eft|it|betaling|transaksie|oordrag|instruksie)\b")
_PAST_OR_PRESENT = re.compile(r"\b(?:is|was|has|have|had|been|being|were|are|word|is|het|will|sal)\b")
_THIS_ONE = re.compile(
    r"\b(?:this|your|the|following|hierdie|u|die) (?:following )?"
    r"(?:payment|transaction|transfer|instruction|betaling|transaksie)\b"
)
_TITLE_WORDS = 8
#: an engine may misread a letter of a word this long
_LONG_WORD = 6


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of the document, how clear it is (0 to 1), and its words."""

    value: str
    clarity: float
    tokens: tuple[Token, ...]


def status_of(printed: str, *, seen: bool = False) -> str:
    """What a printed status (``Successful``, ``Pending approval``) means; its own words where they mean nothing we know.

    Every word of a payment that was made must say so: ``Accepted for processing`` and ``Captured`` do not.
    seen: whether an engine read it, which may have got one letter of a long word wrong.
    """
    plain = _plain(printed)
    told = _status_in(plain, wording())
    if told is not None:
        return told
    return MADE if _says_made(plain, seen=seen) else plain


def _says_made(plain: str, *, seen: bool) -> bool:
    table = wording()
    words = [word for word in re.split(r"[^a-z0-9']+", plain) if word and not word.isdigit()]
    told = [word for word in words if word not in table.made_around]
    return bool(told) and all(
        word in table.made_words
        or (
            seen
            and len(word) >= _LONG_WORD
            and any(Levenshtein.distance(word, known) == 1 for known in table.made_words)
        )
        for word in told
    )


def claims(said: Said) -> bool:
    """Whether a title says that money went; ``Payment details`` and ``Once-off payment`` head forms as well."""
    letters = squeezed(" ".join(token.text for token in said.tokens))
    return not any(letters == squeezed(title) for title in wording().neutral_titles)


def status_in(lines: Sequence[Line], last_field: int) -> Said | None:
    """What the document says happened to the payment, outside a labelled status.

    last_field: the line of the last field; prose below it is small print, and only believed where it speaks of this
    payment without conditions. Anything but "made" outweighs "made" wherever it stands.
    """
    table = wording()
    made: Said | None = None
    for at, line in enumerate(lines):
        for cell in line.cells:
            plain = _plain(cell.text)
            following = _plain(lines[at + 1].text) if at + 1 < len(lines) and len(cell.tokens) > 7 else ""
            found = _stated(cell, plain, following, line.at <= last_field, table)
            if found is not None:
                return Said(found, 0.95, cell.tokens)
            if made is None and _confirms(plain, table):
                made = Said(MADE, 0.95, cell.tokens)
    return made


def document_type(lines: Sequence[Line], kinds: Collection[str]) -> Said | None:
    """What kind of document this is.

    kinds: which kinds of label were found with a value; a payment has an amount and says to whom or under which number.
    Returns None when there is nothing to go by.
    """
    table = wording()
    titled = _titled(lines, table)
    confirming = next((cell for line in lines for cell in line.cells if _confirms(_plain(cell.text), table)), None)
    weights = {name: _marked(lines, phrases) for name, phrases in table.marks.items()}
    is_payment = "amount" in kinds and bool({"trace_id", "account", "beneficiary", "reference"} & set(kinds))
    heaviest = max(weights, key=lambda name: weights[name])
    if (
        titled
        and titled.value != PROOF_OF_PAYMENT
        and (weights.get(titled.value, 0) >= 1 or not (confirming and is_payment))
    ):
        return titled
    if weights[heaviest] >= 3 and (titled is None or titled.value != PROOF_OF_PAYMENT):
        return Said(heaviest, 0.8, ())
    if titled and titled.value == PROOF_OF_PAYMENT and is_payment:
        return titled
    if confirming is not None and is_payment:
        return Said(PROOF_OF_PAYMENT, 0.9, confirming.tokens)
    if titled is not None:
        return Said("other" if titled.value == PROOF_OF_PAYMENT else titled.value, 0.6, titled.tokens)
    return Said("other", 0.6, ()) if lines else None


def payer_in(lines: Sequence[Line]) -> tuple[str, tuple[Token, ...]] | None:
    """Who paid, from a sentence like ``Please be advised that X made a payment to your account``."""
    for at, line in enumerate(lines):
        tokens = [token for cell in line.cells for token in cell.tokens]
        if len(tokens) < 4:
            continue
        below = [token for cell in lines[at + 1].cells for token in cell.tokens] if at + 1 < len(lines) else []
        text = " ".join(token.text for token in [*tokens, *below])
        first_length = len(" ".join(token.text for token in tokens))
        for pattern in wording().payer_sentences:
            match = pattern.search(text)
            if match is None or match.start() > first_length:
                continue
            name = re.sub(
                r"^(?:hi|hello|hey|dear|good|day|there|morning|afternoon)\b.{0,30}?,\s*", "", match["name"], flags=re.I
            )
            name = name.strip(" ,;*")
            named = _tokens_between([*tokens, *below], match.start("name"), match.end("name"))
            if named and _is_a_name(name):
                return name, named
    return None


def begins_small_print(text: str) -> bool:
    """Whether a line is where a notice's fields end: ``END OF NOTIFICATION``, ``Important notes``."""
    return _any(wording().small_print, _plain(text))


def tells_of_payment(text: str) -> bool:
    """Whether a sentence says that a payment was made, without conditions."""
    plain, table = _plain(text), wording()
    told = _confirms(plain, table) or bool(_any(table.made, plain) and _SUBJECT.search(plain))
    first = re.split(r"(?<=[a-z0-9][.!])\s", plain)[0]
    return told and not _any(table.conditional, first)


def _is_a_name(name: str) -> bool:
    """A first name alone, or a phrase about accounts, names nobody."""
    words = name.split()
    plain = name.lower()
    about = re.search(
        r"\b(?:your|my|the|this|our|we|you|i|it|has|that|dat|please|kindly|account|payment|u|ons|my|die|hierdie|following)\b",
        plain,
    )
    return 2 <= len(words) <= 9 and not about and sum(letter.isalpha() for letter in name) >= 3


def _stated(cell: Cell, plain: str, following: str, is_above: bool, table: Wording) -> str | None:
    """The status a cell states: a heading, alone or before a sentence, by itself; sentences when they speak of it."""
    text = plain if len(cell.tokens) <= _TITLE_WORDS else f"{plain} {following}".strip()
    for sentence in re.split(r"(?<=[.!:;])\s", text):
        if _any(table.conditional, sentence):
            continue
        is_heading = is_above and len(sentence.split()) <= _TITLE_WORDS
        found = _status_in(sentence, table)
        if found is not None and (_heads(sentence) if is_heading else _tells(sentence, is_above)):
            return found
    return None


def _heads(sentence: str) -> bool:
    """Whether a few words are about the payment: they name it, or nothing else."""
    return _SUBJECT.search(sentence) is not None or len(sentence.split()) <= 3


def _tells(sentence: str, is_above: bool) -> bool:
    """Whether a sentence speaks of the payment, and in small print of this one."""
    speaks = _SUBJECT.search(sentence) is not None and _PAST_OR_PRESENT.search(sentence) is not None
    return speaks and (is_above or _THIS_ONE.search(sentence) is not None)


def _status_in(plain: str, table: Wording) -> str | None:
    for status in NOT_MADE:
        if _any(table.status[status], plain):
            return status
    return None


def _titled(lines: Sequence[Line], table: Wording) -> Said | None:
    """The title: a short cell that is, or begins with, a known title; the larger print wins, then the higher."""
    found: list[tuple[float, Said]] = []
    for line in lines:
        for cell in line.cells:
            letters = squeezed(cell.text)
            if len(cell.tokens) > _TITLE_WORDS or len(letters) < 4:
                continue
            kind = _title_kind(letters, table)
            if kind is not None:
                found.append((cell.height - 0.002 * line.at, Said(kind, 0.95, cell.tokens)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _title_kind(letters: str, table: Wording) -> str | None:
    best: tuple[int, str] | None = None
    for kind, titles in table.titles.items():
        for title in titles:
            name = squeezed(title)
            near = letters == name or (
                len(name) >= 10 and (letters.startswith(name) or fuzz.ratio(letters, name) >= 90)
            )
            if near and (best is None or len(name) > best[0]):
                best = (len(name), kind)
    return best[1] if best else None


def _marked(lines: Sequence[Line], phrases: Sequence[str]) -> int:
    """How many of a document type's marks are printed at the start of a cell."""
    cells = [squeezed(cell.text) for line in lines for cell in line.cells]
    return sum(any(cell.startswith(squeezed(phrase)) for cell in cells) for phrase in phrases)


def _confirms(plain: str, table: Wording) -> bool:
    """Whether words confirm a payment, rather than ask for one or for its proof, or speak of one under conditions."""
    return any(
        _any(table.confirms, sentence) and not _any(table.requests, sentence)
        for sentence in re.split(r"(?<=[a-z0-9][.!])\s", plain)
    )


def _any(patterns: Patterns, plain: str) -> bool:
    return any(pattern.search(plain) for pattern in patterns)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("’", "'").replace("‘", "'")).strip()


def _tokens_between(tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...]:
    found, at = [], 0
    for token in tokens:
        if at < end and start < at + len(token.text):
            found.append(token)
        at += len(token.text) + 1
    return tuple(found)
