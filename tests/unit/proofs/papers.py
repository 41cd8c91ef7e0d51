"""Documents for tests, made from nothing: PDFs written by hand, pictures drawn, mails around them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter

#: label and value of a notice that no bank layout knows
NOTICE = (
    ("Payment date", "14 March 2026"),
    ("Payer name", "Klipfontein Trading CC"),
    ("Beneficiary name", "Example Supply"),
    ("Beneficiary bank", "Nedbank"),
    ("Beneficiary account number", "1187340562"),
    ("Beneficiary reference", "INV-2026-00417"),
    ("Payment amount", "R 12 500.00"),
    ("Transaction number", "4149999999"),
)
TITLE = "Proof of payment"
MADE = "We confirm that the following payment has been made:"
LEGAL = "Kopje Bank Limited is an authorised financial services provider. Reg. No. 2019/123456/06"


@dataclass(frozen=True)
class Text:
    """Text on a PDF page: left and baseline in points from the bottom left."""

    x: float
    y: float
    text: str
    font: str = "F1"
    size: int = 11


def notice_texts(rows: Sequence[tuple[str, str]] = NOTICE, *, value_font: str = "F1") -> list[Text]:
    """A notice as a bank might set it: title, sentence, labels left, values in a second column, legal line."""
    texts = [Text(60, 780, TITLE, "F2", 16), Text(60, 750, MADE)]
    for at, (label, value) in enumerate(rows):
        texts += [Text(60, 715 - 22 * at, label), Text(300, 715 - 22 * at, value, value_font)]
    return [*texts, Text(60, 60, LEGAL, "F1", 8)]


def pdf(
    texts: Sequence[Text] = (),
    *,
    pages: int = 1,
    media_box: tuple[int, int] = (595, 842),
    producer: str = "OpenPDF 2.0.2",
    created: str = "D:20260314101500+02'00'",
    modified: str | None = None,
    drawing: str = "",
    under: str = "",
) -> bytes:
    """A PDF of version 1.4. F1 is Helvetica, F2 its bold, F3 Times, F4 a slanted Courier. The texts stand on the last page.

    drawing: content stream after the texts; under: before them.
    """
    shown = " ".join(
        f"BT /{text.font} {text.size} Tf {text.x} {text.y} Td ({_escaped(text.text)}) Tj ET" for text in texts
    )
    content = f"{under} {shown} {drawing}".encode("latin-1")
    fonts = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Courier-BoldOblique")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{10 + at} 0 R' for at in range(pages))}] >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Length 0 >>\nstream\n\nendstream",
        *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} >>".encode() for name in fonts),
        (f"<< /Producer ({producer}) /CreationDate ({created}) /ModDate ({modified or created}) >>").encode(),
    ]
    resources = "/Resources << /Font << /F1 5 0 R /F2 6 0 R /F3 7 0 R /F4 8 0 R >> >>"
    box = f"/MediaBox [0 0 {media_box[0]} {media_box[1]}]"
    for at in range(pages):
        stream = 3 if at == pages - 1 else 4
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {stream} 0 R {resources} >>".encode())
    return _written(objects)


def saved_again(document: bytes, modified: str = "D:20260317081500+02'00'") -> bytes:
    """The PDF with an incremental update that rewrites its information."""
    start = document.rindex(b"startxref\n") + len(b"startxref\n")
    previous = int(document[start:].split()[0])
    place = len(document)
    update = (
        f"9 0 obj\n<< /Producer (OpenPDF 2.0.2) /CreationDate (D:20260314101500+02'00') /ModDate ({modified}) >>\n"
        "endobj\n"
    )
    table = place + len(update)
    trailer = (
        f"xref\n9 1\n{place:010d} 00000 n \ntrailer\n<< /Size 11 /Root 1 0 R /Info 9 0 R /Prev {previous} >>\n"
        f"startxref\n{table}\n%%EOF\n"
    )
    return document + update.encode() + trailer.encode()


def encrypted(document: bytes, password: str) -> bytes:
    """The PDF encrypted; many banks encrypt with an empty password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(
    rows: Sequence[tuple[str, str]] = NOTICE, *, width: int = 1240, dark: bool = False, title: str = TITLE
) -> Image.Image:
    """The notice as a screenshot."""
    paper, ink = ((24, 26, 28), (235, 235, 235)) if dark else ((255, 255, 255), (20, 20, 20))
    drawn = Image.new("RGB", (width, 220 + 64 * (len(rows) + 2)), paper)
    pen = ImageDraw.Draw(drawn)
    pen.text((70, 50), title, ink, font=ImageFont.load_default(44))
    pen.text((70, 125), MADE, ink, font=ImageFont.load_default(26))
    for at, (label, value) in enumerate(rows):
        pen.text((70, 200 + 64 * at), label, ink, font=ImageFont.load_default(28))
        pen.text((620, 200 + 64 * at), value, ink, font=ImageFont.load_default(28))
    pen.text((70, 240 + 64 * len(rows)), LEGAL, ink, font=ImageFont.load_default(20))
    return drawn


def on_a_desk(sheet: Image.Image) -> Image.Image:
    """A photo of the sheet lying askew on dark wood."""
    desk = Image.new("RGB", (1400, 1800), (74, 52, 38))
    corners = [(150, 170), (1260, 230), (1200, 1560), (110, 1480)]
    width, height = sheet.size
    back = _perspective(corners, [(0, 0), (width, 0), (width, height), (0, height)])
    laid = sheet.transform(desk.size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform(desk.size, Image.Transform.PERSPECTIVE, back)
    desk.paste(laid, (0, 0), mask)
    return desk


def saved(drawn: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()


def flood_png(width: int, height: int) -> bytes:
    """A valid PNG of one colour: few bytes, many pixels."""
    deflate = zlib.compressobj(9)
    row = b"\x00" + bytes((width + 7) // 8)
    packed = b"".join(deflate.compress(row) for _ in range(height)) + deflate.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def mail(attachment: bytes, name: str, subtype: str = "octet-stream") -> bytes:
    """A mail that carries a document."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.test", "b@example.test", "Proof of payment"
    message.set_content("Please find it attached.")
    message.add_attachment(attachment, maintype="application", subtype=subtype, filename=name)
    return message.as_bytes()


def _perspective(corners: list[tuple[int, int]], source: list[tuple[int, int]]) -> list[float]:
    import numpy as np

    rows, right = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows, float), np.array(right, float))]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _written(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R /Info 9 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()
