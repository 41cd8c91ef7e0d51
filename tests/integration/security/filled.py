"""How a form is filled: small documents and pictures, and what its page hides in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from portal.core import clock
from tests.integration.security.things import World

KEY = "11111111-2222-4333-8444-555555555555"
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """role: who sends it. data: its fields for this world; text goes into every field that takes free text."""

    role: str
    data: Callable[[World, str], Data]
    #: the page that the form stands on, when it hides something there that must come back
    page: str | None = None


#: a buyer chooses a gateway; a gateway's notice is its own words
GATEWAYS: dict[str, Filled] = {
    "POST payments.begin": Filled("buyer", lambda _w, _t: {"key": KEY}),
    "POST payments.begin_by_link": Filled("anonymous", lambda _w, _t: {"key": KEY}),
    "POST payments.go": Filled("anonymous", lambda _w, _t: {}),
    "POST banking_oversight.payout": Filled("clerk", lambda _w, _t: {"gateway": "payfast"}),
    "POST payments.notice": Filled("anonymous", lambda _w, text: {"item_name": text}),
}


def small_file(text: str) -> tuple[io.BytesIO, str]:
    """A small document; its name is free text too."""
    return io.BytesIO(b"%PDF-1.4\n% not much of a document"), as_browsers_send(f"{text}.pdf")


def whole_pdf(text: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.4\n% a paper of ours\n%%EOF\n"), as_browsers_send(f"{text}.pdf")


def small_picture() -> tuple[io.BytesIO, str]:
    drawn = io.BytesIO()
    Image.new("RGB", (24, 24), "teal").save(drawn, "PNG")
    return io.BytesIO(drawn.getvalue()), "drawn.png"


def as_browsers_send(file_name: str) -> str:
    """A file name as a browser writes it into a form."""
    return file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def this_day() -> str:
    return clock.today().isoformat()


def completed(filled: Filled, browser: Any, world: World, text: str) -> Data:
    """The form's data, with what its page hides in it."""
    data = filled.data(world, text)
    if filled.page is not None:
        shown = browser.get(filled.page).get_data(as_text=True)
        found = re.search(r'name="mark" value="([^"]*)"', shown)
        data |= {"mark": found[1] if found else ""}
    return data


def received(_world: World, text: str) -> Data:
    """Somebody took goods a moment ago."""
    at = clock.now().astimezone(clock.SAST)
    return {"receiver": text, "received_at": f"{at:%Y-%m-%dT%H:%M}"}


def begun(world: World, _text: str) -> Data:
    """A quote of ours for the first customer's buyer."""
    return {"customer": world.first.code, "person": str(world.first.people["buyer"]), "key": KEY}
