"""Files made to hurt a reader. Each is small and built in well under three seconds.

Names say what is promised; `POISON` lists every builder with the file name a sender would give it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

import pypdf
from PIL import Image

from portal.demo.drawing.papers import contours
from portal.demo.drawing.pictures import jpeg, objects_pdf
from portal.demo.drawing.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Poison:
    """A hostile file: what it is called, what it claims to be, and how it is made."""

    file_name: str
    claimed_type: str
    build: Callable[[], bytes]


def nothing() -> bytes:
    """0 bytes."""
    return b""


def text_as_pdf() -> bytes:
    """Plain text that only its name calls a PDF."""
    return b"Dear accounts, we paid on Friday. Please release the goods.\r\n" * 20


def wide_png(side: int = 13_000) -> bytes:
    """A white PNG of side × side pixels (169 megapixels) in some 21 kB: one bit a pixel, packed away."""
    row = b"\x00" + b"\xff" * ((side + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def huge_page_pdf(points: int = 8000) -> bytes:
    """A PDF of under 400 bytes whose one page is `points` square: 1.9 GB at 200 dpi for a careless renderer."""
    body = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]>>endobj\n" % (points, points)
    )
    places = [body.index(b"%d 0 obj" % number) for number in (1, 2, 3)]
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


def many_pages_pdf(pages: int = 5000) -> bytes:
    """A PDF of 5 000 pages that all show the same line, under 1 MB."""
    draw = b"BT /F1 12 Tf 72 720 Td (page) Tj ET"
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(pages))
    leaf = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
    shared = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d %s >>" % (kids, pages, shared),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
            *[leaf] * pages,
        ]
    )


def locked_pdf() -> bytes:
    """A PDF that needs a password nobody gave us."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_letter()))
    writer.encrypt("open sesame", "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def broken_xref_pdf() -> bytes:
    """A PDF whose cross-reference table points into nowhere."""
    pdf = objects_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])
    at = pdf.index(b"xref")
    return pdf[:at] + b"xref\n0 3\n" + b"9999999999 00000 n \n" * 3 + pdf[pdf.index(b"trailer") :]


def looping_pdf() -> bytes:
    """A PDF whose page tree is its own grandchild and whose previous xref is itself."""
    pdf = objects_pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>"]
    )
    return pdf.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % pdf.index(b"xref"))


def truncated_jpeg() -> bytes:
    """The first third of a JPEG."""
    whole = jpeg(_landscape(), 85)
    return whole[: len(whole) // 3]


def cmyk_jpeg() -> bytes:
    """A JPEG in four inks, as print shops make them."""
    out = io.BytesIO()
    _landscape().convert("CMYK").save(out, "JPEG", quality=85)
    return out.getvalue()


def gif_as_png() -> bytes:
    """A GIF that only its name calls a PNG."""
    out = io.BytesIO()
    _landscape().quantize(32).save(out, "GIF")
    return out.getvalue()


def tiff_as_jpeg() -> bytes:
    """A TIFF that only its name calls a JPEG."""
    out = io.BytesIO()
    _landscape().save(out, "TIFF", compression="tiff_deflate")
    return out.getvalue()


def html_and_pdf() -> bytes:
    """One file that is a page with a script to a browser and a document to a PDF reader."""
    return b"<!doctype html><script>document.title='taken'</script><!--\n" + _letter() + b"\n-->"


def zip_as_pdf() -> bytes:
    """A zip archive (by its first bytes) called PDF."""
    return b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00" * 400


def inflating_pdf(megabytes: int = 200) -> bytes:
    """A small PDF whose page content unpacks to hundreds of megabytes."""
    packer = zlib.compressobj(9)
    block = b"0 0 m 1 1 l\n" * 87_381  # about a megabyte of drawing that draws nothing
    body = b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(body), body),
        ]
    )


def script_pdf() -> bytes:
    """A PDF that wants to run JavaScript when opened."""
    wish = b"<< /S /JavaScript /JS (app.alert\\('hello'\\);) >>"
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>" % wish,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def svg_as_png() -> bytes:
    """An SVG with a script that only its name calls a PNG."""
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def postscript_as_pdf() -> bytes:
    """A PostScript program, which a careless renderer would run, with a PDF's name and first line."""
    return b"%PDF-1.4\n%!PS-Adobe-3.0 EPSF-3.0\n{ } loop\nshowpage\n%%EOF\n"


def bmp_as_png() -> bytes:
    """A BMP that only its name calls a PNG."""
    out = io.BytesIO()
    _landscape().save(out, "BMP")
    return out.getvalue()


def gif_and_archive() -> bytes:
    """A GIF that is an archive too, when read from its end (GIFAR)."""
    return gif_as_png() + zip_as_pdf() + b"PK\x05\x06" + b"\x00" * 18


def chatty_png(megabytes: int = 200) -> bytes:
    """A small picture with a comment that unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    _landscape().save(out, "PNG")
    whole, end = out.getvalue(), out.getvalue().index(b"IDAT") - 4
    packer = zlib.compressobj(9)
    body = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])
    return whole[:end] + _chunk(b"zTXt", b"Comment\x00\x00" + body) + whole[end:]


def self_drawing_pdf() -> bytes:
    """A PDF whose page draws a form that draws itself."""
    draw, itself = b"/F Do", b"/Resources << /XObject << /F 5 0 R >> >>"
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % itself,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] %s /Length %d >>\nstream\n%s\nendstream"
            % (itself, len(draw), draw),
        ]
    )


def deep_pdf(depth: int = 100_000) -> bytes:
    """A PDF with arrays in arrays, a hundred thousand deep."""
    return objects_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Deep %s%s >>" % (b"[" * depth, b"]" * depth),
            b"<< /Type /Pages /Kids [] /Count 0 >>",
        ]
    )


def mail_in_mail(depth: int = 60) -> bytes:
    """A mail that carries a mail that carries a mail, and at the bottom nothing."""
    mail = b"From: a@x.example\r\nSubject: proof\r\n\r\nnothing\r\n"
    for level in range(depth):
        edge = b"edge%d" % level
        mail = (
            b"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n"
            b"Content-Type: message/rfc822\r\n\r\n%s\r\n--%s--\r\n" % (edge, edge, mail, edge)
        )
    return mail


def mail_of_many_parts(parts: int = 20_000) -> bytes:
    """A mail of twenty thousand parts, none of which is a document."""
    part = b"--edge\r\nContent-Type: application/pdf\r\n\r\nno\r\n"
    head = b"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=edge\r\n\r\n"
    return head + part * parts + b"--edge--\r\n"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _letter() -> bytes:
    return typeset(
        "cover", {"payer": "Karooveld Drilling (Pty) Ltd", "to": "360Degree Supply", "bank": "FNB", "day": (2026, 1, 5)}
    )


def _landscape() -> Image.Image:
    return contours(Random(360), (640, 480))


POISON = MappingProxyType(
    {
        "nothing": Poison("proof.pdf", "application/pdf", nothing),
        "text_as_pdf": Poison("proof.pdf", "application/pdf", text_as_pdf),
        "wide_png": Poison("photo.png", "image/png", wide_png),
        "huge_page_pdf": Poison("proof.pdf", "application/pdf", huge_page_pdf),
        "many_pages_pdf": Poison("statement.pdf", "application/pdf", many_pages_pdf),
        "locked_pdf": Poison("proof.pdf", "application/pdf", locked_pdf),
        "broken_xref_pdf": Poison("proof.pdf", "application/pdf", broken_xref_pdf),
        "looping_pdf": Poison("proof.pdf", "application/pdf", looping_pdf),
        "truncated_jpeg": Poison("photo.jpg", "image/jpeg", truncated_jpeg),
        "cmyk_jpeg": Poison("scan.jpg", "image/jpeg", cmyk_jpeg),
        "gif_as_png": Poison("screenshot.png", "image/png", gif_as_png),
        "tiff_as_jpeg": Poison("scan.jpg", "image/jpeg", tiff_as_jpeg),
        "html_and_pdf": Poison("proof.pdf", "application/pdf", html_and_pdf),
        "zip_as_pdf": Poison("proof.pdf", "application/pdf", zip_as_pdf),
        "inflating_pdf": Poison("proof.pdf", "application/pdf", inflating_pdf),
        "script_pdf": Poison("proof.pdf", "application/pdf", script_pdf),
        "svg_as_png": Poison("screenshot.png", "image/png", svg_as_png),
        "postscript_as_pdf": Poison("proof.pdf", "application/pdf", postscript_as_pdf),
        "bmp_as_png": Poison("scan.png", "image/png", bmp_as_png),
        "gif_and_archive": Poison("proof.gif", "image/png", gif_and_archive),
        "chatty_png": Poison("screenshot.png", "image/png", chatty_png),
        "self_drawing_pdf": Poison("proof.pdf", "application/pdf", self_drawing_pdf),
        "deep_pdf": Poison("proof.pdf", "application/pdf", deep_pdf),
        "mail_in_mail": Poison("proof.eml", "message/rfc822", mail_in_mail),
        "mail_of_many_parts": Poison("proof.eml", "message/rfc822", mail_of_many_parts),
    }
)
