"""The pieces of the public pages, and what each says until staff write something else (docs/rules/content.md)."""

from __future__ import annotations

from pathlib import Path

from portal.content.types import Content, Item, Piece

_TEXTS = Path(__file__).parent / "texts"


def _text(name: str) -> str:
    return (_TEXTS / f"{name}.md").read_text(encoding="utf-8")


def _items(*rows: tuple[str, ...]) -> tuple[Item, ...]:
    """Rows of icon, title, words, link."""
    return tuple(Item(icon=row[0], title=row[1], words="".join(row[2:3]), link="".join(row[3:4])) for row in rows)


_HERO = Content(
    "Everything the shift needs, on site and on account",
    "Mining consumables, fuel, industrial and facility supplies. Order in a minute, pay by EFT, see at once that your payment was accepted.",
)
_TRUST = Content(items=_items(
    ("map-pin", "Our own yards, near the mines"), ("truck", "Same-day to site before 10:00"),
    ("shield-check", "Paper is never mistaken for money"), ("receipt", "SARS-valid tax invoices"),
))  # fmt: skip
_SUPPLY = Content("What we supply", items=_items(
    ("hard-hat", "Mining consumables", "Drill steel, roof bolts, ventilation", "/products"),
    ("fuel", "Fuel and lubricants", "Diesel 50 ppm, oils, grease, bowsers", "/products"),
    ("cog", "Industrial", "Hydraulics, bearings, pumps, welding", "/products"),
    ("spray-can", "Facility", "Cleaning, safety wear, water", "/products"),
))  # fmt: skip
_HOW = Content("From order to delivery, without phone calls", items=_items(
    ("", "Order", "Your prices, your PO number. The invoice is there at once, with its own short reference."),
    ("", "Pay", "Copy the reference, the amount and our account into your banking app. What you copy cannot be mistyped."),
    ("", "Send the proof", "A photo, a screenshot or the bank’s PDF. You see within seconds which invoice it paid, and why."),
    ("", "Receive", "The bank confirms, goods leave the yard, and your account is up to date."),
))  # fmt: skip
_NOTES = Content(items=_items(
    ("file-check", "A proof that fits is not yet money", "We tell the two apart: a proof that fits is blue and says “Verified”; money that the bank shows is green and says “Confirmed by bank”. When a computer decides, it says so, and a person looks whenever you ask."),
    ("shield-check", "Our bank details never change by e-mail", "If a message says they did, it is not from us. Sign in and compare with the invoice there, or call us."),
))  # fmt: skip
_SERVICES = Content("Services", "What we do around the goods", _items(
    ("truck", "Delivery to site", "From our yards. What is released before 10:00 leaves the same day."),
    ("fuel", "Diesel on site", "Bowsers fill tanks and machines where they stand; each filling has its own delivery note."),
    ("wrench", "Hoses made up", "Bring the old hose or its code. We cut, crimp and test while you wait."),
    ("layers", "Standing orders", "What you use every week leaves every week, on one invoice with your PO number."),
    ("shield-check", "Safety wear by person", "Sizes and issue dates kept for each of your people, ready for your audit."),
    ("droplets", "Oil taken back", "We collect used oil with a safe-disposal certificate when we deliver new oil."),
))  # fmt: skip
_MENU = Content(items=_items(
    ("", "Products", "", "/products"), ("", "Services", "", "/services"), ("", "How paying works", "", "/#how"),
    ("", "Contact", "", "/contact"),
))  # fmt: skip

_PAGE = frozenset({"title", "words"})
_LEGAL = "{company}, {registration}, {vat_number}, {address}, {email} and {phone} stand for our own facts."
PIECES: dict[str, Piece] = {
    piece.key: piece
    for piece in (
        Piece("hero", "Home: heading", "/", _PAGE, _HERO),
        Piece("trust", "Home: what people trust", "/", frozenset({"items", "icon"}), _TRUST),
        Piece("supply", "Home: what we supply", "/", frozenset({"title", "items", "icon", "item words", "link"}), _SUPPLY),
        Piece("how", "Home: how it goes", "/", frozenset({"title", "items", "item words"}), _HOW),
        Piece("notes", "Home: good to know", "/", frozenset({"items", "icon", "item words"}), _NOTES),
        Piece("testimonials", "Home: what customers say", "/", frozenset({"title", "items", "item words"}), Content("What customers say"), "The title of an entry is who says it. Without entries the section is not shown."),
        Piece("services", "Services", "/services", frozenset({"title", "words", "items", "icon", "item words"}), _SERVICES),
        Piece("menu", "Menu for visitors", "/", frozenset({"items", "link"}), _MENU),
        Piece("privacy", "Privacy", "/privacy", _PAGE, Content("Privacy", _text("privacy")), _LEGAL),
        Piece("terms", "Terms of sale", "/terms", _PAGE, Content("Terms of sale", _text("terms")), _LEGAL),
        Piece("paia", "Access to information (PAIA)", "/paia", _PAGE, Content("Access to information", _text("paia")), _LEGAL),
    )
}  # fmt: skip
#: what one page needs beside the menu
HOME = ("hero", "trust", "supply", "how", "notes", "testimonials")
