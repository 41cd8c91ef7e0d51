"""Which payment gateways are switched on, and what they know us by. A gateway without its settings is off.

``GATEWAY_SANDBOX=on`` needs nothing else: payments then go through the sandbox that ``flask dev gateways`` starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Protocol
from urllib.parse import urlsplit

#: what the local sandbox knows us by; they open nothing anywhere else
SANDBOX_MERCHANT, SANDBOX_KEY, SANDBOX_PASSPHRASE = "10000100", "46f0cd694581a", "sandbox-only-passphrase"
SANDBOX_PORT = 8710
_LOOPBACK = {"127.0.0.1", "localhost"}


class Reader(Protocol):
    """What reads single values and notes what is wrong with them."""

    problems: list[str]

    def text(self, name: str, default: str | None = None) -> str | None:
        """A value, None where there is none."""

    def words(self, name: str) -> tuple[str, ...]:
        """Values with commas between them."""

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number."""

    def switch(self, name: str, default: bool) -> bool:
        """On or off."""


@dataclass(frozen=True, slots=True)
class PayFastSettings:
    """Our account at PayFast. url: where buyers are sent and notices are confirmed; hosts: who may send notices."""

    merchant_id: str
    merchant_key: str = field(repr=False)
    passphrase: str = field(repr=False)
    url: str
    hosts: tuple[str, ...]


def sandbox_port(reader: Reader) -> int:
    """Where the local sandbox listens."""
    return reader.number("GATEWAY_SANDBOX_PORT", SANDBOX_PORT, least=1024, most=65535)


def webhooks_to_private(reader: Reader, production: bool) -> bool:
    """Whether events may be sent to addresses of private networks, and without https: never where money is real."""
    allowed = reader.switch("WEBHOOKS_TO_PRIVATE", False)
    if allowed and production:
        reader.problems.append("WEBHOOKS_TO_PRIVATE: not in production.")
    return allowed and not production


def payfast(reader: Reader, production: bool) -> PayFastSettings | None:
    """PayFast's settings, None where it is off; half of them is a mistake."""
    names = ("PAYFAST_MERCHANT_ID", "PAYFAST_MERCHANT_KEY", "PAYFAST_PASSPHRASE")
    merchant_id, merchant_key, passphrase = given = [reader.text(name) or "" for name in names]
    hosts = reader.words("PAYFAST_HOSTS")
    url = (reader.text("PAYFAST_URL") or "https://www.payfast.co.za").rstrip("/")
    if reader.switch("GATEWAY_SANDBOX", False):
        if production:
            reader.problems.append("GATEWAY_SANDBOX: not in production.")
            return None
        return sandbox(sandbox_port(reader))
    if not any(given):
        return None
    missing = [name for name, value in zip(names, given, strict=True) if not value]
    reader.problems += [f"{name}: PayFast needs it beside its other settings." for name in missing]
    if any("/" in host and not _is_network(host) for host in hosts):
        reader.problems.append("PAYFAST_HOSTS: host names, or networks like 197.97.145.144/28, are needed.")
    if not _is_safe(url, production):
        reader.problems.append("PAYFAST_URL: an address that starts with https:// is needed.")
    return PayFastSettings(merchant_id, merchant_key, passphrase, url, hosts or _hosts(url))


def sandbox(port: int) -> PayFastSettings:
    """What the sandbox on this machine and the portal know each other by."""
    return PayFastSettings(
        SANDBOX_MERCHANT, SANDBOX_KEY, SANDBOX_PASSPHRASE, f"http://127.0.0.1:{port}", ("127.0.0.1",)
    )


def _is_safe(url: str, production: bool) -> bool:
    """Money is confirmed over https only; a loopback address will do while nothing is real."""
    parts = urlsplit(url)
    near = parts.hostname in _LOOPBACK and not production
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and near))


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _hosts(url: str) -> tuple[str, ...]:
    """The hosts PayFast names as its own; its public sandbox speaks only where buyers are sent there."""
    live = ("www.payfast.co.za", "w1w.payfast.co.za", "w2w.payfast.co.za")
    return (*live, "sandbox.payfast.co.za") if urlsplit(url).hostname == "sandbox.payfast.co.za" else live
