"""What the tests of every rule need of reconciliation: who may, one good form each, and a world to send them in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from portal.accounts import service as accounts
from portal.banking import service as banking
from portal.banking.types.mappings import Naming
from portal.banking.types.months import month_of
from portal.core import clock
from portal.ledger import service as ledger
from portal.platform import jobs
from portal.platform.db import transaction
from tests.unit.banking.files import Told, fnb

if TYPE_CHECKING:
    from tests.integration.security.filled import Data, Filled
    from tests.integration.security.things import World

Roles = frozenset[str]
_ROWS = "When;Story;Budget;Moved;Left after\n{}5.00;100.00;1100.00\n2026/03/03;RENT;9.00;-50.00;1050.00\n"
_NAMING = Naming(1, {"date": 0, "description": 1, "amount": 3, "balance": 4})
_KEY = "22222222-2222-4333-8444-555555555555"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was done with statements before the tests begin."""

    #: a file that nobody imported yet, and one that was refused
    upload_id: int
    refused_id: int
    #: money that nobody knows
    suspended_id: int
    mapping_id: int
    #: a month that was signed off, as its id and as it stands in addresses; and one that can be
    signed_id: int
    signed: str
    unsigned: str


def reconcile() -> Reconciled:
    """Two months before this one, of which one is signed off; a file looked at, one refused, columns named."""
    account, by = ledger.our_accounts()[0], accounts.staff_with("clerk")[0].id
    last = month_of(clock.today()) - timedelta(days=5)
    before = month_of(last) - timedelta(days=5)
    for on, cents, words in ((before, -5_00, "RENT"), (last, -6_00, "RENT"), (clock.today(), 7_77, "WHO KNOWS")):
        content = fnb([Told(on, cents, words)], account.number).encode()
        transaction(partial(banking.import_statement, content, f"{on}.csv", account.id))
    jobs.run_pending(strict=True)
    suspended = next(each.id for each in banking.lines().items if each.amount.cents == 7_77)
    transaction(lambda: banking.suspend(suspended, "Asked at the counter", by=by))
    sign = partial(banking.sign_month, account.id, month_of(last), "", seen=0, key=_KEY, by=by, name="Our manager")
    signed = transaction(sign)
    named = banking.look_at(_named("2026/03/02;EFT;"), "named.csv", account.id, by=by)
    banking.keep_naming(named.id, "Kleinbank", _NAMING, by=by)
    looked_at = fnb([Told(clock.today(), 8_88, "NOT IMPORTED")], account.number).encode()
    return Reconciled(
        banking.look_at(looked_at, "looked-at.csv", account.id, by=by).id,
        banking.look_at(b"neither;this\nnor;that\n", "refused.csv", account.id, by=by).id,
        suspended, banking.mappings()[0].id, signed.id, f"{last:%Y-%m}", f"{before:%Y-%m}",
    )  # fmt: skip


def _named(first: str) -> bytes:
    return _ROWS.format(first).encode()


def access(office: Roles, managers: Roles) -> dict[str, Roles]:
    """Who may call what."""
    theirs = ("new_rule", "add_rule", "write_rule", "undo", "sign_month", "ask_month", "decide_month")
    mine = (
        "GET statements", "POST look_at_statement", "GET upload", "POST import_upload", "POST look_again", "GET columns",
        "POST name_columns", "GET mappings", "POST switch_mapping", "GET lines", "GET line", "POST accept", "POST ignore",
        "POST undo", "POST suspend", "GET suspense", "GET give_back_form", "POST give_back", "GET rules", "GET new_rule",
        "POST add_rule", "GET rule", "POST write_rule", "GET months", "GET month", "POST sign_month",
        "POST suspend_rest", "POST ask_month", "POST decide_month", "GET month_report",
    )  # fmt: skip
    return {
        f"{method} banking_staff.{name}": managers if name in theirs else office
        for method, name in (each.split() for each in mine)
    }


def argument(name: str, method: str, endpoint: str, world: World) -> Any:
    """What stands in an address of reconciliation; None for what is none of ours."""
    ours, here = world.reconciled, endpoint.removeprefix("banking_staff.").removeprefix("banking_oversight.")
    if here == endpoint:
        return None
    if name == "line_id":
        return (
            world.aside_id if here == "undo" else ours.suspended_id if here.startswith("give_back") else world.line_id
        )
    return {
        "upload_id": ours.refused_id if here in {"columns", "name_columns"} else ours.upload_id,
        "mapping_id": ours.mapping_id,
        "signed_id": ours.signed_id,
        "account_id": world.bank_id,
        "month": ours.unsigned if method == "POST" else ours.signed,
        "rule_code": "income",
    }.get(name)


def forms(filled: type[Filled], key: str) -> dict[str, Filled]:
    """One good form for every rule that takes one."""

    def rule(_world: World, text: str) -> Data:
        words = {
            "name": text,
            "kind": "income",
            "phrases": f"SCRAP METAL {text[:60]}",
            "place": "50",
            "active": "y",
        }
        return words | {"version": "0", "keep": "y"}

    def statement(world: World, text: str) -> Data:
        told = Told(clock.today(), 1_00, " ".join(text.split())[:60].replace("\0", ""))
        name = "".join({'"': "%22", "\r": "%0D", "\n": "%0A"}.get(sign, sign) for sign in f"{text}.csv")
        content = fnb([told], ledger.our_account(world.bank_id).number).encode()
        return {"account": str(world.bank_id), "file": (io.BytesIO(content), name)}

    def give_back(_world: World, text: str) -> Data:
        to = {"holder": text, "bank": text, "branch": "250655", "account": "62000111222"}
        return to | {"reason": text, "key": key}

    def nothing(_world: World, _text: str) -> Data:
        return {}

    def why(_world: World, text: str) -> Data:
        return {"reason": text, "key": key}

    made = {
        "look_at_statement": filled("clerk", statement),
        "import_upload": filled("clerk", lambda w, _t: {"seen": banking.upload(w.reconciled.upload_id).seen}),
        "look_again": filled("clerk", nothing),
        "name_columns": filled("clerk", lambda _w, text: {"heading": "1", "name": text, "show": "y"}),
        "switch_mapping": filled("clerk", lambda _w, _t: {"to": "off"}),
        "accept": filled("clerk", lambda w, _t: {"customer": w.first.code}),
        "ignore": filled("clerk", lambda _w, text: {"reason": text}),
        "undo": filled("manager", lambda _w, text: {"reason": text}),
        "suspend": filled("clerk", lambda _w, text: {"note": text}),
        "give_back": filled("clerk", give_back),
        "add_rule": filled("manager", rule),
        "write_rule": filled("manager", rule),
        "suspend_rest": filled("clerk", nothing),
        "sign_month": filled("manager", lambda _w, text: {"seen": "0", "note": text, "key": key}),
        "ask_month": filled("manager", why),
        "decide_month": filled("manager", lambda _w, _t: {"answer": "leave", "key": key}),
    }
    return {f"POST banking_staff.{name}": form for name, form in made.items()}


#: the state that these need comes from another rule first
AFTER = {"POST banking_staff.decide_month": "POST banking_staff.ask_month"}
