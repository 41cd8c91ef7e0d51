"""PayFast as it behaves: takes a signed form, tells what became of it by notices, and confirms what it sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.payments.gateways.form import Field
from portal.payments.gateways.payfast.signature import is_signed, joined, signature
from portal.payments.sandbox import deeds
from portal.payments.sandbox.deeds import Deed, Refused, Sent, Shown, form
from portal.platform.gateway_settings import PayFastSettings

#: what PayFast keeps of R 100.00 here; the true fee depends on how the buyer pays
_FEE_PERCENT = 3
#: the order in which PayFast writes a notice
_ECHOED = ("custom_str1", "name_first", "name_last", "email_address")


#: what this gateway can do; refunds and disputes are not in its notices
WORDS: Mapping[Deed, str] = {
    deed: words for deed, words in deeds.WORDS.items() if deed in set(Deed) - deeds.OF_LATER_GATEWAYS
}
#: the statuses of its notices, in the order they are sent
_TOLD = {
    Deed.PAY_SLOWLY: ("PENDING", "COMPLETE"),
    Deed.TWICE: ("COMPLETE", "COMPLETE", "COMPLETE"),
    Deed.DISORDER: ("COMPLETE", "PENDING", "FAILED"),
    Deed.FAIL: ("FAILED",),
    Deed.FAIL_THEN_PAY: ("FAILED", "COMPLETE"),
    Deed.SILENT: (),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a buyer is asked to pay. number: PayFast's own, in figures."""

    number: str
    fields: dict[str, str]

    @property
    def shown(self) -> Shown:
        """For the page."""
        said = self.fields
        urls = (said.get("return_url", "/"), said.get("cancel_url", ""), said["notify_url"])
        return Shown(self.number, said["item_name"], said["amount"], *urls)


@dataclass(slots=True)
class Sandbox:
    """One merchant's PayFast."""

    settings: PayFastSettings
    orders: dict[str, Order] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, fields: list[Field]) -> Order:
        """A form that a shop sent its buyer with. Raises Refused where PayFast shows an error."""
        signed, given = [each for each in fields if each[0] != "signature"], dict(fields).get("signature", "")
        said = dict(signed)
        if (said.get("merchant_id"), said.get("merchant_key")) != (
            self.settings.merchant_id,
            self.settings.merchant_key,
        ):
            raise Refused("merchant_id or merchant_key is unknown.")
        if not is_signed(signed, self.settings.passphrase, given):
            raise Refused("Generated signature does not match submitted signature.")
        if missing := [name for name in ("m_payment_id", "amount", "item_name", "notify_url") if not said.get(name)]:
            raise Refused(f"Missing: {', '.join(missing)}.")
        with self._lock:
            order = Order(str(1_089_250 + len(self.orders)), said)
            self.orders[order.number] = order
        return order

    def shown(self, number: str) -> Shown | None:
        """What the page of a payment shows."""
        order = self.orders.get(number)
        return None if order is None else order.shown

    def sends(self, number: str, deed: Deed) -> list[Sent]:
        """What a button makes it send."""
        return [form(body) for body in self.notices(self.orders[number], deed)]

    def notices(self, order: Order, deed: Deed) -> list[bytes]:
        """The bodies of the notices a deed makes PayFast send, in their order."""
        if deed not in _LIES:
            return [self._written(order, status) for status in _TOLD.get(deed, ("COMPLETE",))]
        fields = _LIES[deed](self._fields(order, "COMPLETE"))
        if deed is Deed.UNSIGNED:
            return [joined(fields).encode()]
        passphrase = "another" if deed is Deed.WRONG_SIGNER else self.settings.passphrase
        if deed is not Deed.NEVER_SENT:
            self.sent.add(joined(fields))
        return [joined([*fields, ("signature", signature(fields, passphrase))]).encode()]

    def _written(self, order: Order, status: str) -> bytes:
        fields = self._fields(order, status)
        self.sent.add(joined(fields))
        return joined([*fields, ("signature", signature(fields, self.settings.passphrase))]).encode()

    def _fields(self, order: Order, status: str) -> list[Field]:
        said, cents = order.fields, int(order.fields["amount"].replace(".", ""))
        fee = cents * _FEE_PERCENT // 100 if status == "COMPLETE" else 0
        money = (("amount_gross", cents), ("amount_fee", -fee), ("amount_net", cents - fee))
        return [
            ("m_payment_id", said["m_payment_id"]), ("pf_payment_id", order.number), ("payment_status", status),
            ("item_name", said["item_name"]), ("item_description", said.get("item_description", "")),
            *((name, _amount(value)) for name, value in money),
            *((name, said.get(name, "")) for name in _ECHOED), ("merchant_id", said["merchant_id"]),
        ]  # fmt: skip

    def validate(self, body: str) -> str:
        """What the query ``/eng/query/validate`` answers."""
        return "VALID" if body in self.sent else "INVALID"


def _amount(cents: int) -> str:
    sign, (whole, part) = "-" if cents < 0 else "", divmod(abs(cents), 100)
    return f"{sign}{whole}.{part:02d}"


def _changed(name: str, value: str) -> Callable[[list[Field]], list[Field]]:
    return lambda fields: [(each, value if each == name else old) for each, old in fields]


def _less(fields: list[Field]) -> list[Field]:
    """R 1.00 was paid, and the notice adds up."""
    paid = {"amount_gross": "1.00", "amount_fee": "0.00", "amount_net": "1.00"}
    return [(name, paid.get(name, value)) for name, value in fields]


_LIES: dict[Deed, Callable[[list[Field]], list[Field]]] = {
    Deed.UNSIGNED: lambda fields: fields,
    Deed.WRONG_SIGNER: lambda fields: fields,
    Deed.OTHER_AMOUNT: _less,
    Deed.OTHER_MERCHANT: _changed("merchant_id", "10000999"),
    Deed.NEVER_SENT: lambda fields: fields,
}
