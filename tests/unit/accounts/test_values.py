"""Plain values of accounts: browsers in words, fingerprints of facts, where a form may lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.accounts.types import CustomerInfo, ReleasePolicy, SessionInfo
from portal.core.money import Money
from portal.platform.http.redirects import safe_path

CUSTOMER = CustomerInfo(
    id=1,
    code="MPD014",
    name="Marikana Plant",
    vat_number=None,
    registration=None,
    address=("1 Shaft Road",),
    email="accounts@mpd.example",
    terms_days=30,
    credit_limit=Money.zero(),
    release_policy=ReleasePolicy.CLEARED,
    provisional_limit=Money.zero(),
    reference="7K04M2X3",
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9", "curl/8.9"),
        ("", "Unknown"),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent: str, words: str) -> None:
    now = datetime(2026, 3, 16, tzinfo=UTC)

    assert SessionInfo(1, now, now, "127.0.0.1", agent).browser == words


def test_the_fingerprint_changes_with_every_fact() -> None:
    others = [
        replace(CUSTOMER, name="Marikana Plants"),
        replace(CUSTOMER, credit_limit=Money.zar(1)),
        replace(CUSTOMER, release_policy=ReleasePolicy.TRUSTED),
        replace(CUSTOMER, address=("2 Shaft Road",)),
    ]

    assert len({each.fingerprint for each in [CUSTOMER, *others]}) == 5
    assert replace(CUSTOMER).fingerprint == CUSTOMER.fingerprint


@pytest.mark.parametrize("wanted", ["/invoices", "/invoices?filter=open&after=abc", "/proofs/PRF-1", "/"])
def test_a_path_of_ours_is_followed(wanted: str) -> None:
    assert safe_path(wanted, "/home") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "//evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\\evil.example",
        "\\\\/evil.example",
        "/%5cevil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/a\r\nSet-Cookie: x=1",
        "https://portal@evil.example",
        "invoices",
        "/a b",
    ],
)
def test_anything_else_leads_home(wanted: str | None) -> None:
    assert safe_path(wanted, "/home") == "/home"
