"""Logs: one JSON object a line in production, coloured text in development, and one timed line for each request.

No line can be forged from what strangers send (control characters are escaped), and no line carries a secret
(passwords in addresses, tokens and keys are masked). Field names: requirements.md P10, P12, P14, E13, C18, C19.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from gunicorn.glogging import Logger

from portal import __version__
from portal.platform.request_facts import MASK, is_secret, masked, request_facts
from portal.platform.timing import log_performance

if TYPE_CHECKING:
    from flask import Flask

    from portal.platform.config import Settings

__all__ = ["JSONFormatter", "ServerLog", "TextFormatter", "init_app", "log_performance", "setup_logging"]

TEXT_FORMAT = "%(asctime)s [%(levelname)s] %(name)s: %(message)s"
TEXT_DATE = "%Y-%m-%d %H:%M:%S"
_COLOURS = {"DEBUG": "36", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_PLAIN_FIELDS = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}
_CHATTY = ("urllib3", "botocore", "boto3", "s3transfer", "PIL", "pypdf", "alembic.runtime")


def one_line(text: str) -> str:
    """The text with every line break and control character escaped: what a stranger sent cannot start a line."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class JSONFormatter(logging.Formatter):
    """One JSON object a line; times in UTC with milliseconds, durations in milliseconds."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": _stamp(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            "module": record.module,
            "function": record.funcName,
            "version": __version__,
        }
        line.update(request_facts())
        line.update(_extra(record))
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _exception(record.exc_info[1])
        return json.dumps(line, default=lambda value: masked(str(value)))


class TextFormatter(logging.Formatter):
    """``2026-02-07 14:30:00 [INFO] app: User login successful``; the level is coloured on a terminal only."""

    def __init__(self, *, coloured: bool = False) -> None:
        super().__init__(TEXT_FORMAT, TEXT_DATE)
        self.coloured = coloured

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        shown = logging.makeLogRecord({**vars(record), "message": one_line(masked(record.message))})
        if self.coloured and record.levelname in _COLOURS:
            shown.levelname = f"\x1b[{_COLOURS[record.levelname]}m{record.levelname}\x1b[0m"
        return super().formatMessage(shown)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        # indented, so that a message inside cannot pass for a line of its own
        return "\n".join("    " + one_line(line) for line in masked(super().formatException(ei)).splitlines())


class ServerLog(Logger):  # type: ignore[misc]
    """Gunicorn's own lines: in the same form as ours, and to stdout like ours."""

    def setup(self, cfg: Any) -> None:
        from portal.platform import config  # read again at every reload

        super().setup(cfg)
        for handler in self.error_log.handlers:
            if cfg.errorlog == "-":
                handler.stream = sys.stdout
            handler.setFormatter(_formatter(config.server().log_format, handler.stream))


def _formatter(log_format: str, stream: TextIO) -> logging.Formatter:
    return JSONFormatter() if log_format == "json" else TextFormatter(coloured=stream.isatty())


def setup_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything to one handler: to stdout under gunicorn, to stderr for commands, whose stdout is their answer."""
    if stream is None:
        stream = sys.stdout if "gunicorn.arbiter" in sys.modules else sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(settings.log_format, stream))
    handler.set_name("portal")
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == "portal"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # our own line says more
    logging.captureWarnings(True)


def init_app(app: Flask) -> None:
    """Time every request: a warning for slow ones, one line for each, counted for /metrics."""
    from portal.platform import request_timing  # not in gunicorn's arbiter, which only formats lines

    request_timing.init_app(app)


def _extra(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    for name, value in vars(record).items():
        if name not in _PLAIN_FIELDS:
            yield name, MASK if is_secret(name) else masked(value) if isinstance(value, str) else value


def _exception(error: BaseException) -> dict[str, str]:
    return {
        "type": type(error).__name__,
        "message": masked(str(error)),
        "traceback": masked("".join(traceback.format_exception(error))),
    }


def _stamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
