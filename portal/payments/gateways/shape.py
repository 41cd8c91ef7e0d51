"""What every gateway can do, so that nothing above it knows which one it is."""

from __future__ import annotations

from typing import Protocol

from portal.payments.types.online import Asked, GatewayEvent, GiveBack, GivenBack, Handover, Opened, Posted


class Gateway(Protocol):
    """One gateway with our account there."""

    @property
    def code(self) -> str:
        """How addresses and rows name it, like ``payfast``."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def pays_by(self) -> str:
        """What a buyer can pay with there, in words."""

    @property
    def signed_by(self) -> tuple[str, ...]:
        """The headers of a notice that carry its signature; none where its body does."""

    def handover(self, asked: Asked) -> Handover:
        """The signed form that sends a buyer there; without fields where the gateway makes a page (Hosted.open)."""

    def read(self, posted: Posted) -> GatewayEvent:
        """What a notice says, once its shape, signature and merchant are right. Asks nobody.

        Raises NoticeRefused, and NothingToFollow for a genuine one that is not about our money.
        """

    def check_source(self, address: str) -> None:
        """Raise NoticeRefused unless the gateway's own machines send from there; Unavailable when nobody can tell."""

    def ask_back(self, posted: Posted, event: GatewayEvent) -> GatewayEvent:
        """Ask the gateway itself whether it is so, and what the notice left out; a signature may be word enough.

        Raises NoticeRefused when it is not, Unavailable without an answer.
        """


class Hosted(Gateway, Protocol):
    """A gateway that makes a page for each payment and pays back by itself. All its verbs ask it over the network."""

    def open(self, asked: Asked) -> Opened:
        """The page of a payment; the same one however often it is asked for. Raises Unavailable."""

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """Pay some of a payment back the way it came, once for its key. Raises Unavailable without a clear answer."""
