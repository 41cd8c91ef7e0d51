import json
from dataclasses import replace
from datetime import date

import pytest

from portal.core.money import Money
from portal.proofs.types import Page, Share, Word
from portal.proofs.types.as_json import (
    BadCase,
    case_from_json,
    case_to_json,
    reading_from_json,
    reading_to_json,
    verdict_from_json,
    verdict_to_json,
)
from tests.unit.proofs.cases import BOX, case, earlier, judged, reading, signal

CASE = {
    "file": "files/a.pdf",
    "today": "2026-03-15",
    "customer": {"code": "C0235", "name": "Zandvliet"},
    "our_accounts": [{"bank": "FNB", "branch": "250655", "number": "023417908", "holder": "360Degree Supply"}],
    "open_invoices": [
        {
            "number": "INV-2026-04163", "reference": "360AA76H7", "balance": "1430.84", "currency": "ZAR",
            "issued_on": "2026-01-17", "due_on": "2026-02-16",
        }
    ],
    "earlier_proofs": [
        {
            "id": "prf_1", "sha256": None, "amount": "16.20", "date": None, "bank": None, "trace_id": None,
            "payer_account": "..635096",
        }
    ],
}  # fmt: skip


def through_text(value):
    return json.loads(json.dumps(value))


def test_a_case_is_read_with_its_file():
    found, file = case_from_json(CASE, sha256="ab" * 32)

    assert file == "files/a.pdf"
    assert (found.today, found.customer_code, found.sha256) == (date(2026, 3, 15), "C0235", "ab" * 32)
    assert found.our_accounts[0].number == "023417908"
    assert found.open_invoices[0].balance == Money.zar(1430_84)
    assert (found.earlier_proofs[0].amount, found.earlier_proofs[0].date) == (Money.zar(16_20), None)
    assert (found.max_age_days, found.customer_reference) == (60, None)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"today": "15/03/2026"}, "today"),
        ({"today": None}, "today"),
        ({"customer": None}, "customer"),
        ({"customer": {"code": 5, "name": "x"}}, "code"),
        ({"open_invoices": [{**CASE["open_invoices"][0], "balance": 1430.84}]}, "balance"),
        ({"open_invoices": [{**CASE["open_invoices"][0], "balance": "1e3"}]}, "balance"),
        ({"open_invoices": [{**CASE["open_invoices"][0], "currency": "rand"}]}, "balance"),
        ({"open_invoices": "none"}, "open_invoices"),
        ({"our_accounts": [None]}, "our_accounts"),
        ({"max_age_days": "60"}, "max_age_days"),
    ],
)
def test_a_wrong_case_names_the_place(change, place):
    with pytest.raises(BadCase, match=place):
        case_from_json(CASE | change)


def test_a_case_reads_back_as_it_was_stored():
    known = case(earlier=(earlier(picture_hash="00ff00ff00ff00ff"), earlier(amount=None, date=None)),
                 customer_reference="7K04M2X3", sha256="a" * 64, max_age_days=30)  # fmt: skip

    assert case_from_json(through_text(case_to_json(known, "x.pdf"))) == (known, "x.pdf")


def test_a_reading_reads_back_as_it_was_stored():
    word = Word("R1317.78", BOX, 1, 0.91)
    known = replace(
        reading(engine="tesseract", signals=[signal("warn"), replace(signal("bad"), page=1, box=BOX)], status=None),
        pages=(Page(1, 1000, 1414, (word, word), "tesseract", 90), Page(2, 1000, 1414, (), "text")),
        versions={"rules": "1"},
        picture_hash="00ff00ff00ff00ff",
    )

    assert reading_from_json(through_text(reading_to_json(known, "x.pdf"))) == known


def test_a_reading_has_the_keys_that_machines_read():
    told = reading_to_json(reading(status=None), "x.pdf")

    assert {"file", "ok", "error", "engine", "pages", "ms", "text", "fields", "signals"} <= set(told)
    assert told["fields"]["status"] is None
    assert set(told["fields"]["amount"]) == {"value", "confidence", "page", "box", "engine"}


def test_a_verdict_reads_back_as_it_was_stored():
    for known in (judged(), judged(reading(amount="1300.00", signals=[signal("bad")]))):
        assert verdict_from_json(through_text(verdict_to_json(known, with_suggestion=True))) == known


def test_a_verdict_has_exactly_the_keys_that_machines_read():
    told = verdict_to_json(judged())

    assert set(told) == {"verdict", "allocations", "left_over", "checks", "signals", "duplicate_of"}
    assert told["allocations"] == [{"invoice": "INV-2026-02805", "amount": "1317.78"}]
    assert set(told["checks"][0]) == {"code", "rule", "outcome", "expected", "found", "page", "box", "words"}


def test_the_split_suggested_to_a_person_is_kept_only_when_asked_for():
    told = verdict_to_json(judged(reading(amount="1300.00")), with_suggestion=True)

    assert told["suggested"] == [{"invoice": "INV-2026-02805", "amount": "1300.00"}]
    assert verdict_from_json(told).suggested == (Share("INV-2026-02805", Money.zar(1300_00)),)
