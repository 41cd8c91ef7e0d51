"""A small judge of pages: tags that do not close, ids twice, forms in forms, anything inline."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OPTIONAL = {
    "li",
    "p",
    "dt",
    "dd",
    "option",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "html",
    "head",
    "body",
    "colgroup",
}


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        where = f"<{tag}> at line {self.getpos()[0]}"
        if len(given) != len(attributes):
            self.faults.append(f"{where} has an attribute twice")
        if (name := given.get("id")) is not None:
            if name in self.ids:
                self.faults.append(f"id {name!r} stands twice")
            self.ids.add(name)
        if "style" in given or any(key.startswith("on") for key in given):
            self.faults.append(f"{where} has something inline")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"{where} is inline")
        if tag == "form" and "form" in self.open:
            self.faults.append(f"{where} stands in another form")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in OPTIONAL:
            self.open.pop()
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes nothing; open: {self.open[-3:]}")
            return
        self.open.pop()


def complain(body: str) -> None:
    """Raise AssertionError with every fault of a page."""
    judge = _Judge()
    judge.feed(body)
    judge.close()
    left = [tag for tag in judge.open if tag not in OPTIONAL]
    faults = judge.faults + ([f"never closed: {left}"] if left else [])
    assert not faults, "\n".join(faults)
