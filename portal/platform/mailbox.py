"""The mailbox that people send documents to, read through IMAP. Never called inside a database transaction.

A message stays unseen until it is known to have been kept: whoever reads it again finds it was.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_TIMEOUT = 20
#: whoever sends more than this sends no proof of payment
MOST_BYTES = 25 * 1024 * 1024
_AT_ONCE = 20


class MailboxDown(Exception):
    """The mailbox cannot be read now; the words say why."""


class Mailbox:
    """An open mailbox."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server

    def unseen(self) -> Iterator[tuple[str, bytes]]:
        """The id and bytes of the oldest messages nobody has marked; of one that is too large, its head alone."""
        found = self._ask("SEARCH", "UNSEEN")
        first = found[0] if found else None
        for uid in (first if isinstance(first, bytes) else b"").split()[:_AT_ONCE]:
            name = uid.decode()
            part = "BODY.PEEK[]" if self._size(name) <= MOST_BYTES else "BODY.PEEK[HEADER]"
            answer = self._ask("FETCH", name, f"({part})")
            body = next((each[1] for each in answer if isinstance(each, tuple)), None)
            if body is not None:
                yield name, body

    def mark(self, uid: str) -> None:
        """The message is kept: nobody needs to see it again."""
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")

    def _size(self, uid: str) -> int:
        answer = b" ".join(each for each in self._ask("FETCH", uid, "(RFC822.SIZE)") if isinstance(each, bytes))
        digits = answer.partition(b"RFC822.SIZE ")[2].split(b" ")[0].rstrip(b")")
        return int(digits) if digits.isdigit() else MOST_BYTES + 1

    def _ask(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        status, answer = self._server.uid(command, *words)
        if status != "OK":
            raise MailboxDown(f"the mailbox refused {command}")
        return list(answer)


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The mailbox of an address like ``imaps://user:password@host:993/INBOX``; plain imap:// on this machine alone.

    Raises MailboxDown.
    """
    parts = urlsplit(url)
    try:
        with _server(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            status, _ = server.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
            if status != "OK":
                raise MailboxDown("the mailbox has no such folder")
            yield Mailbox(server)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxDown(f"the mailbox cannot be read: {error}"[:300]) from error


def _server(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_TIMEOUT)
    server = imaplib.IMAP4(host, port or 143, timeout=_TIMEOUT)
    if "STARTTLS" in server.capabilities:
        server.starttls(context)
    elif not _is_loopback(host):
        server.shutdown()
        raise MailboxDown("the mailbox offers no encryption, and the password is not sent without it")
    return server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
