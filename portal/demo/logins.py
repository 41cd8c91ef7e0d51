"""Sign-ins of the demo: passwords follow from the installation's secret key, so none is stored or the same elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from portal.accounts import service as accounts
from portal.core.errors import NotFound
from portal.demo import names
from portal.platform import config

#: customers whose people are listed: one for each release policy
SHOWN_CUSTOMERS = 4
_WORDS = (
    "acorn", "amber", "anvil", "apple", "arrow", "badge", "baker", "basin", "beach", "bison", "blade", "bloom",
    "brick", "bridge", "brook", "cabin", "camel", "canoe", "cedar", "chalk", "cliff", "cloud", "clover", "comet",
    "copper", "coral", "crane", "creek", "daisy", "delta", "dune", "eagle", "ember", "fable", "falcon", "fern",
    "field", "flint", "forest", "gable", "ginger", "glade", "grain", "granite", "harbour", "hazel", "heron", "hinge",
    "indigo", "island", "ivory", "jacket", "kettle", "ladder", "lagoon", "lantern", "lemon", "lilac", "linen",
    "lizard", "magnet", "mango", "maple", "marble", "meadow", "melon", "mirror", "mortar", "nectar", "needle",
    "nickel", "oasis", "ocean", "olive", "onion", "orbit", "orchard", "otter", "paddle", "parrot", "pebble",
    "pencil", "pepper", "piano", "pigeon", "pillar", "planet", "plover", "pocket", "pollen", "prairie", "quartz",
    "quill", "rafter", "ranger", "raven", "ribbon", "river", "saddle", "saffron", "sailor", "sandal", "savanna",
    "shovel", "silver", "sparrow", "spiral", "spring", "stable", "summit", "sunset", "tablet", "teapot", "temple",
    "thicket", "thunder", "timber", "trellis", "tulip", "tunnel", "valley", "velvet", "violet", "walnut", "willow",
    "window", "winter", "zebra",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Login:
    """Who can sign in. customer: the code of the customer the person acts for, None for our staff."""

    role: str
    name: str
    email: str
    password: str
    customer: str | None
    customer_name: str | None
    totp_secret: str | None = None


def email_of(person: str, domain: str) -> str:
    """``marlize.oosthuyzen@karooveld.example``."""
    plain = unicodedata.normalize("NFKD", person).encode("ascii", "ignore").decode().lower()
    return f"{'.'.join(plain.replace('-', '').split())}@{domain}"


def password_of(email: str) -> str:
    """Four words that follow from the address and the installation's secret key."""
    key = config.current().secret_key.encode()
    digest = hmac.new(key, f"demo password of {email}".encode(), hashlib.sha256).digest()
    return "-".join(_WORDS[byte % len(_WORDS)] for byte in digest[:4])


def _of_two_companies() -> Login | None:
    """Who works for two customers; None in a small company. They begin at the one where they order."""
    first, email = names.CUSTOMERS[0], email_of(names.OF_TWO_COMPANIES, names.CUSTOMERS[0].domain)
    try:
        customer = accounts.customer_by_code(first.code)
    except NotFound:
        return None
    if all(person.email != email for person in accounts.users_of(customer.id, "buyer")):
        return None
    return Login("buyer", names.OF_TWO_COMPANIES, email, password_of(email), first.code, first.name)


def logins() -> list[Login]:
    """Every staff role, then the people of the first customers; empty when there is no demo company."""
    shown = [
        Login(role, name, email, password_of(email), None, None)
        for name, role, local in names.OUR_PEOPLE
        for email in (f"{local}@{names.OUR_DOMAIN}",)
    ]
    for customer in (*names.CUSTOMERS[:SHOWN_CUSTOMERS], names.ABROAD):
        try:
            accounts.customer_by_code(customer.code)
        except NotFound:
            continue
        for person, role in customer.people:
            email = email_of(person, customer.domain)
            shown.append(Login(role, person, email, password_of(email), customer.code, customer.name))
    if (both := _of_two_companies()) is not None:
        shown.append(both)
    return shown if len(shown) > len(names.OUR_PEOPLE) else []
