"""Gateways are on by their settings, and half of them is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.platform import config
from portal.platform.gateway_settings import PayFastSettings

WHOLE = {"PAYFAST_MERCHANT_ID": "10012345", "PAYFAST_MERCHANT_KEY": "abc", "PAYFAST_PASSPHRASE": "a passphrase"}
PRODUCTION = {
    "FLASK_ENV": "production", "SECRET_KEY": "x" * 32, "DATABASE_URL": "mysql://u:p@h/d", "PUBLIC_URL": "https://p.example",
}  # fmt: skip


def payfast(folder: Path, **environ: str) -> PayFastSettings | None:
    return config.load({"DATA_DIR": str(folder), **environ}).gateways.payfast


def refused(folder: Path, **environ: str) -> list[str]:
    with pytest.raises(config.ConfigError) as error:
        payfast(folder, **environ)
    return error.value.lines


def test_nothing_set_is_off(tmp_path: Path) -> None:
    assert payfast(tmp_path) is None


def test_all_three_are_on_at_the_live_address(tmp_path: Path) -> None:
    found = payfast(tmp_path, **WHOLE, **PRODUCTION)
    assert found is not None
    assert found.url == "https://www.payfast.co.za"
    assert found.hosts == ("www.payfast.co.za", "w1w.payfast.co.za", "w2w.payfast.co.za")


def test_payfasts_own_sandbox_may_speak_only_where_buyers_are_sent_there(tmp_path: Path) -> None:
    found = payfast(tmp_path, **WHOLE, PAYFAST_URL="https://sandbox.payfast.co.za/")
    assert found is not None
    assert (found.url, found.hosts[-1]) == ("https://sandbox.payfast.co.za", "sandbox.payfast.co.za")


@pytest.mark.parametrize("missing", WHOLE)
def test_half_of_the_settings_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    lines = refused(tmp_path, **{name: value for name, value in WHOLE.items() if name != missing})
    assert len(lines) == 1 and lines[0].startswith(f"{missing}:")


@pytest.mark.parametrize("url", ["http://www.payfast.co.za", "http://127.0.0.1:8710", "ftp://x", "https://"])
def test_money_is_confirmed_over_https_alone(tmp_path: Path, url: str) -> None:
    assert any(line.startswith("PAYFAST_URL:") for line in refused(tmp_path, **WHOLE, **PRODUCTION, PAYFAST_URL=url))


def test_the_sandbox_needs_its_switch_alone(tmp_path: Path) -> None:
    found = payfast(tmp_path, GATEWAY_SANDBOX="on", GATEWAY_SANDBOX_PORT="9001")
    assert found is not None
    assert (found.url, found.hosts) == ("http://127.0.0.1:9001", ("127.0.0.1",))


def test_the_sandbox_is_not_for_production(tmp_path: Path) -> None:
    assert "GATEWAY_SANDBOX: not in production." in refused(tmp_path, **PRODUCTION, GATEWAY_SANDBOX="on")


def test_networks_may_stand_beside_hosts_and_must_be_some(tmp_path: Path) -> None:
    found = payfast(tmp_path, **WHOLE, PAYFAST_HOSTS="www.payfast.co.za, 197.97.145.144/28")
    assert found is not None and found.hosts == ("www.payfast.co.za", "197.97.145.144/28")
    assert refused(tmp_path, **WHOLE, PAYFAST_HOSTS="197.97.145/x")[0].startswith("PAYFAST_HOSTS:")


@pytest.mark.parametrize(
    ("code", "environ"),
    [
        ("ozow", {"OZOW_SITE_CODE": "S-1", "OZOW_PRIVATE_KEY": "k", "OZOW_API_KEY": "a"}),
        ("yoco", {"YOCO_SECRET_KEY": "sk", "YOCO_WEBHOOK_SECRET": "whsec_c2VjcmV0"}),
        ("stripe", {"STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": "whsec_x"}),
    ],
)
def test_each_other_gateway_is_on_by_all_of_its_settings(tmp_path: Path, code: str, environ: dict[str, str]) -> None:
    found = config.load({"DATA_DIR": str(tmp_path), **PRODUCTION, **environ}).gateways
    assert getattr(found, code) is not None and found.payfast is None
    for missing in environ:
        lines = refused(tmp_path, **{name: value for name, value in environ.items() if name != missing})
        assert len(lines) == 1 and lines[0].startswith(f"{missing}:")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YOCO_WEBHOOK_SECRET", "c2VjcmV0"), ("YOCO_WEBHOOK_SECRET", "whsec_!"), ("OZOW_HASH_KEY", "upper"),
        ("OZOW_API_URL", "http://api.ozow.com"), ("YOCO_PAY_URL", "http://c.yoco.com"), ("STRIPE_API_URL", "x"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_a_gateway_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    environ = {"YOCO_SECRET_KEY": "sk", "YOCO_WEBHOOK_SECRET": "whsec_c2VjcmV0", name: value}
    assert refused(tmp_path, **environ)[0].startswith(f"{name}:")
