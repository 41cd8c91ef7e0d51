"""``flask banking read`` and ``match``: one object a file, one a line, and plain words for what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from portal.banking.cli.matching import match_case
from portal.banking.cli.reading import read
from tests.unit.banking import files
from tests.unit.banking.test_statements import LINES

CASE = {
    "today": "2026-03-31",
    "accounts": [{"bank": "FNB", "number": files.ACCOUNT}],
    "customers": [{"code": "KAR001", "name": "Karoo Drilling", "reference": "461JDVH3", "aliases": []}],
    "open_invoices": [
        {"number": "INV-1", "reference": "RRJWJJ98", "customer": "KAR001", "balance": "100.00",
         "issued_on": "2026-02-01", "due_on": "2026-03-01"}
    ],
    "payments": [],
    "lines": [
        {"id": "L1", "date": "2026-03-16", "amount": "150.00", "description": "EFT", "reference": "RRJW JJ98"},
        {"id": "L2", "date": "2026-03-16", "amount": "-8.50", "description": "#FEE", "reference": ""},
    ],
}  # fmt: skip


def test_read_prints_one_object(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(files.fnb(LINES), encoding="utf-8", newline="")
    done = CliRunner().invoke(read, [str(file), "--json"])
    told = json.loads(done.output)
    assert done.exit_code == 0
    assert (told["ok"], told["layout"], told["opening"], told["error"], told["row"]) == (
        True,
        "fnb",
        "250000.00",
        None,
        None,
    )
    assert told["lines"][0] == {
        "row": 4, "date": LINES[0].on.isoformat(), "amount": files.plain(LINES[0].amount), "fee": "0.00",
        "description": LINES[0].description, "reference": LINES[0].reference,
        "balance": files.plain(files.balances(LINES)[0]),
    }  # fmt: skip
    assert LINES[0].description in CliRunner().invoke(read, [str(file)]).output


def test_read_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    rows = files.fnb(LINES).split("\r\n")
    del rows[6]
    file.write_text("\n".join(rows), encoding="utf-8")
    done = CliRunner().invoke(read, [str(file), "--json"])
    told = json.loads(done.output)
    assert done.exit_code == 1
    assert (told["ok"], told["row"], told["lines"]) == (False, 7, [])
    other = CliRunner().invoke(read, [str(file), "--account", "62000000001"])
    assert other.exit_code == 1
    gone = json.loads(CliRunner().invoke(read, [str(tmp_path / "gone.csv"), "--json"]).output)
    assert not gone["ok"]


def test_match_prints_an_object_for_each_line(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    done = CliRunner().invoke(match_case, ["--case", str(file), "--json"])
    first, fee = (json.loads(each) for each in done.output.splitlines())
    assert first["allocations"] == [{"invoice": "INV-1", "amount": "100.00"}]
    assert (first["outcome"], first["left_over"], fee["outcome"]) == ("matched", "50.00", "ignored")
    assert "1 ignored, 1 matched" in CliRunner().invoke(match_case, ["--case", str(file)]).output


def test_match_refuses_what_is_no_case(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    for wrong in (
        "[]",
        "{",
        json.dumps(CASE | {"lines": [{"id": "L1", "date": "x"}]}),
        json.dumps(CASE | {"lines": 3}),
    ):
        file.write_text(wrong, encoding="utf-8")
        done = CliRunner().invoke(match_case, ["--case", str(file), "--json"])
        assert done.exit_code == 1
        assert not json.loads(done.output)["ok"]
