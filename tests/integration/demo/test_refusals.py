"""What the demo's commands refuse, and that a failed load leaves nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.catalog import service as catalog
from portal.core.errors import Conflict
from portal.demo import service
from portal.platform import config
from portal.platform.db import transaction

SMALL = service.Options(days=10, customers=1, orders=1, today=date(2026, 3, 16))


def test_a_database_with_other_customers_is_left_alone(app: Any) -> None:
    transaction(lambda: accounts.create_customer("ZZZ999", CustomerDraft("Somebody else", "a@b.example")))

    with pytest.raises(Conflict):
        service.load(SMALL)

    assert [each.code for each in accounts.customers_page().items] == ["ZZZ999"]


def test_a_load_that_fails_leaves_nothing_behind(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("portal.demo.story.Story.tell", fail)

    with pytest.raises(RuntimeError):
        service.load(SMALL)

    assert accounts.customers_page().items == ()
    assert catalog.categories() == ()


def test_without_a_company_there_is_nobody_to_list(app: Any) -> None:
    answer = app.test_cli_runner().invoke(args=["demo", "passwords", "--json"])

    assert answer.exit_code == 1
    assert json.loads(answer.output)["ok"] is False


@pytest.mark.parametrize("command", ["load", "passwords"])
def test_production_has_no_demo(tmp_path: Path, command: str) -> None:
    from app import create_app

    settings = config.load(
        {
            "FLASK_ENV": "production", "SECRET_KEY": "k" * 50, "DATABASE_URL": f"sqlite:///{tmp_path / 'db'}",
            "PUBLIC_URL": "https://portal.example", "DATA_DIR": str(tmp_path),
        }
    )  # fmt: skip

    answer = create_app(settings).test_cli_runner().invoke(args=["demo", command])

    assert answer.exit_code == 1
    assert "not for production" in answer.output


def test_a_wrong_day_is_a_wrong_use(app: Any) -> None:
    assert app.test_cli_runner().invoke(args=["demo", "load", "--today", "soon"]).exit_code == 2
