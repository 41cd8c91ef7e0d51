"""How right the reader and the verdict are on documents whose truth is known, brought along with ``--documents DIR``.

DIR holds `pops/` and `sroie/`, each with a truth.jsonl, and `cases/` with cases_truth.jsonl; folders that are not there
are left out, and the page says so by having no table of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Table, percentile
from tests.servers.portal import ROOT

Rows = list[dict[str, Any]]
_TEXT = frozenset({"pdf_text", "pdf_encrypted", "pdf_page2"})
_CLEAN = frozenset({"clean_exact", "clean_several", "not_duplicate"})
_TWICE = frozenset({"duplicate_file", "duplicate_facts"})


def measure(folder: Path) -> list[Figure | Table]:
    """Accuracy on every folder that is there."""
    found: list[Figure | Table] = []
    if (folder / "pops").is_dir():
        found += _proofs(folder / "pops")
    if (folder / "cases").is_dir():
        found += _cases(folder / "cases")
    if (folder / "sroie").is_dir():
        found += _receipts(folder / "sroie")
    return found


def _proofs(folder: Path) -> list[Figure | Table]:
    plain, summary = _bench(folder)
    blind, _ = _bench(folder, "--leave-one-bank-out")
    text, pictures = [r for r in plain if r["condition"] in _TEXT], [r for r in plain if r["condition"] not in _TEXT]
    unseen = [row for row in blind if row["condition"] not in _TEXT]
    sure_and_wrong = [r for r in plain if r["wrong_amount"] and float(r["confidence"].get("amount") or 0) >= 0.9]
    quick, slow = [row["ms"] for row in text], [row["ms"] for row in pictures]
    return [
        Figure("text PDFs, all five fields right", _share(text, "all5"), "%", least=100),
        Figure("pictures and scans, all four fields right", _share(pictures, "all4"), "%", least=95),
        Figure("the same without the bank's own layouts", _share(unseen, "all4"), "%", least=85),
        Figure("amounts wrong with a confidence of 0.9 or more", len(sure_and_wrong), "", 0),
        Figure("reading of a text PDF, p95", percentile(quick, 0.95), "ms", 150),
        Figure("reading of a picture, p50", percentile(slow, 0.5) / 1000, "s", 2),
        Figure("reading of a picture, p95", percentile(slow, 0.95) / 1000, "s", 7),
        Table(
            "Proofs of payment by bank and condition",
            f"{len(plain)} documents; share with amount, date, reference and bank all right, with each bank's layouts "
            "and without (leave one bank out).",
            ("", "documents", "all four", "without its layouts", "amounts wrong"),
            [*_by("bank", plain, blind), *_by("condition", plain, blind)],
        ),
        Table(
            "Calibration",
            "What a confidence promises and how many of the values that carry it are right.",
            ("said at least", "values", "mean said", "right"),
            [
                [f"{row['from']:.2f}", str(row["values"]), f"{row['said']:.2f}", f"{row['right']:.2f}"]
                for row in summary["calibration"]
            ],
        ),
        Table(
            "Documents not all right",
            "Each with the fields that are not as the truth has them.",
            ("document", "fields", "also without its layouts"),
            _failures(plain, blind),
        ),
    ]


def _cases(folder: Path) -> list[Figure | Table]:
    truths = {row["case"]: row for row in map(json.loads, (folder / "cases_truth.jsonl").read_text().splitlines())}
    judged = _flask("proofs", "judge", *(str(folder / name) for name in truths), "--json")
    by_kind: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for row in judged:
        truth = truths[Path(row["case"]).name]
        by_kind[truth["kind"]].append((truth, row))
    every = [pair for pairs in by_kind.values() for pair in pairs]
    clean = [pair for kind in _CLEAN for pair in by_kind[kind]]
    twice = [pair for kind in _TWICE for pair in by_kind[kind]]
    others = [row for truth, row in every if truth["kind"] not in _TWICE and row["verdict"] == "duplicate"]
    return [
        Figure("cases: wrong accepts", sum(_wrong_accept(*pair) for pair in every), "", 0),
        Figure("cases: answer allowed", 100 * sum(_right(*pair) for pair in every) / len(every), "%"),
        Figure("clean cases verified without a person", 100 * _count(clean, "verified") / len(clean), "%", least=85),
        Figure(
            "duplicates found", 100 * sum(r["duplicate_of"] == t["duplicate_of"] for t, r in twice) / len(twice), "%",
            least=95,
        ),
        Figure("false duplicates", len(others), "", 0),
        Table(
            "Cases",
            f"{len(every)} documents with what the portal knew that day.",
            ("kind", "cases", "right", "needless review", "wrong accept"),
            [
                [
                    kind, str(len(pairs)), str(sum(_right(*pair) for pair in pairs)),
                    str(sum(not _right(*pair) and not _wrong_accept(*pair) for pair in pairs)),
                    str(sum(_wrong_accept(*pair) for pair in pairs)),
                ]
                for kind, pairs in sorted(by_kind.items())
            ],
        ),
    ]  # fmt: skip


def _receipts(folder: Path) -> list[Figure | Table]:
    rows, _ = _bench(folder, "--lines", "odd")
    right = [row["right"] for row in rows]
    return [
        Figure("receipts (odd lines), total right", 100 * sum(bool(r["total"]) for r in right) / len(right), "%", least=88),
        Figure("receipts (odd lines), date right", 100 * sum(bool(r["date"]) for r in right) / len(right), "%", least=95),
    ]  # fmt: skip


def _bench(folder: Path, *options: str) -> tuple[Rows, dict[str, Any]]:
    rows = _flask("proofs", "bench", str(folder), "--json", *options)
    return rows[:-1], rows[-1]["summary"]


def _flask(*words: str) -> Rows:
    """What a command prints, line by line. It runs as people run it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def _by(name: str, plain: Rows, blind: Rows) -> list[list[str]]:
    return [
        [
            value,
            str(len(rows)),
            f"{_share(rows, 'all4'):.0f} %",
            f"{_share([row for row in blind if row[name] == value], 'all4'):.0f} %",
            str(sum(row["wrong_amount"] for row in rows)),
        ]
        for value in sorted({row[name] for row in plain})
        if (rows := [row for row in plain if row[name] == value])
    ]


def _failures(plain: Rows, blind: Rows) -> list[list[str]]:
    unseen = {row["file"]: _wrong(row) for row in blind}
    return [
        [row["file"], _wrong(row) or "none", unseen[row["file"]] or "none"]
        for row in plain
        if _wrong(row) or unseen[row["file"]]
    ]


def _wrong(row: Mapping[str, Any]) -> str:
    main = ("amount", "date", "reference", "bank", "beneficiary_account")
    return ", ".join(name for name in main if row["right"].get(name) is False)


def _share(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return 100 * sum(bool(row[name]) for row in rows) / max(len(rows), 1)


def _right(truth: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return row["verdict"] in truth["verdict"] and not _wrong_accept(truth, row)


def _wrong_accept(truth: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Verified where it may not be, or for other invoices or amounts than the true ones."""
    return row["verdict"] == "verified" and (
        "verified" not in truth["verdict"] or _shares(truth["allocations"]) != _shares(row["allocations"])
    )


def _shares(allocations: Sequence[Mapping[str, str]]) -> set[tuple[str, str]]:
    return {(each["invoice"], each["amount"]) for each in allocations}


def _count(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], verdict: str) -> int:
    return sum(row["verdict"] == verdict for _, row in pairs)
