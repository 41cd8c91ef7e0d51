"""Which payment gateways are switched on, and what they know us by. A gateway without its settings is off.

``GATEWAY_SANDBOX=on`` needs nothing else: payments then go through the sandbox that ``flask dev gateways`` starts.
"""

from __future__ import annotations

import base64
import binascii
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


@dataclass(frozen=True, slots=True)
class OzowSettings:
    """Our site at Ozow. url: where buyers are sent; api_url: where Ozow is asked about a payment.

    key_as_is: the hash takes our private key as it is instead of in lower case. test: buyers only try it out.
    """

    site_code: str
    private_key: str = field(repr=False)
    api_key: str = field(repr=False)
    url: str
    api_url: str
    key_as_is: bool = False
    test: bool = False


@dataclass(frozen=True, slots=True)
class YocoSettings:
    """Our account at Yoco. url: of its interface; pay_url: where its pages are; signing: the key of its webhooks."""

    secret_key: str = field(repr=False)
    signing: bytes = field(repr=False)
    url: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Our account at Stripe. url: of its interface; pay_url: where its pages are; signing: the secret of its webhooks."""

    secret_key: str = field(repr=False)
    signing: str = field(repr=False)
    url: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Every gateway, None where it is off; sandbox_port: where the local sandbox listens."""

    payfast: PayFastSettings | None
    ozow: OzowSettings | None
    yoco: YocoSettings | None
    stripe: StripeSettings | None
    sandbox_port: int


def webhooks_to_private(reader: Reader, production: bool) -> bool:
    """Whether events may be sent to addresses of private networks, and without https: never where money is real."""
    allowed = reader.switch("WEBHOOKS_TO_PRIVATE", False)
    if allowed and production:
        reader.problems.append("WEBHOOKS_TO_PRIVATE: not in production.")
    return allowed and not production


def read(reader: Reader, production: bool) -> GatewaySettings:
    """The settings of all gateways; half of those of one is a mistake."""
    port = reader.number("GATEWAY_SANDBOX_PORT", SANDBOX_PORT, least=1024, most=65535)
    if reader.switch("GATEWAY_SANDBOX", False):
        if not production:
            return sandbox(port)
        reader.problems.append("GATEWAY_SANDBOX: not in production.")
    return GatewaySettings(
        _payfast(reader, production), _ozow(reader, production), _yoco(reader, production),
        _stripe(reader, production), port,
    )  # fmt: skip


def sandbox(port: int) -> GatewaySettings:
    """What the sandbox on this machine and the portal know each other by."""
    here = f"http://127.0.0.1:{port}"
    signing = "sandbox-only-signing-secret"
    return GatewaySettings(
        PayFastSettings(SANDBOX_MERCHANT, SANDBOX_KEY, SANDBOX_PASSPHRASE, here, ("127.0.0.1",)),
        OzowSettings("SAN-SAN-001", "Sandbox-Only-Private-Key", "sandbox-only-api-key", f"{here}/ozow", f"{here}/ozow"),
        YocoSettings("sk_sandbox_only_yoco", signing.encode(), f"{here}/yoco", here),
        StripeSettings("sk_sandbox_only_stripe", f"whsec_{signing}", f"{here}/stripe", here),
        port,
    )


def _given(reader: Reader, label: str, *names: str) -> list[str] | None:
    """The values that a gateway needs, None when there is none at all; half of them is a mistake."""
    values = [reader.text(name) or "" for name in names]
    if not any(values):
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    reader.problems += [f"{name}: {label} needs it beside its other settings." for name in missing]
    return values


def _url(reader: Reader, name: str, default: str, production: bool) -> str:
    url = (reader.text(name) or default).rstrip("/")
    if not _is_safe(url, production):
        reader.problems.append(f"{name}: an address that starts with https:// is needed.")
    return url


def _payfast(reader: Reader, production: bool) -> PayFastSettings | None:
    values = _given(reader, "PayFast", "PAYFAST_MERCHANT_ID", "PAYFAST_MERCHANT_KEY", "PAYFAST_PASSPHRASE")
    hosts, wanted = reader.words("PAYFAST_HOSTS"), reader.text("PAYFAST_URL")
    if values is None:
        return None
    if any("/" in host and not _is_network(host) for host in hosts):
        reader.problems.append("PAYFAST_HOSTS: host names, or networks like 197.97.145.144/28, are needed.")
    url = _url(reader, "PAYFAST_URL", wanted or "https://www.payfast.co.za", production)
    merchant_id, merchant_key, passphrase = values
    return PayFastSettings(merchant_id, merchant_key, passphrase, url, hosts or _hosts(url))


def _ozow(reader: Reader, production: bool) -> OzowSettings | None:
    values = _given(reader, "Ozow", "OZOW_SITE_CODE", "OZOW_PRIVATE_KEY", "OZOW_API_KEY")
    key, test = reader.text("OZOW_HASH_KEY", "lower"), reader.switch("OZOW_TEST", False)
    if key not in {"lower", "as-is"}:
        reader.problems.append("OZOW_HASH_KEY: lower or as-is is needed.")
    urls = (
        _url(reader, "OZOW_URL", "https://pay.ozow.com", production),
        _url(reader, "OZOW_API_URL", "https://api.ozow.com", production),
    )
    return None if values is None else OzowSettings(values[0], values[1], values[2], *urls, key == "as-is", test)


def _yoco(reader: Reader, production: bool) -> YocoSettings | None:
    values = _given(reader, "Yoco", "YOCO_SECRET_KEY", "YOCO_WEBHOOK_SECRET")
    url = _url(reader, "YOCO_API_URL", "https://payments.yoco.com", production)
    pay_url = _url(reader, "YOCO_PAY_URL", "https://c.yoco.com", production)
    if values is None:
        return None
    secret_key, signing = values
    try:
        key = base64.b64decode(signing.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if signing and (not key or not signing.startswith("whsec_")):
        reader.problems.append("YOCO_WEBHOOK_SECRET: it starts with whsec_, and base64 follows.")
    return YocoSettings(secret_key, key, url, pay_url)


def _stripe(reader: Reader, production: bool) -> StripeSettings | None:
    values = _given(reader, "Stripe", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
    url = _url(reader, "STRIPE_API_URL", "https://api.stripe.com", production)
    pay_url = _url(reader, "STRIPE_PAY_URL", "https://checkout.stripe.com", production)
    return None if values is None else StripeSettings(values[0], values[1], url, pay_url)


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
