"""The books as staff see them: every journal, every account with its entries, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core.errors import BadInput, NotFound
from portal.core.money import Money
from portal.ledger import service
from portal.ledger.types import (
    ACCOUNT_WORDS,
    JOURNAL_WORDS,
    OF_BANKS,
    AccountEntry,
    AccountInfo,
    AccountKind,
    JournalFilter,
    JournalInfo,
    JournalKind,
)
from portal.platform import export, lists
from portal.platform.http import access, page
from portal.platform.paging import Page, asked_for

blueprint = Blueprint("ledger_staff", __name__)
JOURNALS: lists.Columns[JournalInfo] = lists.Columns(
    "journals",
    ("Journal", "Kind", "Words", "Source", "Value date", "Written", "Currency", "Amount", "Seal", "Reverses"),
    lambda each: (
        each.id, JOURNAL_WORDS[each.kind], each.words, each.source, each.value_date, each.posted_at,
        each.amount.currency, each.amount, each.sealed_as, each.reverses,
    ),
)  # fmt: skip
ENTRIES: lists.Columns[AccountEntry] = lists.Columns(
    "entries", ("Journal", "Value date", "Kind", "Words", "Source", "Debit", "Credit", "Balance"),
    lambda each: (
        each.journal_id, each.value_date, JOURNAL_WORDS[each.kind], each.words, each.source, each.debit, each.credit,
        each.balance,
    ),
)  # fmt: skip
_FILE = "<any(csv,xlsx):form>"


@dataclass(frozen=True, slots=True)
class Named:
    """An account and what people call it."""

    account: AccountInfo
    name: str


ACCOUNTS: lists.Columns[Named] = lists.Columns(
    "accounts", ("Account", "Name", "Kind", "Currency", "Balance"),
    lambda each: (
        each.account.key.code, each.name, ACCOUNT_WORDS[each.account.key.kind], each.account.key.currency,
        each.account.balance,
    ),
)  # fmt: skip


@dataclass(slots=True)
class Asked:
    """The filters in the address: as they were typed, what is wrong with them, and what they mean."""

    typed: dict[str, str]
    wanted: JournalFilter = field(default_factory=JournalFilter)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, str]:
        """The arguments of links that keep the filters."""
        return {name: value for name, value in self.typed.items() if value}


def _asked() -> Asked:
    names = ("kind", "q", "customer", "account", "since", "until", "amount")
    asked = Asked({name: asked_for(request.args.get(name, "")) for name in names})
    typed, values = asked.typed, dict[str, object]()
    values["kind"] = JournalKind(typed["kind"]) if typed["kind"] in set(JournalKind) else None
    values["source"] = service.source_of(typed["q"])[:60]
    readers: dict[str, Callable[[str], tuple[str, object]]] = {
        "since": lambda text: ("since", service.day_of(text)),
        "until": lambda text: ("until", service.day_of(text)),
        "amount": lambda text: ("amount", Money.parse(text)),
        "customer": lambda text: ("customer_id", accounts.customer_by_code(text).id),
        "account": lambda text: ("account_id", service.account_by_code(text).id),
    }
    for name, read in readers.items():
        if not typed[name]:
            continue
        try:
            argument, value = read(typed[name])
            values[argument] = value
        except BadInput as error:
            asked.errors[name] = error.words
        except NotFound:
            asked.errors[name] = f"There is no {name} {typed[name]}."
    asked.wanted = JournalFilter(**values)  # type: ignore[arg-type]
    return asked


@blueprint.get("/staff/ledger")
@access.staff("clerk", "manager")
def journals() -> ResponseReturnValue:
    """Journals, newest first, by kind, source, customer, account, value date and amount."""
    asked = _asked()
    if asked.errors:
        nothing: Page[JournalInfo] = Page(())
        return page("ledger/journals.html", journals=nothing, asked=asked, kinds=JOURNAL_WORDS), 422

    def pages(after: str | None, limit: int) -> Page[JournalInfo]:
        return service.journals_list(asked.wanted, after=after, limit=limit)

    return lists.page("ledger/journals.html", JOURNALS, pages, asked=asked, kinds=JOURNAL_WORDS)


@blueprint.get("/staff/ledger/<int:journal_id>")
@access.staff("clerk", "manager")
def journal(journal_id: int) -> ResponseReturnValue:
    """One journal with its lines, its seal, what it reversed and what reversed it."""
    found = service.journal(journal_id)
    ids = service.account_ids([entry.account for entry in found.entries])
    return page(
        "ledger/journal.html",
        journal=found,
        account_ids=ids,
        words=ACCOUNT_WORDS,
        kinds=JOURNAL_WORDS,
        customer=_customers([found.customer_id]).get(found.customer_id or 0),
    )


@blueprint.get("/staff/ledger/accounts")
@access.staff("clerk", "manager")
def all_accounts() -> ResponseReturnValue:
    """Accounts of a kind with their balances."""
    kind = _kind()

    def pages(after: str | None, limit: int) -> Page[Named]:
        found = service.accounts_page(kind, after=after, limit=limit)
        named = _named(found.items)
        return found.map(lambda each: Named(each, named[each.id]))

    return lists.page("ledger/accounts.html", ACCOUNTS, pages, kind=kind, words=ACCOUNT_WORDS)


@blueprint.get("/staff/ledger/accounts/<int:account_id>")
@access.staff("clerk", "manager")
def account(account_id: int) -> ResponseReturnValue:
    """One account: its entries, newest first, with the balance after each."""
    found = service.account(account_id)

    def pages(after: str | None, limit: int) -> Page[AccountEntry]:
        return service.entries_page(found, after=after, limit=limit)

    name = _named([found])[account_id]
    return lists.page("ledger/account.html", ENTRIES, pages, account=found, name=name, kinds=JOURNAL_WORDS)


@blueprint.get("/staff/ledger/trial-balance")
@access.staff("clerk", "manager")
def trial_balance() -> ResponseReturnValue:
    """All accounts together at the end of a day; every currency sums to nothing."""
    typed = request.args.get("day", "")[:10]
    error, lines = "", service.trial_balance()
    try:
        if (day := service.day_of(typed)) is not None:
            lines = service.trial_balance(day)
    except BadInput as bad:
        error = bad.words
    values = {"lines": lines, "sums": service.sums_of(lines), "typed": typed, "error": error}
    return page("ledger/trial_balance.html", words=ACCOUNT_WORDS, banks=_banks(), **values), 422 if error else 200


@blueprint.get(f"/staff/ledger/trial-balance.{_FILE}")
@access.staff("clerk", "manager")
def trial_balance_file(form: str) -> ResponseReturnValue:
    """The same as a file."""
    lines, banks = service.trial_balance(service.day_of(request.args.get("day", ""))), _banks()
    rows = (
        (ACCOUNT_WORDS[each.kind], banks.get(each.of or 0, ""), each.currency, each.count, each.debit, each.credit)
        for each in lines
    )
    return export.download("trial-balance", ("Account", "Bank", "Currency", "Accounts", "Debit", "Credit"), rows, form)


def _kind() -> AccountKind | None:
    wanted = request.args.get("kind", "")
    return AccountKind(wanted) if wanted in set(AccountKind) else None


def _banks() -> dict[int, str]:
    return {each.id: each.masked for each in service.our_accounts()}


def _customers(ids: Iterable[int | None]) -> dict[int, CustomerInfo]:
    wanted = {each for each in ids if each is not None}
    return accounts.customers_by_id(wanted) if wanted else {}


def _named(found: Iterable[AccountInfo]) -> dict[int, str]:
    """What people call these accounts, by id."""
    listed = list(found)
    customers = _customers(each.customer_id for each in listed)
    banks = _banks() if any(each.key.kind in OF_BANKS for each in listed) else {}
    names: dict[int, str] = {}
    for each in listed:
        whose = ""
        if (customer := customers.get(each.customer_id or 0)) is not None:
            whose = f", {customer.name}"
        elif each.key.kind in OF_BANKS:
            whose = f", {banks.get(each.key.of or 0, '')}"
        names[each.id] = f"{ACCOUNT_WORDS[each.key.kind]}{whose}"
    return names
