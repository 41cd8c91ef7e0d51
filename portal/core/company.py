"""Facts about us that pages, tax invoices and mails print. Where they come from: portal/content (docs/rules/content.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

VAT_NUMBER = re.compile(r"4[0-9]{9}")


@dataclass(frozen=True, slots=True)
class Company:
    """Who we are, as the law wants it on a tax invoice (VAT Act s 20(4)). What is not known is empty."""

    name: str = ""
    registration: str = ""
    vat_number: str = ""
    #: street, town, code: one line each
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    #: made up: nothing here is real, and pages say so
    demo: bool = False

    @property
    def town(self) -> str:
        """The place named in the footer."""
        return self.address[1] if len(self.address) > 1 else "".join(self.address)

    @property
    def phone_link(self) -> str:
        """The number as a telephone dials it."""
        return "+27" + "".join(sign for sign in self.phone if sign.isdigit()).removeprefix("0")

    @property
    def missing(self) -> tuple[str, ...]:
        """What a tax invoice needs of us and is not known, in words; empty when invoices may be issued."""
        needed = (
            ("our registered name", bool(self.name.strip())),
            ("our VAT number", VAT_NUMBER.fullmatch(self.vat_number) is not None),
            ("our address", any(line.strip() for line in self.address)),
        )
        return tuple(words for words, known in needed if not known)
