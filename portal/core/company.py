"""Facts about us that pages, tax invoices and mails print; they come from the environment (COMPANY_…)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """Who we are, as the law wants it on a tax invoice (VAT Act s 20(4))."""

    name: str
    registration: str
    vat_number: str
    #: street, town, code: one line each
    address: tuple[str, ...]
    phone: str
    email: str

    @property
    def town(self) -> str:
        """The place named in the footer."""
        return self.address[1] if len(self.address) > 1 else self.address[0]

    @property
    def phone_link(self) -> str:
        """The number as a telephone dials it."""
        return "+27" + "".join(sign for sign in self.phone if sign.isdigit()).removeprefix("0")
