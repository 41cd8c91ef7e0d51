"""What the house rules look at: the tree as it is, and the application built from it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
TOP = ("app.py", "gunicorn_config.py", "logging_config.py", "monitoring.py")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources() -> list[Path]:
    """Every Python file of the product, without its tests."""
    return [ROOT / name for name in TOP] + sorted((ROOT / "portal").rglob("*.py"))


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, for looking at its routes and commands; no database is touched."""
    from app import create_app
    from portal.platform import config

    environ = {
        "FLASK_ENV": "testing",
        "SECRET_KEY": "for looking at, never for serving",
        "DATA_DIR": str(tmp_path_factory.mktemp("house")),
        "LOG_LEVEL": "WARNING",
    }
    yield create_app(config.load(environ))
