"""`flask proofs …`: tables for people, one JSON object a line for machines, in input order, with exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.proofs.cli import COMMANDS, proofs_cli
from portal.proofs.extract.scoring import calibration, canonical, percentile, scored, summary
from portal.proofs.types import FieldValue
from tests.unit.proofs import papers

CASE = {
    "file": "pop.pdf",
    "today": "2026-03-15",
    "customer": {"code": "C0447", "name": "Klipfontein Trading CC"},
    "our_accounts": [{"bank": "Nedbank", "branch": "198765", "number": "1187340562", "holder": "Example Supply"}],
    "open_invoices": [
        {"number": "INV-2026-00417", "reference": "7K04M2X3", "balance": "12500.00", "currency": "ZAR",
         "issued_on": "2026-03-01", "due_on": "2026-03-31"}
    ],
    "earlier_proofs": [],
}  # fmt: skip
TRUTH = {
    "file": "pop.pdf", "bank": "Kopje Bank", "layout": "x", "condition": "pdf_text", "amount": "12500.00",
    "currency": "ZAR", "date": "2026-03-14", "reference": "inv 2026 00417", "beneficiary_account": "1187340562",
    "beneficiary_name": "Example Supply", "payer_name": "Klipfontein Trading CC", "payer_account": None,
    "trace_id": "4149999999", "payment_type": None,
}  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(proofs_cli, list(arguments))


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pop.pdf").write_bytes(papers.pdf(papers.notice_texts()))
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    (tmp_path / "truth.jsonl").write_text(json.dumps(TRUTH) + "\n")
    return tmp_path


def test_the_application_finds_the_commands():
    assert proofs_cli in COMMANDS and proofs_cli.name == "proofs"


def test_read_gives_each_file_a_line_in_input_order_and_exit_1_for_a_refusal(folder: Path):
    result = run("read", str(folder / "empty.pdf"), str(folder / "pop.pdf"), str(folder / "none.pdf"), "--json")
    found = lines(result)
    assert result.exit_code == 1
    assert [Path(line["file"]).name for line in found] == ["empty.pdf", "pop.pdf", "none.pdf"]
    assert [line["ok"] for line in found] == [False, True, False]
    assert found[1]["fields"]["amount"]["value"] == "12500.00"
    assert {"file", "ok", "error", "engine", "pages", "ms", "text", "fields", "signals"} <= set(found[1])
    assert found[1]["pages"] == 1


def test_read_shows_people_a_table(folder: Path):
    result = run("read", str(folder / "pop.pdf"))
    assert result.exit_code == 0
    assert "INV-2026-00417" in result.output and "99%" in result.output


def test_a_wrong_call_is_exit_2(folder: Path):
    assert run("read").exit_code == 2
    assert run("bench", str(folder / "none")).exit_code == 2
    assert run("bench", str(folder), "--lines", "third").exit_code == 2


def test_judge_answers_with_a_verdict(folder: Path):
    result = run("judge", str(folder / "case.json"), "--json")
    (found,) = lines(result)
    assert result.exit_code == 0
    assert found["verdict"] == "verified"
    assert found["allocations"] == [{"invoice": "INV-2026-00417", "amount": "12500.00"}]
    assert {"verdict", "allocations", "left_over", "checks", "signals", "duplicate_of"} <= set(found)


def test_a_file_that_cannot_be_read_is_a_verdict_not_a_refusal(folder: Path):
    (folder / "case.json").write_text(json.dumps({**CASE, "file": "empty.pdf"}))
    result = run("judge", str(folder / "case.json"), "--json")
    assert (result.exit_code, lines(result)[0]["verdict"]) == (0, "unreadable")


@pytest.mark.parametrize("text", ["{", "[]", '{"file": "pop.pdf"}', json.dumps({**CASE, "file": "none.pdf"})])
def test_a_case_that_is_none_is_refused_in_its_place(folder: Path, text: str):
    (folder / "bad.json").write_text(text)
    result = run("judge", str(folder / "bad.json"), str(folder / "case.json"), "--json")
    assert result.exit_code == 1
    assert [line["ok"] for line in lines(result)] == [False, True]


def test_bench_compares_with_the_truth(folder: Path):
    result = run("bench", str(folder), "--json", "--leave-one-bank-out")
    document, total = lines(result)
    assert result.exit_code == 0
    assert document["all5"] is True and all(document["right"].values())
    assert total["summary"]["fields"]["amount"] == 1.0
    assert total["summary"]["by_condition"]["pdf_text"]["documents"] == 1


def test_bench_takes_odd_or_even_lines(folder: Path):
    assert lines(run("bench", str(folder), "--json", "--lines", "odd"))[-1]["summary"]["documents"] == 1
    assert lines(run("bench", str(folder), "--json", "--lines", "even"))[-1]["summary"]["documents"] == 0


def test_bench_shows_people_a_table_and_what_was_not_right(folder: Path):
    (folder / "truth.jsonl").write_text(json.dumps({**TRUTH, "amount": "12500.01"}) + "\n")
    result = run("bench", str(folder))
    assert result.exit_code == 0
    assert "wrong amounts           1, 1 of them believed (0.9)" in result.output
    assert "confidence from          values   said   right" in result.output
    assert "pop.pdf: amount read as '12500.00'" in result.output


def test_bench_of_several_at_once_answers_in_the_order_of_the_truth(folder: Path):
    (folder / "truth.jsonl").write_text(
        "".join(json.dumps({**TRUTH, "file": name}) + "\n" for name in ("pop.pdf", "empty.pdf", "pop.pdf"))
    )
    found = lines(run("bench", str(folder), "--json", "--processes", "2"))
    assert [line.get("file") for line in found] == ["pop.pdf", "empty.pdf", "pop.pdf", None]
    assert [line["all5"] for line in found[:3]] == [True, False, True]


def test_bench_compares_receipts_by_their_total_and_date(folder: Path):
    receipt = {"file": "pop.pdf", "total": "12500.00", "date": "2026-03-15", "company": "Example Supply"}
    (folder / "truth.jsonl").write_text(json.dumps(receipt) + "\n")
    document, total = lines(run("bench", str(folder), "--json"))
    assert document["right"] == {"date": False, "total": True}
    assert (total["summary"]["fields"], total["summary"]["wrong_amounts"]) == ({"date": 0.0, "total": 1.0}, 0)


def test_layouts_are_checked_against_their_samples():
    result = run("layouts", "check", "--json")
    assert result.exit_code == 0
    assert {"fnb_notification", "nedbank_notification"} <= {line["layout"] for line in lines(result)}
    assert all(line["ok"] for line in lines(result))


def test_values_are_compared_as_the_truth_is_written():
    assert canonical("reference", "inv-2O26 / 00417") == canonical("reference", "INV-2026-00417")
    assert canonical("beneficiary_account", "XXXX0356") == canonical("beneficiary_account", "0356")
    assert canonical("amount", "5.00") == canonical("amount", "5")
    assert canonical("payer_name", None) is None


def test_a_missing_amount_is_not_a_wrong_one():
    value = FieldValue("5.00", 0.9, 1, (0, 0, 1, 1), "text")
    wrong = scored({"file": "a", "amount": "7.00"}, {"amount": value}, 10)
    missing = scored({"file": "a", "amount": "7.00"}, {"amount": None}, 10)
    right = scored({"file": "a", "amount": "5.00"}, {"amount": value}, 30)
    assert [wrong.wrong_amount, missing.wrong_amount, right.wrong_amount] == [True, False, False]
    found = summary([wrong, missing, right])
    assert found["wrong_amounts"] == 1 and found["fields"] == {"amount": pytest.approx(0.3333)}
    assert found["ms"] == {"p50": 10, "p95": 30, "most": 30}
    assert calibration([wrong, right]) == [{"from": 0.9, "values": 2, "said": 0.9, "right": 0.5}]
    assert percentile([], 50) == 0
