"""Documents of ours as answers, each with its name."""

from __future__ import annotations

from flask import Response, make_response


def pdf_answer(data: bytes, name: str) -> Response:
    """A PDF of ours, shown in the browser."""
    return _answer(data, "application/pdf", "inline", name)


def xml_answer(data: bytes, name: str) -> Response:
    """An XML document of ours, kept as a file."""
    return _answer(data, "application/xml; charset=utf-8", "attachment", name)


def csv_answer(text: str, name: str) -> Response:
    """Rows for a spreadsheet, kept as a file."""
    return _answer(text.encode(), "text/csv; charset=utf-8", "attachment", name)


def _answer(data: bytes, kind: str, disposition: str, name: str) -> Response:
    answer = make_response(data, 200, {"Content-Type": kind})
    answer.headers.set("Content-Disposition", disposition, filename=name)
    return answer
