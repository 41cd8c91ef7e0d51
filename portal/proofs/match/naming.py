"""What a payer named: invoices by number or reference, or the customer.

Only the reference that the payer typed for us is evidence. What stands elsewhere on the page (a subject line, the
payer's own reference, a letter around the notice) may be about other money, so it is a hint for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.reference import Found, Names, Search, Strength
from portal.core.text import listed
from portal.proofs.types import Case, FieldValue, OpenInvoice, Reading

#: Words people put before the digits of a customer code instead of its own letter.
_CUSTOMER_WORDS = ("CUST", "CUSTOMER", "CLIENT", "KLIENT", "KLANT")
_TEXT_LAYER = "text"
#: Below this a reference that names nothing may be misread altogether, and the page is searched too.
_DOUBTFUL = 0.5


@dataclass(frozen=True, slots=True)
class Naming:
    """What was named, in the order of the document. ``found_how`` is ``exact``, ``repaired`` or ``none``."""

    invoices: tuple[OpenInvoice, ...]
    customer: bool
    found_how: str
    words: str
    doubt: str | None
    #: numbers of invoices whose name lost two characters: they count only when the money fits to the cent
    only_with_balance: frozenset[str] = frozenset()


def what_is_named(reading: Reading, case: Case) -> Naming:
    """Search the payer's reference; where it is missing or doubtful and names nothing, the whole page."""
    names = Names(_known(case))
    typed = reading.fields.get("reference")
    if typed is not None:
        naming = _from_reference(names.find(typed.value), typed)
        if naming.found_how != "none" or typed.confidence >= _DOUBTFUL:
            return naming
    return _from_page(names.find(reading.text, repair=False), typed)


def _known(case: Case) -> dict[str, OpenInvoice | None]:
    """Every name and what it stands for; None is the customer itself."""
    known: dict[str, OpenInvoice | None] = {}
    if case.customer_reference:
        known[case.customer_reference] = None
    if code := case.customer_code.strip():
        known[code] = None
        if parts := re.fullmatch(r"[A-Za-z]+-?([0-9]+)", code):
            known |= dict.fromkeys((word + parts[1] for word in _CUSTOMER_WORDS), None)
    for invoice in case.open_invoices:
        known[invoice.number] = invoice
        if invoice.reference:
            known[invoice.reference] = invoice
    return known


def _from_reference(search: Search[OpenInvoice | None], typed: FieldValue) -> Naming:
    invoices = tuple(found.value for found in search.found if found.value is not None)
    if not search.found:
        return _nothing_in(search, typed)
    counted = [found for found in search.found if found.value is not None] or list(search.found)
    repaired = [found.words for found in counted if found.words]
    return Naming(
        invoices=invoices,
        customer=not invoices,
        found_how="repaired" if any(found.how == "repaired" for found in counted) else "exact",
        words="; ".join(repaired) or _plainly(invoices),
        doubt=_doubt(search, counted, typed),
        only_with_balance=frozenset(
            found.value.number for found in counted if found.value is not None and found.needs_balance
        ),
    )


def _nothing_in(search: Search[OpenInvoice | None], typed: FieldValue) -> Naming:
    if search.ambiguous:
        place = search.ambiguous[0]
        words = f"“{place.seen}” could be {listed(place.names, 'or')}"
    elif search.strangers:
        words = f"“{search.strangers[0]}” is not an open invoice or reference of this customer"
    else:
        words = f"“{typed.value}” names none of this customer's open invoices"
    return Naming((), customer=False, found_how="none", words=words, doubt=words)


def _doubt(
    search: Search[OpenInvoice | None], counted: list[Found[OpenInvoice | None]], typed: FieldValue
) -> str | None:
    """The first reason not to rely on what was found.

    A damaged random reference has nothing else near it, and the exact amount stands beside it. A damaged number of a
    series, read from a picture, may come from its neighbour.
    """
    weakest = min(counted, key=lambda found: found.strength)
    if search.ambiguous:
        return f"“{search.ambiguous[0].seen}” could be {listed(search.ambiguous[0].names, 'or')}"
    if search.strangers:
        return f"it also names “{search.strangers[0]}”, which is not an open invoice of this customer"
    if weakest.strength is Strength.WEAK:
        return f"{weakest.words}, which could be another invoice"
    if typed.engine != _TEXT_LAYER and any(one.strength is Strength.LIKELY and one.in_series for one in counted):
        return f"{weakest.words}, on a picture"
    return None


def _from_page(search: Search[OpenInvoice | None], typed: FieldValue | None) -> Naming:
    none_typed = "no reference for us is printed" if typed is None else f"the reference “{typed.value}” is hard to read"
    found = {one.value.number: one.value for one in search.found if one.value is not None}
    if not found:
        return Naming((), customer=False, found_how="none", words=none_typed, doubt=none_typed)
    doubt = f"{none_typed}; {listed(list(found))} stands elsewhere on the page"
    return Naming(tuple(found.values()), customer=False, found_how="repaired", words=doubt, doubt=doubt)


def _plainly(invoices: tuple[OpenInvoice, ...]) -> str:
    if not invoices:
        return "names the customer"
    return f"names {listed([invoice.number for invoice in invoices])}"
