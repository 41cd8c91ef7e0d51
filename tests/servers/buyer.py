"""A signed-in buyer over plain HTTP, for tests and benches of the running portal."""

from __future__ import annotations

import http.cookiejar
import io
import re
import urllib.parse
import urllib.request
from typing import Any

from tests.servers.portal import Portal


class _Stay(urllib.request.HTTPErrorProcessor):
    """Redirects are an answer, not a way to go."""

    def http_response(self, request: Any, response: Any) -> Any:
        assert response.status in {200, 303}, response.status
        return response


class Buyer:
    """A signed-in buyer over plain HTTP."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(cookies)
        self.stays = urllib.request.build_opener(cookies, _Stay)
        me = portal.person("buyer")
        self.form("/login", email=me["email"], password=me["password"])

    def get(self, path: str) -> str:
        with self.opener.open(self.portal.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def token(self, path: str) -> str:
        return re.search(r'name="csrf_token" value="([^"]+)"', self.get(path)).group(1)  # type: ignore[union-attr]

    def form(self, path: str, *, at: str | None = None, **fields: str) -> str:
        """Send a form that stands at its own address, or at another one; the address that the answer leads to."""
        body = urllib.parse.urlencode({"csrf_token": self.token(at or path), **fields}).encode()
        with self.opener.open(self.portal.url + path, data=body, timeout=20) as answer:
            return str(answer.url)

    def multipart(self, key: str, data: bytes) -> tuple[bytes, dict[str, str]]:
        mark = "portal-test-boundary"
        parts = io.BytesIO()
        for name, value in (("csrf_token", self.token("/proofs/new")), ("key", key)):
            parts.write(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        parts.write(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\n\r\n'.encode())
        parts.write(data + f"\r\n--{mark}--\r\n".encode())
        return parts.getvalue(), {"Content-Type": f"multipart/form-data; boundary={mark}"}

    def post(self, path: str, body: bytes, headers: dict[str, str], *, follow: bool = True) -> str:
        """Where the answer leads to; not followed, the status alone is looked at."""
        request = urllib.request.Request(self.portal.url + path, data=body, headers=headers)
        opener = self.opener if follow else self.stays
        with opener.open(request, timeout=30) as answer:
            return str(answer.url)

    def upload(self, key: str, data: bytes) -> str:
        return self.post("/proofs/new", *self.multipart(key, data))
