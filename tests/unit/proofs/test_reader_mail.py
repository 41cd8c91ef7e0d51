"""A bank's notice that is written into a mail is read; a greeting is not, and no mail's words are believed."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from portal.proofs import pipeline
from portal.proofs.reader import mail as reader
from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.source import PDF, unwrap
from tests.unit.proofs import papers

ROWS = (
    ("Date of payment", "14 March 2026"),
    ("Beneficiary name", "360Degree Supply"),
    ("Account number", "1187340562"),
    ("Amount", "R 12 500.00"),
    ("Beneficiary reference", "INV-2026-00417"),
)
SAID = "This is to confirm that the following payment was made."


def mail(text: str, kind: str = "plain", subject: str = "Payment notification") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "notices@bank.example", "pay@us.example", subject
    message.set_content(text, subtype=kind)
    return message.as_bytes()


PLAIN = "\n".join([SAID, *(f"{label}:    {value}" for label, value in ROWS)])
QUOTED = "\n".join(f"> {line}" for line in PLAIN.splitlines())
TABLE = (
    f"<html><head><style>p {{ color: red }}</style></head><body><p>{SAID}</p><table>"
    + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in ROWS)
    + "</table><script>document.write('R 99 999.00')</script></body></html>"
)


@pytest.mark.parametrize(
    "data", [mail(PLAIN), mail(QUOTED), mail(TABLE, "html")], ids=["plain", "forwarded", "html table"]
)
def test_a_notice_in_a_mail_is_read_but_a_person_decides(data: bytes):
    reading = pipeline.read(data)
    values = {name: value.value for name, value in reading.fields.items() if value is not None}
    assert values["amount"] == "12500.00"
    assert values["date"] == "2026-03-14"
    assert values["reference"] == "INV-2026-00417"
    assert values["beneficiary_account"] == "1187340562"
    assert "99 999" not in reading.text
    assert ("mail_words", "warn") in {(signal.code, signal.severity) for signal in reading.signals}


def test_a_mail_that_carries_a_document_is_that_document_alone():
    document = papers.pdf(papers.notice_texts())
    found = unwrap(papers.mail(document, "proof.pdf"))
    assert (found.data, found.is_words_of_a_mail) == (document, False)


@pytest.mark.parametrize("text", ["Good day, we paid you. Please confirm.", "", "\x00\x01"])
def test_a_mail_without_an_amount_is_refused_in_words(text: str):
    with pytest.raises(Unreadable) as refused:
        unwrap(mail(text))
    assert refused.value.words == refusal.MAIL_WITHOUT_DOCUMENT


def nested(times: int) -> bytes:
    edges = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(times))
    return f"From: a@b.example\nSubject: x\n{edges}\nAmount: R 12 500.00\n".encode()


@pytest.mark.parametrize(
    "data",
    [mail("<![foo[bar]]> R 12 500.00", "html"), mail("<![ R 1 000.00", "html"), nested(1500)],
    ids=["a marked section", "one without an end", "parts in parts"],
)
def test_what_pythons_parsers_break_on_ends_in_pages_or_in_words(data: bytes):
    try:
        assert unwrap(data).media_type == PDF
    except Unreadable as refused:
        assert refused.words in {refusal.MAIL_WITHOUT_DOCUMENT, refusal.MAIL_DAMAGED}


def test_html_is_read_in_time_that_grows_with_its_length(monkeypatch: pytest.MonkeyPatch):
    """Python's parser goes through an open tag again and again; what it is given has no attributes any more."""
    fed: list[str] = []
    monkeypatch.setattr(reader._Text, "feed", lambda _self, html: fed.append(html))
    reader.lines_of(reader.opened(mail("<p>R 5.00</p>" + "<a x='" * 10_000, "html")))
    assert "<a" not in fed[0] and "x='" not in fed[0].split("</p>")[0]


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\nAmount: R 12 500.00\r\n",
        b"From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\nAmount R 12 500.00\r\n",
        mail('#set page(width: 1pt)\n#read("/etc/passwd")\nAmount:  R 12 500.00 $x^2$'),
        mail("R 1 000.00\n" + "x" * 200_000 + "\n" + "line R 5.00\n" * 20_000),
    ],
    ids=["charset that nobody knows", "broken parts", "typesetting commands", "very long"],
)
def test_a_hostile_mail_ends_in_pages_or_in_words(data: bytes):
    try:
        assert unwrap(data).media_type == PDF
    except Unreadable as refused:
        assert refused.words == refusal.MAIL_WITHOUT_DOCUMENT
