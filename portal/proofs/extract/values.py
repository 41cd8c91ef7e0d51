"""One value out of the words beside a label, by what kind of value it is; None when the words are no such value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.proofs.extract.amounts import Figure, figures_in, only_figure
from portal.proofs.extract.dates import Dated, dates_in
from portal.proofs.extract.lines import Token

_MASK = r"[.*xX•●·…#_–-]"
_ACCOUNT = re.compile(
    rf"(?:{_MASK}{{2,24}}(?: {_MASK}{{2,24}}){{0,5}} ?|{_MASK}{{0,24}})[0-9](?:[0-9 *xX•●·…#.-]*[0-9])?"
)
_HAS_DIGIT = re.compile(r"[0-9]")
_TRACE_TOKEN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9/_.:#-]{3,}$")
_LONGEST_REFERENCE = 64
_LONGEST_NAME = 70
#: kinds of account that banks print before a number; they belong to nobody's name
_ACCOUNT_WORDS = re.compile(
    r"\b(?:a/c|acc(?:ount)?|rek(?:ening)?)\b[\s.:#]*(?:no|nr|number|nommer)?[\s.:]*(?=[.*x•\d])", re.I
)

#: words that may lead to an amount or follow it; shorter ones right behind it are units
_LEADING_WORDS = frozenset(
    {
        "r", "zar", "rand", "rands", "amount", "total", "sum", "paid", "payment", "cur", "currency", "value", "of",
        "the", "you", "sent", "bedrag", "betaal", "totaal", "som", "van",
    }
)  # fmt: skip
_FOLLOWING_WORDS = frozenset(
    {
        "r", "zar", "on", "to", "was", "has", "for", "and", "fee", "vat", "op", "aan", "is", "en", "no",
    }
)  # fmt: skip
_OTHER_UNITS = frozenset(
    {
        "points", "pula", "dollar", "dollars", "euro", "euros", "pounds", "pound", "metical", "kwacha", "cedi",
        "naira", "rupee", "rupees", "yuan", "yen", "loti", "emalangeni", "namibian", "monthly", "each", "less",
        "maximum", "minimum", "estimated",
    }
)  # fmt: skip
_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the reading gives it, the words it was read from, and how well its form fits (0 to 1)."""

    text: str
    tokens: tuple[Token, ...]
    fit: float


def joined(tokens: Sequence[Token]) -> str:
    """The words with one space between them; none where a line was broken behind a dash."""
    text = ""
    for at, token in enumerate(tokens):
        broken = at > 0 and tokens[at - 1].text.endswith("-") and token.y0 > tokens[at - 1].middle
        text += token.text if broken or not text else f" {token.text}"
    return text


def amount(tokens: Sequence[Token]) -> tuple[Value, str] | None:
    """An amount and its currency; None when there is none, or more than one, or it is damaged."""
    text = joined(tokens)
    figure = only_figure(text)
    fit = 1.0
    seen_by_engine = min((token.word.confidence for token in tokens), default=1.0) < 1.0
    if figure is None:
        figures = [found for found in figures_in(text) if found.has_currency or found.has_cents]
        if len(figures) != 1 or _digits_outside(text, figures[0]):
            return None
        figure, fit = figures[0], 0.9
    if figure.money.cents <= 0 or _is_qualified(text, figure):
        return None
    if seen_by_engine and (
        (figure.money.currency != "ZAR" and "$" in text) or not (figure.has_cents or figure.has_currency)
    ):
        return None  # the engine sees $ for 5, and single digits in specks
    if not figure.has_cents:
        # a lost decimal point makes a hundred times the money
        fit *= 0.8 if figure.has_currency else 0.5
        if not figure.has_currency and figure.money.cents >= 10**8:
            return None
    return Value(figure.money.plain, _between(tokens, figure.start, figure.end), fit), figure.money.currency


def _is_qualified(text: str, figure: Figure) -> bool:
    """Whether what stands around an amount makes it another: a sign of a currency we do not know, ``up to``, brackets."""
    before, after = text[: figure.start].strip(), text[figure.end :].strip()
    if any(unicodedata.category(letter) == "Sc" for letter in before + after) or (before[-1:] + after[:1] == "()"):
        return True
    led = [word for word in re.findall(r"[^\W\d_]+", before) if word.lower() not in _LEADING_WORDS]
    followed = re.findall(r"[^\W\d_]+", after)
    unit = followed[0].lower() if followed else ""
    is_unit = bool(unit) and unit not in _FOLLOWING_WORDS and (len(unit) < _SHORTEST_WORD or unit in _OTHER_UNITS)
    return bool(led) or is_unit


def day(tokens: Sequence[Token], form: str | None = None) -> Value | None:
    """The first date of the words. form: the way this bank writes it, where that is known."""
    text = joined(tokens)
    found: list[Dated] = dates_in(text)
    if not found:
        return None
    first = found[0]
    fit = 1.0 if first.start <= 3 else 0.9
    if form is not None and first.form != form:
        fit *= 0.6
    if first.form in ("short year", "compact"):
        fit *= 0.85
    return Value(first.day.isoformat(), _between(tokens, first.start, first.end), fit)


def account(tokens: Sequence[Token]) -> Value | None:
    """An account number as printed, its mask too: at least three digits."""
    text = joined(tokens)
    best: re.Match[str] | None = None
    for match in _ACCOUNT.finditer(text):
        if text[match.end() : match.end() + 1].isalpha() or text[: match.start()].endswith(("R", "ZAR ", "/")):
            continue
        if sum(letter.isdigit() for letter in match[0]) >= (sum(c.isdigit() for c in best[0]) if best else 3):
            best = match
    if best is None:
        return None
    damaged = re.fullmatch(r".{0,3}[0-9._]\.\s?([0-9]{4,})", best[0])
    if damaged and not re.fullmatch(r"\.+\s?[0-9]+", best[0]):
        # no account number has a point in it: what stands before it was the mask
        return Value(f"..{damaged[1]}", _between(tokens, best.start(), best.end()), 0.85)
    printed = best[0].strip(" -_–") if not best[0].startswith("-") else best[0].lstrip("-– ").strip()
    rest = re.sub(r"[^A-Za-z]", "", text[: best.start()] + text[best.end() :])
    return Value(printed, _between(tokens, best.start(), best.end()), 1.0 if not rest else 0.9)


def name(tokens: Sequence[Token]) -> Value | None:
    """Who: words with letters in them, without the star some banks put before a payer."""
    text = joined(tokens).strip().lstrip("*:").strip()
    text = _ACCOUNT_WORDS.split(text)[0].strip(" ,;-–")
    letters = sum(letter.isalpha() for letter in text)
    if letters < 2 or len(text) > _LONGEST_NAME or len(text.split()) > 10:
        return None
    if only_figure(text) is not None or (letters < 4 and letters < len(text) / 3):
        return None
    return Value(text, tuple(tokens), 1.0 if letters >= 3 else 0.7)


def bank(tokens: Sequence[Token]) -> Value | None:
    """A bank's name as printed."""
    text = joined(tokens).strip(" :-–")
    letters = sum(letter.isalpha() for letter in text)
    if letters < 3 or len(text) > 50 or len(text.split()) > 7:
        return None
    return Value(text, tuple(tokens), 1.0)


def trace(tokens: Sequence[Token]) -> Value | None:
    """The bank's own number: pieces that hold a digit, at least four signs long."""
    pieces: list[Token] = []
    for token in tokens:
        text = token.text.strip(",;")
        lonely = len(tokens) == 1 and text.isupper() and len(text) >= 6
        if (lonely or _HAS_DIGIT.search(text)) and (_TRACE_TOKEN.match(text) or (pieces and len(text) <= 8)):
            pieces.append(token)
        elif pieces:
            break
        elif len(tokens) > 6:
            return None
    text = joined(pieces).strip(" ,;.")
    if sum(letter.isalnum() for letter in text) < 4 or len(text) > 80:
        return None
    return Value(text, tuple(pieces), 1.0 if len(pieces) == len(tokens) else 0.85)


def reference(tokens: Sequence[Token]) -> Value | None:
    """What somebody typed: nearly anything short."""
    text = joined(tokens).strip(" :").strip("\"'“”‘’")
    if not text or len(text) > _LONGEST_REFERENCE or len(text.split()) > 9:
        return None
    if not any(letter.isalnum() for letter in text) or text.lower() in ("n/a", "none", "not provided", "geen", "nvt"):
        return None
    return Value(text, tuple(tokens), 1.0)


def short_words(tokens: Sequence[Token]) -> Value | None:
    """A word or a few: a payment type or a status."""
    text = joined(tokens).strip(" :.")
    if not text or len(text) > 48 or len(text.split()) > 6 or not any(letter.isalpha() for letter in text):
        return None
    return Value(text, tuple(tokens), 1.0)


PARSERS: dict[str, Callable[[Sequence[Token]], Value | None]] = {
    "date": day, "beneficiary_account": account, "payer_account": account, "beneficiary_name": name,
    "payer_name": name, "beneficiary_bank": bank, "payer_bank": bank, "trace_id": trace, "reference": reference,
    "payment_type": short_words, "status": short_words,
}  # fmt: skip


def _between(tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...]:
    """The tokens that overlap a stretch of their joined text."""
    found: list[Token] = []
    at = 0
    for token in tokens:
        if at < end and start < at + len(token.text):
            found.append(token)
        at += len(token.text) + 1
    return tuple(found) or tuple(tokens)


def _digits_outside(text: str, figure: Figure) -> bool:
    """Digits that touch the amount or look like part of one: then nobody knows which is meant."""
    rest = text[: figure.start] + " " + text[figure.end :]
    return bool(re.search(r"[0-9]", re.sub(r"[0-9]{1,2}[:hH][0-9]{2}|[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}", "", rest)))
