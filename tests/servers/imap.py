"""A mailbox on this machine that speaks as much of IMAP4rev1 (RFC 3501) as a reader of mails asks for."""

from __future__ import annotations

import re
import socketserver
import threading
from types import TracebackType


class MailServer:
    """Messages with their flags, served on a free port: ``with MailServer() as server: server.deliver(data)``."""

    user, password = "proofs", "a password of the mailbox"

    def __init__(self) -> None:
        self.messages: list[tuple[bytes, set[str]]] = []
        self.down = False
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Session(mailbox, self).serve()

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """The address as MAIL_IN_URL wants it."""
        return f"imap://{self.user}:{self.password.replace(' ', '%20')}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, data: bytes) -> None:
        """A new message."""
        self.messages.append((data, set()))

    def unseen(self) -> int:
        """How many nobody has marked as seen."""
        return sum("\\Seen" not in flags for _, flags in self.messages)

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Session:
    def __init__(self, mailbox: MailServer, handler: socketserver.StreamRequestHandler) -> None:
        self.mailbox, self.lines, self.out = mailbox, handler.rfile, handler.wfile
        self.signed_in = False

    def serve(self) -> None:
        if self.mailbox.down:
            self._say(b"* BYE not now")
            return
        self._say(b"* OK ready")
        for line in self.lines:
            tag, command, rest = (line.decode().rstrip("\r\n") + "  ").split(" ", 2)
            answer = self._answer(command.upper(), rest.strip())
            self._say(f"{tag} {answer}".encode())
            if command.upper() == "LOGOUT":
                return

    def _answer(self, command: str, rest: str) -> str:
        if command == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1")
        elif command == "LOGIN":
            self.signed_in = rest in (
                f'{self.mailbox.user} "{self.mailbox.password}"', f'"{self.mailbox.user}" "{self.mailbox.password}"'
            )  # fmt: skip
            return "OK signed in" if self.signed_in else "NO wrong name or password"
        elif command == "LOGOUT":
            self._say(b"* BYE bye")
        elif not self.signed_in:
            return "NO sign in first"
        elif command == "SELECT":
            self._say(f"* {len(self.mailbox.messages)} EXISTS".encode())
        elif command == "UID":
            self._uid(*rest.split(" ", 1))
        return "OK done"

    def _uid(self, command: str, rest: str) -> None:
        if command.upper() == "SEARCH":
            found = [at for at, (_, flags) in enumerate(self.mailbox.messages, 1) if "\\Seen" not in flags]
            self._say(f"* SEARCH {' '.join(map(str, found))}".encode())
            return
        uid, words = rest.split(" ", 1)
        data, flags = self.mailbox.messages[int(uid) - 1]
        if command.upper() == "STORE":
            flags.update(re.findall(r"\\\w+", words))
        elif "RFC822.SIZE" in words:
            self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(data)})".encode())
        else:
            part = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in words else data
            name = "BODY[HEADER]" if "HEADER" in words else "BODY[]"
            self._say(f"* {uid} FETCH (UID {uid} {name} {{{len(part)}}}".encode() + b"\r\n" + part + b")")

    def _say(self, line: bytes) -> None:
        self.out.write(line + b"\r\n")
