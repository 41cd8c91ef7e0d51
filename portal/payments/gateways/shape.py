"""What every gateway can do, so that nothing above it knows which one it is."""

from __future__ import annotations

from typing import Protocol

from portal.payments.types.online import Asked, GatewayEvent, Handover


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

    def handover(self, asked: Asked) -> Handover:
        """The signed form that sends a buyer there."""

    def read(self, body: bytes) -> GatewayEvent:
        """What a notice says, once its shape, signature and merchant are right. Raises NoticeRefused. Asks nobody."""

    def check_source(self, address: str) -> None:
        """Raise NoticeRefused unless the gateway's own machines send from there; Unavailable when nobody can tell."""

    def ask_back(self, body: bytes) -> None:
        """Ask the gateway itself whether it sent this. Raises NoticeRefused when not, Unavailable without an answer."""
