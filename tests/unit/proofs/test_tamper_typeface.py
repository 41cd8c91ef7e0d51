"""An amount written into a picture by a forger is noticed by its digits; a bank's own page is left alone."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from portal.core.money import Money
from portal.demo.drawing import forgery, pictures, proofs
from portal.demo.drawing.facts import Drawn, Form, ProofFacts, Style
from portal.demo.drawing.typesetting import proof_pdf
from portal.proofs.reader import read_document
from portal.proofs.tamper import typeface
from portal.proofs.types import Box, FieldValue, Page, Signal

FACTS = ProofFacts(amount=Money(5_826_034), paid_on=date(2026, 10, 25), reference="360KDR47T")
STYLES = (Style.FNB, Style.STANDARD_WEB)


@pytest.mark.parametrize("style", STYLES)
def test_a_banks_own_page_raises_nothing(style: Style):
    drawn = _sent(style)
    assert _signals(drawn, _page(style), style) == []


@pytest.mark.parametrize("kind", [forgery.Forgery.IMAGE_AMOUNT, forgery.Forgery.CLEAN_IMAGE_AMOUNT])
@pytest.mark.parametrize("style", STYLES)
def test_an_amount_written_over_another_is_noticed(style: Style, kind: forgery.Forgery):
    claimed = Money(3_420_586)
    forged = forgery.forge(_sent(style), kind, to=claimed)
    found = _signals(forged, _claiming(_page(style), style), style)
    assert [signal.code for signal in found] == ["digits_unlike_others"]


def test_an_amount_with_nothing_to_compare_it_with_is_for_a_person():
    drawn = _sent(Style.FNB)
    page = _page(Style.FNB)
    box = _amount_box(Style.FNB)
    alone = replace(page, words=tuple(word for word in page.words if _overlap(word.box, box)))
    found = _signals(drawn, alone, Style.FNB)
    assert [(signal.code, signal.severity) for signal in found] == [("digits_not_compared", "warn")]


def test_digits_too_small_to_have_a_shape_are_for_a_person():
    drawn = _sent(Style.FNB)
    with Image.open(io.BytesIO(drawn.data)) as picture:
        small = picture.resize((picture.width * 2 // 5, picture.height * 2 // 5))
    amount = FieldValue("0", 0.9, 1, _amount_box(Style.FNB), "tesseract")
    found = typeface.signals(small, _page(Style.FNB), [("amount", amount)])
    assert [signal.code for signal in found] == ["digits_not_compared"]


def _signals(drawn: Drawn, page: Page, style: Style) -> list[Signal]:
    amount = FieldValue("0", 0.9, 1, _amount_box(style), "tesseract")
    with Image.open(io.BytesIO(drawn.data)) as picture:
        return typeface.signals(picture, page, [("amount", amount)])


def _sent(style: Style) -> Drawn:
    """The page sent by chat, not as a screenshot of a phone that shows it: every fraction is kept."""
    several = (proofs.draw(replace(FACTS, seed=seed), style=style, form=Form.WHATSAPP) for seed in range(20))
    return next(drawn for drawn in several if not _is_a_phone(drawn))


def _is_a_phone(drawn: Drawn) -> bool:
    with Image.open(io.BytesIO(drawn.data)) as picture:
        return picture.height > 2 * picture.width


def _page(style: Style) -> Page:
    """The words of the genuine page where its PDF has them: a small picture of it keeps every fraction."""
    return read_document(proof_pdf(FACTS, style)[0]).sheets[0].page


def _claiming(page: Page, style: Style) -> Page:
    """The page with the digits of the false amount in place of the true one's."""
    box = _amount_box(style)
    digits = iter("3420586")
    return replace(
        page,
        words=tuple(
            replace(word, text="".join(next(digits) if char.isdigit() else char for char in word.text))
            if _overlap(word.box, box)
            else word
            for word in page.words
        ),
    )


def _amount_box(style: Style) -> Box:
    """The words of the amount, in fractions of the page."""
    pdf, sheet = proof_pdf(FACTS, style)
    page = read_document(pdf).sheets[0]
    wide, high = (side * 72 / 170 for side in pictures.page_of(pdf, dpi=170).size)
    left, top, right, bottom = forgery.amount_box(pdf, sheet.amount)
    printed = (left / wide, top / high, right / wide, bottom / high)
    inside = [word.box for word in page.page.words if _overlap(word.box, printed)]
    return (
        min(box[0] for box in inside), min(box[1] for box in inside),
        max(box[2] for box in inside), max(box[3] for box in inside),
    )  # fmt: skip


def _overlap(word: Box, box: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] <= x <= box[2] and box[1] - 0.005 <= y <= box[3] + 0.005
