"""The people and companies of the demo. Every name, number and address is invented.

Account numbers, VAT numbers and registration numbers have the right shape and belong to nobody we know of;
telephone numbers are from the range 0xx 555 that is not given out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from portal.core.company import Company

_CUSTOMERS = Path(__file__).with_name("customers.csv")


@dataclass(frozen=True, slots=True)
class AccountName:
    """A bank account of ours as text; leading zeros matter."""

    bank: str
    branch: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class CustomerName:
    """A fictional customer company. `bank` and `account` are where it pays from."""

    code: str
    name: str
    vat_number: str | None
    registration: str
    street: str
    town: str
    postcode: str
    domain: str
    bank: str
    account: str
    people: tuple[tuple[str, str], ...]  # name, role

    @property
    def address(self) -> tuple[str, ...]:
        """The lines of a letter head."""
        return (self.street, self.town, self.postcode)


OUR_NAME = "360Degree Supply (Pty) Ltd"
OUR_SHORT_NAME = "360Degree Supply"
OUR_VAT_NUMBER = "4590271836"
OUR_REGISTRATION = "2014/078123/07"
OUR_ADDRESS = ("14 Impala Road", "Rustenburg", "0299")
OUR_TELEPHONE = "014 555 0136"
OUR_EMAIL = "accounts@360degree.example"
OUR_COMPANY = Company(OUR_NAME, OUR_REGISTRATION, OUR_VAT_NUMBER, OUR_ADDRESS, OUR_TELEPHONE, OUR_EMAIL, demo=True)

FNB_ACCOUNT = AccountName("FNB", "250655", "62749103658", OUR_NAME)
STANDARD_ACCOUNT = AccountName("Standard Bank", "051001", "041862957", OUR_NAME)
NEDBANK_ACCOUNT = AccountName("Nedbank", "198765", "1204478316", OUR_NAME)
OUR_ACCOUNTS = (FNB_ACCOUNT, STANDARD_ACCOUNT, NEDBANK_ACCOUNT)

#: staff: name, role, local part of the e-mail address
OUR_PEOPLE = (
    ("Refilwe Tshabangu", "clerk", "refilwe"),
    ("Hendrik Swanevelder", "clerk", "hendrik"),
    ("Sibonelo Mkhatshwa", "dispatcher", "sibonelo"),
    ("Yolande Kruithof", "manager", "yolande"),
    ("Ashwin Perumalsamy", "administrator", "ashwin"),
)
#: orders for the first customer, within a limit, and approves for the second: the switcher has two companies
OF_TWO_COMPANIES = "Karabo Setshedile"
#: from so many customers on there are people, limits and holds beyond what the story itself needs
LARGE_COMPANY = 5
OUR_DOMAIN = "360degree.example"


#: the customer that buys in dollars, and where we take them in
ABROAD = CustomerName(
    "KWD031", "Kafue Well Drillers Ltd", None, "120180004417", "Plot 2218, Kafue Road", "Chilanga", "10101",
    "kafuewells.example", "Zanaco", "0184472300162", (("Mutinta Hachipuka", "buyer"), ("Bwalya Chansa", "accountant")),
)  # fmt: skip
ABROAD_COUNTRY = "ZM"
DOLLAR_ACCOUNT = AccountName("FNB", "250655", "62749200417", OUR_NAME)
DOLLAR_BIC = "FIRNZAJJ"


def _customers() -> tuple[CustomerName, ...]:
    with _CUSTOMERS.open(encoding="utf-8", newline="") as file:
        return tuple(
            CustomerName(
                **{key: value for key, value in row.items() if key not in ("people", "vat_number")},
                vat_number=row["vat_number"] or None,
                people=tuple(
                    (name, role) for name, _, role in (pair.partition(":") for pair in row["people"].split(","))
                ),
            )
            for row in csv.DictReader(file, delimiter="|")
        )


CUSTOMERS: tuple[CustomerName, ...] = _customers()

#: universal branch codes of the banks (public)
BRANCHES = {
    "FNB": "250655",
    "Standard Bank": "051001",
    "Absa": "632005",
    "Nedbank": "198765",
    "Capitec": "470010",
    "TymeBank": "678910",
    "Investec": "580105",
}
