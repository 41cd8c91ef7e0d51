"""Log lines: what they hold (P10, P11, P14, E13, C18) and what nobody can put into them."""

from __future__ import annotations

import io
import json
import logging
import re
import sys

import pytest
from flask import Flask, g

from logging_config import JSONFormatter, TextFormatter
from portal import __version__
from portal.core.identity import Identity


def logged(formatter: logging.Formatter, act, name: str = "app") -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logger = logging.Logger(name)
    logger.addHandler(handler)
    act(logger)
    return out.getvalue()


def as_json(act, name: str = "app") -> dict:
    lines = logged(JSONFormatter(), act, name).splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def person() -> Identity:
    return Identity(
        user_id=123, name="B", email="b@x.example", staff_roles=frozenset(), customer_id=None, customer_name=None,
        customer_code=None, customer_role=None, session_id=1, unread=0,
    )  # fmt: skip


@pytest.fixture
def web() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/login", "login", lambda: "", methods=["POST"])
    app.add_url_rule("/pay/<token>", "pay", lambda token: "")
    return app


def test_the_json_log_schema_holds_everything_log_tools_ask_for(web):
    with web.test_request_context("/login", method="POST", environ_base={"REMOTE_ADDR": "100.64.0.2"}):
        g.identity, g.request_id = person(), "abc12345"
        line = as_json(lambda log: log.info("User login successful"))

    assert line["level"] == "INFO"
    assert line["logger"] == "app"
    assert line["message"] == "User login successful"
    assert line["request"] == {"method": "POST", "path": "/login", "remote_addr": "100.64.0.2"}
    assert line["user_id"] == 123
    assert line["request_id"] == "abc12345"
    assert line["module"] == "test_log_lines"
    assert line["function"] == "<lambda>"
    assert line["version"] == __version__


def test_times_are_utc_with_milliseconds_and_z():
    record = logging.makeLogRecord({"created": 1770474600.25, "msg": "x"})
    assert json.loads(JSONFormatter().format(record))["timestamp"] == "2026-02-07T14:30:00.250Z"


def test_outside_a_request_a_line_claims_none():
    assert "request" not in as_json(lambda log: log.info("at night"))


def test_extra_fields_stand_beside_the_others():
    line = as_json(lambda log: log.warning("refused", extra={"event_type": "login_failed", "attempt": 3}))
    assert (line["event_type"], line["attempt"]) == ("login_failed", 3)


def test_an_exception_is_told_with_type_message_and_traceback():
    def act(log: logging.Logger) -> None:
        try:
            raise ValueError("no such thing")
        except ValueError:
            log.exception("failed")

    told = as_json(act)["exception"]
    assert (told["type"], told["message"]) == ("ValueError", "no such thing")
    assert "test_log_lines.py" in told["traceback"]


def test_what_json_cannot_hold_is_written_as_text():
    assert as_json(lambda log: log.info("x", extra={"folder": {1}}))["folder"] == "{1}"


def test_development_lines_have_the_documented_form():
    line = logged(TextFormatter(), lambda log: log.info("User login successful"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[INFO\] app: User login successful\n", line)


def test_colour_is_for_terminals_only():
    assert "\x1b[31mERROR\x1b[0m" in logged(TextFormatter(coloured=True), lambda log: log.error("x"))
    assert "\x1b" not in logged(TextFormatter(), lambda log: log.error("x"))


FORGERIES = [
    'x\n{"level": "INFO", "message": "forged"}',
    "x\r\n2026-02-07 14:30:00 [INFO] app: forged",
    "x\x1b[2Jforged",
    "x\u2028forged",
    "x\x00forged",
]


@pytest.mark.parametrize("name", FORGERIES)
def test_nobody_can_forge_a_json_line(name):
    out = logged(JSONFormatter(), lambda log: log.info("sign-in failed for %s", name))
    assert len(out.splitlines()) == 1
    assert json.loads(out)["message"] == f"sign-in failed for {name}"


@pytest.mark.parametrize("name", FORGERIES)
def test_nobody_can_forge_a_text_line(name):
    out = logged(TextFormatter(coloured=True), lambda log: log.info("sign-in failed for %s", name))
    assert len(out.splitlines()) == 1
    assert not set("\x00\r\u2028") & set(out)
    assert "\x1b[2J" not in out


def test_a_traceback_cannot_forge_a_text_line_either():
    def act(log: logging.Logger) -> None:
        try:
            raise ValueError("x\n2026-02-07 14:30:00 [INFO] app: forged")
        except ValueError:
            log.exception("failed")

    first, *rest = logged(TextFormatter(), act).splitlines()
    assert first.endswith("failed")
    assert all(line.startswith("    ") for line in rest)


SECRETS = [
    ("connecting to mysql+pymysql://user:hunter22@db.example:3306/portal", "hunter22"),
    ("redis://:s3cr3tpass@cache:6379 is away", "s3cr3tpass"),
    ("got Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
    ("posted password=opensesame now", "opensesame"),
    ('{"api_key": "k-12345678"}', "k-12345678"),
    ("csrf_token=IjQ4ZmE5 sent", "IjQ4ZmE5"),
]


@pytest.mark.parametrize(("message", "secret"), SECRETS)
@pytest.mark.parametrize("formatter", [JSONFormatter(), TextFormatter()])
def test_secrets_are_masked(formatter, message, secret):
    def act(log: logging.Logger) -> None:
        try:
            raise RuntimeError(message)
        except RuntimeError:
            log.exception("said: %s", message)

    assert secret not in logged(formatter, act)


def test_a_field_named_like_a_secret_is_masked():
    assert as_json(lambda log: log.info("x", extra={"session_token": "abc"}))["session_token"] == "***"


def test_the_token_of_a_signed_link_is_not_logged(web):
    with web.test_request_context("/pay/eyJhbGciOi"):
        assert as_json(lambda log: log.info("x"))["request"]["path"] == "/pay/***"


def test_formatting_needs_no_request_and_no_stack():
    record = logging.LogRecord("app", logging.INFO, __file__, 1, "%s of %s", ("1", "2"), (None, None, None))
    assert "exception" not in json.loads(JSONFormatter().format(record))
    assert sys.exc_info() == (None, None, None)
