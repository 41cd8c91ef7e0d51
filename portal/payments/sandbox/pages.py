"""The sandbox's own pages, as plain as a bank's: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from portal.payments.sandbox.deeds import Deed, Shown

_PAGE = """<!doctype html><html lang="en-ZA"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"""


def refused(words: str) -> str:
    """What the buyer sees when the shop's form is wrong."""
    return _PAGE.format(title="400 Bad Request", body=f"<p>{escape(words)}</p>")


def paying(label: str, shown: Shown, action: str, words: Mapping[Deed, str]) -> str:
    """What is to be paid, and a button for everything that may happen."""
    buttons = "".join(
        f'<p><button name="deed" value="{deed}">{escape(said)}</button></p>' for deed, said in words.items()
    )
    back = f'<p><a href="{escape(shown.cancel_url)}">Cancel and go back to the shop</a></p>'
    what = f"<p>{escape(shown.item)}: <b>R {escape(shown.amount)}</b></p><p>A sandbox: no money moves.</p>"
    form = f'<form method="post" action="{escape(action)}">{buttons}</form>'
    return _PAGE.format(title=f"{label} sandbox", body=f"{what}{form}{back}")


def deed_of(text: str) -> Deed | None:
    """The deed a button stands for."""
    return Deed(text) if text in set(Deed) else None
