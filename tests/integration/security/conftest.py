"""One portal with two customers for all of these tests; each test gets it back as it was."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal.accounts.models import UserSession
from portal.core import clock
from portal.platform.db import db
from tests.application import Browser, TestApplication
from tests.integration.security.filled import Data, completed
from tests.integration.security.forms import AFTER, FORMS
from tests.integration.security.rules import call_named
from tests.integration.security.things import EMAILS, World
from tests.integration.security.world import build


@dataclass
class Site:
    """The application and what its database held when the world was made."""

    application: TestApplication
    world: World
    snapshot: Path

    @property
    def database(self) -> Path:
        return Path(self.application.settings.database_url.removeprefix("sqlite:///"))

    def restore(self) -> None:
        """The database as it was; everybody was here a moment ago."""
        db.session.remove()
        db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.snapshot, self.database)
        db.session.execute(update(UserSession).values(seen_at=clock.now()))
        db.session.commit()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("security")
    application = TestApplication(folder, None)
    made = Site(application, None, folder / "snapshot")  # type: ignore[arg-type]
    with application.app.app_context():
        application.app.extensions["settings"] = replace(application.settings, review_all_proofs=True)
        made.world = build(application.app)
        application.app.extensions["settings"] = application.settings
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(made.database)) as source, closing(sqlite3.connect(made.snapshot)) as target:
        source.backup(target)
    yield made
    application.close()


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """The portal as the world left it, inside an application context; on SQLite alone: no rule here is the database's."""
    with site.application.app.app_context():
        site.restore()
        yield site.application.app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(site: Site, app: Flask) -> World:
    return site.world


@pytest.fixture
def restore(site: Site, app: Flask) -> Callable[[], None]:
    return site.restore


@pytest.fixture
def browser_of(world: World, app: Flask) -> Callable[[str], Browser]:
    """A browser that is signed in already: ``browser_of("clerk")``; ``anonymous`` has a form token and nobody behind it."""

    def make(role: str, into: Flask | None = None) -> Any:
        target = into or app
        browser = target.test_client()
        if role == "anonymous":
            browser.get("/login")
            return browser
        cookie, token = world.sessions[EMAILS[role]]
        browser.set_cookie(target.config["SESSION_COOKIE_NAME"], cookie, secure=True)
        browser.token = token
        return browser

    return make


@pytest.fixture
def behind_https(site: Site, app: Flask) -> Iterator[Flask]:
    """The same portal, reached at https://portal.example."""
    from app import create_app

    settings = replace(site.application.settings, public_url="https://portal.example")
    made = create_app(settings)
    made.test_client_class = Browser
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def send(world: World, app: Flask, browser_of: Callable[[str], Browser]) -> Callable[..., Any]:
    """``send("POST orders.place", "text")``: the good form of a rule, as who may send it; extra fields on request."""

    def sending(
        name: str, text: str = "Plain words", extra: Data | None = None, change: Data | None = None, without: str = ""
    ) -> Any:
        if name in AFTER:
            sending(AFTER[name])
        filled, call = FORMS[name], call_named(app, name)
        browser = browser_of(filled.role)
        data = completed(filled, browser, world, text)
        data = {**(extra or {}), **data, **(change or {})}
        data.pop(without, None)
        headers = {
            "X-Request-ID": "always-the-same",
            "X-CSRFToken": browser.token,
            "User-Agent": " ".join(text.split()),
        }
        suffix = "?wait=0" if name.startswith("POST proofs_api") else ""
        return browser.post(call.address(app, world, world.first) + suffix, data=data, headers=headers)

    return sending
