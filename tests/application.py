"""The portal under test: an application on one database, emptied before each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.platform import config
from portal.platform.db import db
from tests.markup import complain

#: who we are in the tests: without these no invoice can be issued
COMPANY = {
    "COMPANY_REGISTRATION": "2014/078123/07", "COMPANY_VAT_NUMBER": "4590271836",
    "COMPANY_ADDRESS": "14 Impala Road, Rustenburg, 0299", "COMPANY_PHONE": "014 555 0136",
    "COMPANY_EMAIL": "accounts@360degree.example",
}  # fmt: skip


_COUNTED = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND auto_increment > 1"


class Browser(FlaskClient):
    """A test client that checks every page it gets and sends the form token of the last page it saw."""

    token: str | None = None

    def open(self, *args: Any, **values: Any) -> TestResponse:
        if has_app_context():  # Flask takes the test's own context for the request: nothing may be left in it
            for name in list(g):
                g.pop(name)
        bare = values.pop("bare", False)
        if self.token and not bare and values.get("method", "GET") == "POST" and "json" not in values:
            data = values.get("data")
            if data is None or isinstance(data, dict):
                values["data"] = {"csrf_token": self.token, **(data or {})}
        answer = super().open(*args, **values)
        if answer.is_streamed:  # a file that is made while it is sent is received whole, as by a browser
            answer.get_data()
        if has_app_context():  # as after a real request: its transaction is over
            db.session.rollback()
        if answer.mimetype == "text/html":
            body = answer.get_data(as_text=True)
            answer.close()  # what waits for the end of an answer happens now
            complain(body)
            found = body.split('name="csrf_token"', 1)
            if len(found) == 2:
                self.token = found[1].split('value="', 1)[1].split('"', 1)[0]
        return answer


class TestApplication:
    """One application; fresh() empties its database and documents."""

    __test__ = False

    def __init__(self, folder: Path, database_url: str | None) -> None:
        from app import create_app

        self.folder = folder
        environ = {
            "FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never anywhere else",
            "DATA_DIR": str(folder / "data"), "RATE_LIMIT_ENABLED": "off", "LOG_LEVEL": "WARNING", "GATEWAY_SANDBOX": "on",
            **COMPANY,
        }  # fmt: skip
        if database_url:
            environ["DATABASE_URL"] = database_url
        self.settings = config.load(environ)
        self.app: Flask = create_app(self.settings)
        self.app.test_client_class = Browser
        with self.app.app_context():
            self._build()

    def _build(self) -> None:
        from tests.schema import build

        build()
        db.engine.dispose()
        if self.settings.sqlite:
            shutil.copy(self._file, self.folder / "template")

    @property
    def _file(self) -> Path:
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    def fresh(self) -> Iterator[Flask]:
        with self.app.app_context():
            self._empty()
            yield self.app
            db.session.remove()
            db.engine.dispose()

    def _empty(self) -> None:
        data = self.settings.data_dir
        for folder in ("documents", "mail", "pages"):
            shutil.rmtree(data / folder, ignore_errors=True)
        db.engine.dispose()
        if self.settings.sqlite:
            for suffix in ("-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
            shutil.copy(self.folder / "template", self._file)
            return
        with db.engine.begin() as connection:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
            counted = set(connection.scalars(text(_COUNTED)))  # empty again, but its next id is not 1
            for table in db.metadata.tables:
                if table in counted or connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM `{table}`)")).scalar():
                    connection.execute(text(f"TRUNCATE `{table}`"))
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
