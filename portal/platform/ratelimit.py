"""How often somebody may do something: counted in Redis by all processes together, else in each process's memory.

A window opens with the first request and is counted by one atomic step (INCR, and EXPIRE with the first), so two
processes never both let the last one through. When Redis is gone the limits still hold, for each process.
Source: requirements.md D12–D16 (limits and the answer), C06, C16, P34.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import redis
from flask import Flask, Response, current_app, g, jsonify, make_response, request

from portal.platform import cache, config, metrics
from portal.platform.http import access_of, errors, identity_or_none, problems, program_or_none, wants_json

View = TypeVar("View", bound=Callable[..., Any])

DETAIL = "Rate limit exceeded. Please try again later."
_PREFIX = "portal:limit:"
_COUNT = """
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {used, left}
"""
_MOST_WINDOWS = 50_000


@dataclass(frozen=True, slots=True)
class Rule:
    """So many times in so many seconds, from the first time on. name stands in keys, headers and metrics."""

    name: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Grant:
    """Where somebody stands under a rule. reset: whole seconds until the window is over."""

    rule: Rule
    used: int
    reset: int

    @property
    def allowed(self) -> bool:
        """Whether this request is still within the rule."""
        return self.used <= self.rule.most

    @property
    def remaining(self) -> int:
        """How many more are allowed in this window."""
        return max(0, self.rule.most - self.used)


#: C16: strangers and programs; people who have signed in; pictures and assets of pages.
ANONYMOUS = (Rule("anonymous-minute", 60, 60), Rule("anonymous-hour", 1000, 3600))
SIGNED_IN = (Rule("signed-in", 600, 60),)
PROGRAMS = (Rule("program-minute", 120, 60), Rule("program-hour", 2000, 3600))
PICTURES = (Rule("pictures", 600, 60),)
#: C06: health for strangers; probe networks are not counted at all.
HEALTH = (Rule("health", 1000, 3600),)


class _Windows:
    """Counters of this process, for where there is no Redis."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int, float]] = {}

    def add(self, key: str, cost: int, seconds: int) -> tuple[int, float]:
        """Count, and give what is used and the seconds left."""
        with self._lock:
            now = self._clock()
            used, ends = self._open.get(key, (0, 0.0))
            if ends <= now:
                used, ends = 0, now + seconds
            if cost:
                self._open[key] = (used + cost, ends)
                if len(self._open) > _MOST_WINDOWS:
                    self._forget_old(now)
            return used + cost, ends - now

    def forget(self, key: str) -> None:
        """Begin anew."""
        with self._lock:
            self._open.pop(key, None)

    def _forget_old(self, now: float) -> None:
        self._open = {key: window for key, window in self._open.items() if window[1] > now}
        for key in list(self._open)[: len(self._open) - _MOST_WINDOWS]:
            del self._open[key]


def _windows() -> _Windows:
    return current_app.extensions.setdefault("rate_windows", _Windows())  # type: ignore[no-any-return]


def spend(rule: Rule, key: str, cost: int = 1) -> Grant:
    """Count once more under a rule and say whether it is still allowed. Never raises because of Redis."""
    if not config.current().rate_limit_enabled:
        return Grant(rule, 0, rule.seconds)
    name = f"{rule.name}:{key}"
    memory = _windows()
    shared = cache.link()
    if shared is None:
        used, left = memory.add(name, cost, rule.seconds)
    else:
        used, left = shared.ask(
            lambda r: _counted(r, name, cost, rule.seconds), lambda: memory.add(name, cost, rule.seconds)
        )
    return Grant(rule, used, max(1, round(left)))


def look(rule: Rule, key: str) -> Grant:
    """Where somebody stands, without counting: allowed says whether one more would be."""
    standing = spend(rule, key, cost=0)
    return Grant(rule, standing.used + 1, standing.reset)


def forget(rule: Rule, key: str) -> None:
    """Begin anew, as after a successful sign-in."""
    name = f"{rule.name}:{key}"
    _windows().forget(name)
    if (shared := cache.link()) is not None:
        shared.ask(lambda r: bool(r.delete(_PREFIX + name)), lambda: False)


def _counted(client: redis.Redis, name: str, cost: int, seconds: int) -> tuple[int, float]:
    if cost == 0:
        used, left = client.get(_PREFIX + name), client.pttl(_PREFIX + name)
        return int(used or 0), max(0, left) / 1000
    used, left = client.eval(_COUNT, 1, _PREFIX + name, cost, seconds * 1000)
    return int(used), int(left) / 1000


def address() -> str:
    """Whom an anonymous request is counted for: its IPv4 address, or the /64 an IPv6 address is in."""
    given = request.remote_addr or "unknown"
    try:
        known = ipaddress.ip_address(given)
    except ValueError:
        return given
    if known.version == 4:
        return given
    return str(ipaddress.ip_network(f"{known}/64", strict=False).network_address)


def whoever() -> str:
    """The program's token or the signed-in person, else the address."""
    if (program := program_or_none()) is not None:
        return f"token-{program.token_id}"
    identity = identity_or_none()
    return f"user-{identity.user_id}" if identity else address()


def limit(
    name: str,
    *,
    per_minute: int | None = None,
    per_hour: int | None = None,
    key: Callable[[], str] | None = None,
) -> Callable[[View], View]:
    """Let a view be called so often by the same person or address (or key()); then answer 429.

    Stands under the access mark and above commit_on_success.
    """
    rules = tuple(
        Rule(f"{name}-{window}", most, seconds)
        for window, most, seconds in (("minute", per_minute, 60), ("hour", per_hour, 3600))
        if most is not None
    )
    if not rules:
        raise ValueError("per_minute or per_hour is needed")

    def around(view: View) -> View:
        @wraps(view)
        def limited(*args: Any, **values: Any) -> Any:
            refused = first_refused(rules, (key or whoever)())
            return view(*args, **values) if refused is None else too_many(refused)

        return limited  # type: ignore[return-value]

    return around


def as_picture(view: View) -> View:
    """Mark a view whose answers are parts of a page (pictures): counted apart, so that a page never runs dry."""
    view.rate_rules = PICTURES  # type: ignore[attr-defined]
    return view


def first_refused(rules: tuple[Rule, ...], key: str) -> Grant | None:
    """Count under each rule; the first that is over its limit. The tightest one stands in the answer's headers."""
    for rule in rules:
        grant = spend(rule, key)
        earlier: Grant | None = g.get("rate_grant")
        if earlier is None or grant.remaining < earlier.remaining:
            g.rate_grant = grant
        if not grant.allowed:
            g.rate_grant = grant
            return grant
    return None


def too_many(grant: Grant) -> Response:
    """429: for programs exactly the two fields of D16, for browsers a page."""
    metrics.limited_total.labels(grant.rule.name).inc()
    if problems.speaks_v1(request.path):
        limited = problems.answer(429, "Too many requests", DETAIL, retry_after=str(grant.reset))
        limited.headers["Retry-After"] = str(grant.reset)
        return limited
    if wants_json() or not request.accept_mimetypes.accept_html or request.accept_mimetypes.best == "*/*":
        return make_response(jsonify(detail=DETAIL, retry_after=str(grant.reset)), 429, {"Retry-After": grant.reset})
    return errors.answer(429, retry_after=grant.reset)


def init_app(app: Flask) -> None:
    """Hold every request to the general limits and say in each answer where the caller stands."""
    app.before_request_funcs.setdefault(None, []).append(_general)
    app.after_request_funcs.setdefault(None, []).append(_headers)


def _general() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    mark = access_of(view) if view is not None else None
    if request.endpoint == "static" or (mark is not None and mark.kind == "machine"):
        return None  # machines' views count for themselves
    rules = getattr(view, "rate_rules", None)
    if program_or_none() is not None:
        rules = PROGRAMS
    elif rules is None:
        rules = SIGNED_IN if identity_or_none() is not None else ANONYMOUS
    refused = first_refused(rules, whoever())
    return None if refused is None else too_many(refused)


def _headers(response: Response) -> Response:
    grant: Grant | None = g.get("rate_grant")
    if grant is not None:
        response.headers["RateLimit-Limit"] = str(grant.rule.most)
        response.headers["RateLimit-Remaining"] = str(grant.remaining)
        response.headers["RateLimit-Reset"] = str(grant.reset)
    return response
