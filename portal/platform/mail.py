"""Mails: rendered from templates, sent through SMTP or written to DATA_DIR/mail as .eml files.

A mail is made from its outbox row alone (Message-ID, date, text), so that a second sending is the same mail, which
mail programs show once. A value with line breaks cannot become a header.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from jinja2 import Environment, StrictUndefined, TemplateNotFound

from portal.core import clock
from portal.core.errors import BadInput, Unavailable
from portal.platform import config
from portal.platform.jobs.types import GiveUp

_TIMEOUT = 15.0
_SUBJECT = "Subject:"


class MailRefused(Unavailable):
    """The mail server does not take mails at the moment."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is made from; uid and written_at come from its row."""

    uid: str
    event: str
    to: Recipient
    data: dict[str, Any]
    written_at: datetime
    attached: tuple[Attachment, ...] = ()


def checked_address(text: str) -> str:
    """The address itself. Raises BadInput for what cannot be one."""
    local, at, domain = text.partition("@")
    if not at or not local or not domain or len(text) > 254 or not text.isprintable() or " " in text:
        raise BadInput("That is not an e-mail address. Write it like thandi@example.co.za.", field="email")
    return text


def demand_template(event: str) -> None:
    """Raises LookupError when there is no mail template for the event."""
    environment = current_app.jinja_env
    try:
        environment.get_template(f"mail/{event}.txt")
    except TemplateNotFound:
        raise LookupError(f"no template mail/{event}.txt") from None


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page: from PUBLIC_URL, never from a request's Host (reliability.md E13)."""
    return config.current().base_url + str(current_app.url_map.bind("localhost").build(endpoint, values))


def render(app: Flask, letter: Letter) -> EmailMessage:
    """The mail. Raises GiveUp when its address cannot be used, jinja2.UndefinedError for a missing value.

    The template's first line is ``Subject: …``; that line is rendered by itself and its white space joined.
    """
    environment = app.jinja_env.overlay(undefined=StrictUndefined)
    plain = environment.overlay(autoescape=False)
    values = {**letter.data, "event": letter.event, "to_name": letter.to.name, "link": link}
    first, body = _source(environment, f"mail/{letter.event}.txt")
    settings = config.current()
    sender_name, sender = parseaddr(settings.mail_from)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(plain.from_string(first).render(values).split())
    message["From"] = Address(sender_name or "360Degree Supply", addr_spec=sender)
    message["To"] = _address(letter.to)
    message["Date"] = format_datetime(letter.written_at.astimezone(clock.SAST))
    message["Message-ID"] = f"<{letter.uid}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain.from_string(body).render(values).strip() + "\n")
    try:
        page = environment.get_template(f"mail/{letter.event}.html")
    except TemplateNotFound:
        pass
    else:
        message.add_alternative(page.render(values), subtype="html")
    for each in letter.attached:
        message.add_attachment(each.data, maintype="application", subtype="pdf", filename=each.name)
    return message


def words(event: str, data: dict[str, Any]) -> tuple[str, str]:
    """Subject and text of a mail that is not sent yet, to be looked at; data as for `outbox.tell`."""
    letter = Letter("preview", event, Recipient("preview@example.org"), data, clock.now())
    made = render(current_app._get_current_object(), letter)  # type: ignore[attr-defined]
    body = made.get_body(("plain",))
    return str(made["Subject"]), "" if body is None else str(body.get_content())


def _source(environment: Environment, name: str) -> tuple[str, str]:
    """The subject's and the body's template source."""
    loader = environment.loader
    if loader is None:
        raise LookupError("no templates")
    source, _, _ = loader.get_source(environment, name)
    first, _, body = source.partition("\n")
    if not first.startswith(_SUBJECT):
        raise LookupError(f"{name}: the first line must begin with “{_SUBJECT}”")
    return first.removeprefix(_SUBJECT).strip(), body


def _address(to: Recipient) -> Address:
    name = "".join(sign if sign.isprintable() else " " for sign in to.name)
    try:
        return Address(name, addr_spec=checked_address(to.email))
    except (BadInput, MessageError, ValueError, IndexError) as error:
        raise GiveUp(f"“{to.email[:60]}” is not an e-mail address") from error


def send(message: EmailMessage) -> None:
    """Hand the mail over. Raises MailRefused to try again later, GiveUp when the server will never take it."""
    settings = config.current()
    if settings.smtp_url is None:
        _write(settings.data_dir / "mail", message)
        return
    try:
        with _server(settings.smtp_url) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        _refused(code, said)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(f"the mail server does not answer: {error}") from error


def _refused(code: int, said: bytes | str) -> None:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if code in {550, 551, 553, 554}:
        raise GiveUp(f"the mail server refused for good: {code} {words}"[:300])
    raise MailRefused(f"the mail server refused: {code} {words}"[:300])


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to SMTP_URL: smtps:// from the first byte, smtp:// with STARTTLS when it is offered."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or (587 if parts.username else 25), timeout=_TIMEOUT)
    with server:
        server.ehlo()
        safe = parts.scheme == "smtps" or _is_loopback(host)
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            safe = True
        if parts.username:
            if not safe:
                raise GiveUp("the mail server offers no encryption, and the password is not sent without it")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _write(folder: Path, message: EmailMessage) -> None:
    """The mail as a file named by its id: written again, it is still one file."""
    folder.mkdir(parents=True, exist_ok=True)
    uid = message["Message-ID"].strip("<>").partition("@")[0]
    path = folder / f"{uid}.eml"
    unfinished = folder / f".{uid}.{os.getpid()}"
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(path)
