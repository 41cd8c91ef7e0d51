"""Proofs of payment: facts, a style and a form make one file.

`draw(ProofFacts(amount=..., paid_on=..., reference=...), style=Style.FNB, form=Form.PHOTO)` gives the bytes, their
media type, a file name and the fields as printed. The same facts, style and form give the same bytes, except
for AES-encrypted PDFs, whose keys are random by design.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

import pypdf
from PIL import Image

from portal.demo.drawing import pictures, screens
from portal.demo.drawing.facts import BANK_OF, STATUSES, Drawn, Form, ProofFacts, Style
from portal.demo.drawing.sheets import sheet_of, wording_of
from portal.demo.drawing.typesetting import proof_pdf, signed_by, typeset

__all__ = ["BANK_OF", "STATUSES", "Drawn", "Form", "ProofFacts", "Style", "draw", "printed"]

PDF, PNG, JPEG, EML = "application/pdf", "image/png", "image/jpeg", "message/rfc822"


def draw(facts: ProofFacts, *, style: Style | str = Style.FNB, form: Form | str = Form.PDF) -> Drawn:
    """The document as it reaches us. Takes 10 to 30 ms as a PDF and up to half a second as a photo."""
    style, form = Style(style), Form(form)
    pdf, _ = proof_pdf(facts, style)
    data, media_type = dress(pdf, facts, style, form)
    return Drawn(data, media_type, file_name(facts, style, form, media_type), printed(facts, style), style, form, facts)


def printed(facts: ProofFacts, style: Style | str) -> dict[str, str]:
    """The fields a style prints of these facts, as printed; amount and date canonical."""
    return sheet_of(facts, Style(style))[1]


def dress(
    pdf: bytes, facts: ProofFacts, style: Style, form: Form, *, page: Image.Image | None = None
) -> tuple[bytes, str]:
    """The clean PDF (or this picture of its page) in a form, with its media type."""
    random = facts.random(f"form {style} {form}")
    if form in _OF_PDF:
        return _OF_PDF[form](pdf, facts, style)
    return _OF_PAGE[form](page or pictures.page_of(pdf, dpi=170), random)


def file_name(facts: ProofFacts, style: Style, form: Form, media_type: str) -> str:
    """A name as people's files have it."""
    ending = {PDF: "pdf", PNG: "png", JPEG: "jpg", EML: "eml"}[media_type]
    stem = {
        Form.SCREENSHOT_PHONE: f"Screenshot_{facts.paid_on:%Y%m%d}-{facts.paid_at:%H%M%S}",
        Form.DARK: f"Screenshot_{facts.paid_on:%Y%m%d}-{facts.paid_at:%H%M%S}",
        Form.SCREENSHOT_DESKTOP: f"Screenshot {facts.paid_on:%Y-%m-%d}",
        Form.PHOTO: f"IMG_{facts.paid_on:%Y%m%d}_{facts.paid_at:%H%M%S}",
        Form.PHOTO_HARD: f"IMG_{facts.paid_on:%Y%m%d}_{facts.paid_at:%H%M%S}",
        Form.WHATSAPP: f"WhatsApp Image {facts.paid_on:%Y-%m-%d} at {facts.paid_at:%H.%M.%S}",
        Form.PDF_SCAN: "Scan0001",
    }.get(form, f"{BANK_OF[style]} proof of payment {facts.paid_on:%Y-%m-%d}")
    return f"{stem}.{ending}"


def _encrypted(pdf: bytes, _facts: ProofFacts, style: Style) -> tuple[bytes, str]:
    """As banks send it: readable by everybody, changeable by nobody. FNB with RC4, the others with AES."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    writer.encrypt("", "owner-only", algorithm="RC4-128" if style is Style.FNB else "AES-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), PDF


def _after_a_cover(pdf: bytes, facts: ProofFacts, style: Style) -> tuple[bytes, str]:
    day = (facts.paid_on.year, facts.paid_on.month, facts.paid_on.day)
    letter = {"payer": facts.payer_name, "to": facts.beneficiary_name, "bank": BANK_OF[style], "day": day}
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(typeset("cover", letter)))
    writer.append(io.BytesIO(pdf))
    out = io.BytesIO()
    writer.write(out)
    words = wording_of(style)
    return signed_by(out.getvalue(), words["producer"], words["creator"], facts.paid_on), PDF


def _mailed(pdf: bytes, facts: ProofFacts, style: Style) -> tuple[bytes, str]:
    """A mail that says little and carries the PDF."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Payments <noreply@{BANK_OF[style].lower().replace(' ', '')}.example>"
    mail["To"] = "accounts@360degree.example"
    mail["Subject"] = f"Payment notification {facts.paid_on:%d/%m/%Y}"
    mail["Date"] = (
        f"{facts.paid_on:%d} {_MONTHS[facts.paid_on.month - 1]} {facts.paid_on:%Y} {facts.paid_at:%H:%M:%S} +0200"
    )
    mail["Message-ID"] = f"<{facts.random('mail').getrandbits(64):016x}@bank.example>"
    mail.set_content("Please open the attached document. It confirms a payment to your account.\n")
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="PaymentConfirmation.pdf")
    mail.set_boundary(f"=_{facts.random('boundary').getrandbits(64):016x}")
    return mail.as_bytes(), EML


def _scan(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.picture_pdf(pictures.scanned(page, random), dpi=170), PDF


def _phone(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.png(screens.on_phone(page, random)), PNG


def _desktop(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.png(screens.on_desktop(page, random)), PNG


def _dark(page: Image.Image, random: Random) -> tuple[bytes, str]:
    show = random.choice((screens.on_phone, screens.on_desktop))
    return pictures.png(show(page, random, dark=True)), PNG


def _photo(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.jpeg(pictures.photographed(page, random), 84), JPEG


def _hard_photo(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.jpeg(pictures.photographed(page, random, hard=True), 78), JPEG


def _chat(page: Image.Image, random: Random) -> tuple[bytes, str]:
    shown = screens.on_phone(page, random) if random.random() < 0.3 else page
    return pictures.jpeg(pictures.sent_by_chat(shown), 60), JPEG


def _rotated(page: Image.Image, random: Random) -> tuple[bytes, str]:
    scan = pictures.scanned(page, random)
    return pictures.jpeg(pictures.turned(scan, random.choice((90, 180, 270))), 80, dpi=170), JPEG


def _rotated_by_exif(page: Image.Image, random: Random) -> tuple[bytes, str]:
    turn = random.choice((90, 180, 270))
    photo = pictures.turned(pictures.photographed(page, random), turn)
    return pictures.jpeg(photo, 84, turned=pictures.EXIF_OF_TURN[turn]), JPEG


def _blurred(page: Image.Image, random: Random) -> tuple[bytes, str]:
    return pictures.jpeg(pictures.shaken(page, random), 60), JPEG


def _lowres(page: Image.Image, _random: Random) -> tuple[bytes, str]:
    small = page.resize((page.width * 92 // 170, page.height * 92 // 170), Image.Resampling.LANCZOS)
    return pictures.jpeg(small, 62, dpi=92), JPEG


def _plain(pdf: bytes, _facts: ProofFacts, _style: Style) -> tuple[bytes, str]:
    return pdf, PDF


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OF_PDF: dict[Form, Callable[[bytes, ProofFacts, Style], tuple[bytes, str]]] = {
    Form.PDF: _plain,
    Form.PDF_ENCRYPTED: _encrypted,
    Form.PDF_PAGE2: _after_a_cover,
    Form.EML: _mailed,
}
_OF_PAGE: dict[Form, Callable[[Image.Image, Random], tuple[bytes, str]]] = {
    Form.PDF_SCAN: _scan,
    Form.SCREENSHOT_PHONE: _phone,
    Form.SCREENSHOT_DESKTOP: _desktop,
    Form.DARK: _dark,
    Form.PHOTO: _photo,
    Form.PHOTO_HARD: _hard_photo,
    Form.WHATSAPP: _chat,
    Form.ROTATED: _rotated,
    Form.ROTATED_EXIF: _rotated_by_exif,
    Form.BLURRED: _blurred,
    Form.LOWRES: _lowres,
}
