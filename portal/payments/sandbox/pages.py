"""The sandbox's own pages, as plain as a bank's: no script, nothing loaded."""

from __future__ import annotations

from html import escape

from portal.payments.sandbox.payfast import WORDS, Deed, Order

_PAGE = """<!doctype html><html lang="en-ZA"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"""


def refused(words: str) -> str:
    """What the buyer sees when the shop's form is wrong."""
    return _PAGE.format(title="400 Bad Request", body=f"<p>{escape(words)}</p>")


def paying(order: Order) -> str:
    """What is to be paid, and a button for everything that may happen."""
    said = order.fields
    buttons = "".join(
        f'<p><button name="deed" value="{deed}">{escape(words)}</button></p>' for deed, words in WORDS.items()
    )
    back = f'<p><a href="{escape(said.get("cancel_url", ""))}">Cancel and go back to the shop</a></p>'
    what = f"<p>{escape(said['item_name'])}: <b>R {escape(said['amount'])}</b></p><p>A sandbox: no money moves.</p>"
    form = f'<form method="post" action="/sandbox/{order.number}">{buttons}</form>'
    return _PAGE.format(title="PayFast sandbox", body=f"{what}{form}{back}")


def deed_of(text: str) -> Deed | None:
    """The deed a button stands for."""
    return Deed(text) if text in set(Deed) else None
