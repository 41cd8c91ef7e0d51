"""A table that staff upload."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField


class TableForm(FlaskForm):  # type: ignore[misc]
    """One CSV or XLSX file."""

    file = FileField("Table")

    def data_bytes(self) -> bytes:
        """The file that was chosen; empty when none was."""
        return self.file.data.read() if self.file.data else b""

    def file_name(self) -> str:
        """What the file is called on the person's machine, without signs that nobody can see."""
        name = (self.file.data.filename if self.file.data else "") or "table"
        return "".join(sign for sign in name if sign.isprintable())[-160:]
