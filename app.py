"""The portal's application: ``gunicorn --config gunicorn_config.py app:app`` serves it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import Migrate
from jinja2 import StrictUndefined

import logging_config
import monitoring
from portal import __version__
from portal.platform import config, db, files, filters, http, lists, outbox, ratelimit, webhooks
from portal.platform.jobs import housekeeping
from portal.platform.rest import pages

ROOT = Path(__file__).resolve().parent
FEATURES = (
    "accounts", "content", "catalog", "ledger", "invoices", "orders", "payments", "banking", "proofs", "reporting",
    "backoffice", "demo",
)  # fmt: skip


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from the environment, or from settings given by a test."""
    settings = settings or config.load()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.cli = _Commands(app.name)
    app.extensions["settings"] = settings
    app.config["TESTING"] = settings.environment == "testing"
    logging_config.setup_logging(settings)
    app.jinja_env.undefined = StrictUndefined
    _init_platform(app, settings)
    _register_features(app)
    return app


def _init_platform(app: Flask, settings: config.Settings) -> None:
    from portal.accounts import service as accounts

    db.init_app(app, settings)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=settings.sqlite)
    logging_config.init_app(app)
    filters.init_app(app)
    ratelimit.init_app(app)
    lists.init_app(app)
    http.init_app(app, settings, accounts.identify, accounts.program)
    app.register_blueprint(monitoring.blueprint)
    app.register_blueprint(pages.blueprint)
    housekeeping.register()
    outbox.register()
    webhooks.register()
    files.register()


class _Commands(AppGroup):
    """The commands of all features, imported when one is asked for: a web worker never carries them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        for feature in ("platform", *FEATURES):
            for command in getattr(_part(feature, "cli"), "COMMANDS", ()):
                self.add_command(command)


def _register_features(app: Flask) -> None:
    for feature in FEATURES:
        for name in ("views", "staff_views", "people_views", "oversight_views", "mail_views", "program_views", "api"):
            if (part := _part(feature, name)) is not None:
                app.register_blueprint(part.blueprint)
        if (tasks := _part(feature, "tasks")) is not None:
            tasks.register()


def _part(feature: str, name: str) -> ModuleType | None:
    """One file of a feature, or None when the feature has no such file."""
    if importlib.util.find_spec(f"portal.{feature}.{name}") is None:
        return None
    return importlib.import_module(f"portal.{feature}.{name}")


app = create_app()

if __name__ == "__main__":
    if app.extensions["settings"].production:
        sys.exit("The development server is not for production: gunicorn --config gunicorn_config.py app:app")
    print(f"Supply portal {__version__}: this is the development server; production runs under gunicorn.")  # noqa: T201
    app.run(port=8000)
