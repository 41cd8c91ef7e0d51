"""Settings from the environment: read once into a typed object, wrong values refused with one clear line each.

Names and defaults: design.md 9 and requirements.md C17; .env.example lists every name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from portal.core.company import Company
from portal.platform import gateway_settings
from portal.platform.gateway_settings import GatewaySettings
from portal.platform.kept_secret import kept_secret

ROOT = Path(__file__).resolve().parents[2]
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

#: Other names that stand for one of ours; ours wins when both are set (requirements.md C17, B21).
ALIASES = {
    "FLASK_ENV": ("APP_ENV", "ENVIRONMENT"),
    "DATABASE_URL": ("MYSQL_URL",),
    "GUNICORN_WORKERS": ("API_WORKERS", "FASTAPI_WORKERS", "WEB_CONCURRENCY"),
    "METRICS_ENABLED": ("ENABLE_METRICS",),
    "PORT": ("API_PORT",),
    "HOST": ("API_HOST",),
}


class ConfigError(Exception):
    """Settings that cannot be used; one line for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Times are seconds unless the name says otherwise; sizes are bytes."""

    environment: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    #: what documents are signed with: the first one signs, all of them still prove what they signed
    signing_keys: tuple[str, ...] = field(repr=False)
    public_url: str | None
    trusted_hosts: tuple[str, ...]
    trusted_proxy_count: int
    data_dir: Path
    database_url: str = field(repr=False)
    db_pool_size: int
    db_max_overflow: int
    db_pool_recycle: int
    db_pool_timeout: int
    sql_echo: bool
    auto_migrate: bool
    redis_url: str | None = field(repr=False)
    celery_broker_url: str | None = field(repr=False)
    s3_bucket: str | None
    s3_endpoint: str | None
    aws_region: str
    smtp_url: str | None = field(repr=False)
    mail_from: str
    #: the mailbox that proofs are sent to, and its address; None where proofs do not come by mail
    mail_in_url: str | None = field(repr=False)
    mail_in_address: str | None
    log_level: str
    log_format: str
    slow_request_ms: int
    metrics_enabled: bool
    metrics_token: str | None = field(repr=False)
    monitoring_public: bool
    probe_networks: tuple[str, ...]
    max_upload_bytes: int
    uploads_per_hour: int
    rate_limit_enabled: bool
    embedded_worker: bool
    job_lease_seconds: int
    job_heartbeat_seconds: int
    job_memory_bytes: int
    ocr_concurrency: int
    ocr_escalation: bool
    admin_email: str | None
    company: Company
    port: int
    review_all_proofs: bool
    #: a decision of a person takes effect after so long, and can be taken back until then
    review_undo_seconds: int
    #: in whole cents: an acceptance above it needs a second person; 0 asks for none
    review_four_eyes_cents: int
    gateways: GatewaySettings
    webhooks_to_private: bool

    @property
    def production(self) -> bool:
        """True where customers' money is real."""
        return self.environment == "production"

    @property
    def secure_cookies(self) -> bool:
        """Cookies are Secure and carry the __Host- prefix once people reach us over https."""
        return bool(self.public_url and self.public_url.startswith("https://"))

    @property
    def base_url(self) -> str:
        """What addresses in mails begin with; never taken from a request's Host header."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def sqlite(self) -> bool:
        """True on the embedded default."""
        return self.database_url.startswith("sqlite")


@dataclass(frozen=True, slots=True)
class Server:
    """What the web server itself needs: read by gunicorn_config.py before there is an application."""

    host: str
    port: int
    workers: int | None
    threads: int
    worker_connections: int
    timeout: int
    keepalive: int
    graceful_timeout: int
    max_requests: int
    max_requests_jitter: int
    log_level: str
    log_format: str
    metrics_dir: str | None


def server(environ: Mapping[str, str] | None = None) -> Server:
    """The web server's settings; workers is None where the machine decides. Raises ConfigError."""
    reader = _Reader(os.environ if environ is None else environ)
    made = reader.server()
    if reader.problems:
        raise ConfigError(list(dict.fromkeys(reader.problems)))
    return made


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings. Raises ConfigError with one line for each wrong value."""
    return _Reader(os.environ if environ is None else environ).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str | None:
        for key in (name, *ALIASES.get(name, ())):
            value = self.environ.get(key, "").strip()
            if value:
                return value
        return default

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (self.text(name) or "").split(",") if part.strip())

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        raw = self.text(name)
        if raw is None:
            return default
        if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
            self.problems.append(f"{name}: a whole number from {least} to {most} is needed, like {default}.")
            return default
        return int(raw)

    def switch(self, name: str, default: bool) -> bool:
        raw = (self.text(name) or "").lower()
        if raw in {"1", "true", "yes", "on"}:
            return True
        if raw in {"0", "false", "no", "off"}:
            return False
        if raw:
            self.problems.append(f"{name}: on or off is needed.")
        return default

    def choice(self, name: str, default: str, among: tuple[str, ...], fold: Callable[[str], str]) -> str:
        value = fold(self.text(name, default) or default)
        if value not in among:
            self.problems.append(f"{name}: one of {', '.join(among)} is needed.")
            return default
        return value

    def environment(self) -> str:
        default = "production" if self.environ.get("RAILWAY_ENVIRONMENT") else "development"
        return self.choice("FLASK_ENV", default, ("development", "testing", "production"), str.lower)

    def log_level(self) -> str:
        return self.choice("LOG_LEVEL", "INFO", LOG_LEVELS, str.upper)

    def log_format(self) -> str:
        default = "json" if self.environment() == "production" else "text"
        return self.choice("LOG_FORMAT", default, ("json", "text"), str.lower)

    def server(self) -> Server:
        workers = self.number("GUNICORN_WORKERS", 0, most=512)
        threads = self.number("GUNICORN_THREADS", 2, least=1, most=256)
        return Server(
            host=self.text("HOST", "0.0.0.0") or "",  # noqa: S104 - a container is reached from outside
            port=self.number("PORT", 8000, least=1, most=65535),
            workers=workers or None,
            threads=threads,
            worker_connections=self.number("GUNICORN_WORKER_CONNECTIONS", max(4, threads + 2), least=1, most=100_000),
            timeout=self.number("GUNICORN_TIMEOUT", 120, most=3600),
            keepalive=self.number("GUNICORN_KEEPALIVE", 5, most=600),
            graceful_timeout=self.number("GUNICORN_GRACEFUL_TIMEOUT", 30, least=1, most=600),
            max_requests=self.number("GUNICORN_MAX_REQUESTS", 1000),
            max_requests_jitter=self.number("GUNICORN_MAX_REQUESTS_JITTER", 50),
            log_level=self.log_level(),
            log_format=self.log_format(),
            metrics_dir=self.text("PROMETHEUS_MULTIPROC_DIR"),
        )

    def settings(self) -> Settings:
        environment = self.environment()
        production = environment == "production"
        data_dir = Path(self.text("DATA_DIR") or ROOT / "var").resolve()
        if production:
            self._demand_production_values()
        made = Settings(
            environment=environment,
            secret_key=self._secret_key(data_dir, production),
            signing_keys=self._signing_keys(data_dir, production),
            data_dir=data_dir,
            database_url=self._database_url(data_dir),
            company=self._company(),
            gateways=gateway_settings.read(self, production),
            webhooks_to_private=gateway_settings.webhooks_to_private(self, production),
            **self._web(),
            **self._stores(),
            **self._watching(),
            **self._work(),
        )
        if self.problems:
            raise ConfigError(list(dict.fromkeys(self.problems)))
        return made

    def _company(self) -> Company:
        """What administrators have not written yet; nothing is assumed but our name."""
        address = self.text("COMPANY_ADDRESS") or ""
        return Company(
            name=self.text("COMPANY_NAME") or "360Degree Supply (Pty) Ltd",
            registration=self.text("COMPANY_REGISTRATION") or "",
            vat_number=self.text("COMPANY_VAT_NUMBER") or "",
            address=tuple(part.strip() for part in address.split(",") if part.strip()),
            phone=self.text("COMPANY_PHONE") or "",
            email=self.text("COMPANY_EMAIL") or "",
        )

    def _web(self) -> dict[str, Any]:
        behind_proxy = 1 if self.environ.get("RAILWAY_ENVIRONMENT") else 0
        return {
            "secret_key_fallbacks": self.words("SECRET_KEY_FALLBACKS"),
            "public_url": self._public_url(),
            "port": self.number("PORT", 8000, least=1, most=65535),
            "trusted_hosts": self.words("TRUSTED_HOSTS"),
            "trusted_proxy_count": self.number("TRUSTED_PROXY_COUNT", behind_proxy, most=5),
            "max_upload_bytes": self.number("MAX_UPLOAD_MB", 10, least=1, most=100) * 1024 * 1024,
            "uploads_per_hour": self.number("UPLOADS_PER_HOUR", 120, least=1),
            "rate_limit_enabled": self.switch("RATE_LIMIT_ENABLED", True),
            "admin_email": self.text("ADMIN_EMAIL"),
        }

    def _stores(self) -> dict[str, Any]:
        return {
            "db_pool_size": self.number("DB_POOL_SIZE", 10, least=1, most=500),
            "db_max_overflow": self.number("DB_MAX_OVERFLOW", 20, most=500),
            "db_pool_recycle": self.number("DB_POOL_RECYCLE", 3600, least=1),
            "db_pool_timeout": self.number("DB_POOL_TIMEOUT", 30, least=1, most=600),
            "sql_echo": self.switch("SQL_ECHO", False),
            "auto_migrate": self.switch("AUTO_MIGRATE", True),
            "redis_url": self._redis_url(),
            "celery_broker_url": self.text("CELERY_BROKER_URL"),
            "s3_bucket": self.text("AWS_S3_BUCKET_NAME"),
            "s3_endpoint": self.text("AWS_ENDPOINT_URL_S3"),
            "aws_region": self.text("AWS_REGION", "af-south-1"),
            "smtp_url": self._url("SMTP_URL", ("smtp", "smtps")),
            "mail_from": self.text("MAIL_FROM", "accounts@360degree.example"),
            **self._mail_in(),
        }

    def _mail_in(self) -> dict[str, Any]:
        url, address = self._url("MAIL_IN_URL", ("imap", "imaps")), self.text("MAIL_IN_ADDRESS")
        if url and (not address or address.count("@") != 1 or "+" in address):
            self.problems.append("MAIL_IN_ADDRESS: the mailbox's own address is needed, like proofs@company.example.")
        return {"mail_in_url": url, "mail_in_address": address.lower() if url and address else None}

    def _watching(self) -> dict[str, Any]:
        return {
            "log_level": self.log_level(),
            "log_format": self.log_format(),
            "slow_request_ms": self.number("SLOW_REQUEST_MS", 1000, least=1),
            "metrics_enabled": self.switch("METRICS_ENABLED", True),
            "metrics_token": self.text("METRICS_TOKEN"),
            "monitoring_public": self.switch("MONITORING_PUBLIC", False),
            "probe_networks": self._networks("PROBE_NETWORKS") or ("127.0.0.0/8", "::1/128"),
        }

    def _work(self) -> dict[str, Any]:
        cores = max(1, len(os.sched_getaffinity(0)))
        return {
            "embedded_worker": self.switch("EMBEDDED_WORKER", True),
            "job_lease_seconds": self.number("JOB_LEASE_SECONDS", 60, least=2, most=3600),
            "job_heartbeat_seconds": self.number("JOB_HEARTBEAT_SECONDS", 15, least=1, most=600),
            "job_memory_bytes": self.number("JOB_MEMORY_MB", 768, least=128, most=65536) * 1024 * 1024,
            "ocr_concurrency": self.number("OCR_CONCURRENCY", cores, least=1, most=64),
            "ocr_escalation": self.switch("OCR_ESCALATION", True),
            "review_all_proofs": self.switch("REVIEW_ALL_PROOFS", False),
            "review_undo_seconds": self.number("REVIEW_UNDO_SECONDS", 10, most=300),
            "review_four_eyes_cents": self.number("REVIEW_FOUR_EYES_CENTS", 50_000_000, most=10**13),
        }

    def _networks(self, name: str) -> tuple[str, ...]:
        given = self.words(name)
        for network in given:
            try:
                ip_network(network, strict=False)
            except ValueError:
                self.problems.append(f"{name}: networks like 10.0.0.0/8 are needed, with commas between them.")
                return ()
        return given

    def _demand_production_values(self) -> None:
        for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL"):
            if not self.text(name):
                self.problems.append(f"{name}: production needs it.")
        if not self.text("AWS_S3_BUCKET_NAME") and not self.text("DATA_DIR"):
            self.problems.append(
                "AWS_S3_BUCKET_NAME: production needs a bucket for documents, or DATA_DIR on a mounted volume."
            )
        if self.switch("DEBUG", False):
            self.problems.append("DEBUG: not in production.")

    def _secret_key(self, data_dir: Path, production: bool) -> str:
        key = self.text("SECRET_KEY")
        if key is None:
            return "" if production else kept_secret(data_dir / "secret_key")
        if len(key) < 16 or key.lower() in {"your-secret-key-here", "changeme-changeme"}:
            self.problems.append("SECRET_KEY: too short or a well-known one; use 32 random characters.")
        return key

    def _signing_keys(self, data_dir: Path, production: bool) -> tuple[str, ...]:
        """In production the secret key where no other is given: every container has that one."""
        if production:
            secrets_ = (self.text("SECRET_KEY") or "", *self.words("SECRET_KEY_FALLBACKS"))
        else:
            secrets_ = () if self.text("SIGNING_KEY") else (kept_secret(data_dir / "signing_key"),)
        return (*self.words("SIGNING_KEY"), *self.words("SIGNING_KEY_FALLBACKS"), *secrets_)

    def _url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        value = self.text(name)
        if value is not None and (urlsplit(value).scheme not in schemes or not urlsplit(value).hostname):
            self.problems.append(
                f"{name}: an address that starts with {' or '.join(s + '://' for s in schemes)} is needed."
            )
        return value

    def _public_url(self) -> str | None:
        value = self._url("PUBLIC_URL", ("https", "http"))
        return value.rstrip("/") if value else None

    def _redis_url(self) -> str | None:
        host = self.text("REDIS_HOST")
        if not self.text("REDIS_URL") and host:
            return f"redis://{host}:{self.number('REDIS_PORT', 6379, least=1, most=65535)}/0"
        return self._url("REDIS_URL", ("redis", "rediss", "unix"))

    def _database_url(self, data_dir: Path) -> str:
        url = self.text("DATABASE_URL")
        if url is None:
            return f"sqlite:///{data_dir / 'portal.sqlite3'}"
        scheme = urlsplit(url).scheme
        if scheme in {"mysql", "mariadb"}:
            url = url.replace(f"{scheme}://", "mysql+pymysql://", 1)
        elif scheme not in {"mysql+pymysql", "mysql+mysqldb", "sqlite"}:
            self.problems.append("DATABASE_URL: a mysql:// or sqlite:// address is needed.")
        if url.startswith("mysql") and "charset=" not in url:
            url += ("&" if "?" in url else "?") + "charset=utf8mb4"
        return url


def current() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found
