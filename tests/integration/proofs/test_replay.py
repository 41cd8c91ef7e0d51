"""What was stored explains itself, and judged again by other rules it shows what they would change; nothing is written."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.money import Money
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from portal.proofs import verdict
from portal.proofs.models import ReadingRow, VerdictRow
from portal.proofs.service import switching
from portal.proofs.types import Check, Outcome
from portal.proofs.types.as_json import case_from_json, reading_from_json
from tests.integration.proofs.conftest import World


def run(app: Any, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=["proofs", *words])
    lines = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    return done.exit_code, lines, done.output


def day(back: int = 0) -> str:
    return (clock.today() - timedelta(days=back)).isoformat()


def never(code: str) -> Any:
    def check(*_: Any) -> Check:
        return Check(code, "V0", Outcome.UNKNOWN, None, None, None, None, "A rule of tomorrow is not sure.")

    return check


def test_explain_gives_checks_evidence_exact_inputs_and_versions(app: Any, world: World, proof_of: Any) -> None:
    invoice = world.invoice()
    proof = world.judged(proof_of(invoice)).info

    code, (told,), _ = run(app, "explain", proof.public_id, "--json")

    assert code == 0 and told["ok"] and told["state"] == "verified"
    (reading,), (judged,) = told["readings"], told["verdicts"]
    assert reading["fields"]["amount"]["value"] == invoice.total.plain
    assert len(reading["fields"]["amount"]["box"]) == 4
    assert reading["versions"]["rules"] == judged["rules"] == verdict.VERSION
    assert {check["outcome"] for check in judged["checks"]} == {"pass"}
    assert judged["inputs"]["open_invoices"][0]["number"] == invoice.number
    assert judged["inputs"]["review_all"] is False


def test_the_inputs_that_explain_shows_come_to_the_same_verdict_again(app: Any, world: World, proof_of: Any) -> None:
    from portal.proofs.pipeline import judge

    found = world.judged(proof_of(world.invoice()))

    _, (told,), _ = run(app, "explain", found.info.public_id, "--json")
    case, _ = case_from_json(told["verdicts"][0]["inputs"])

    assert judge(reading_from_json(db.session.scalars(select(ReadingRow.body)).one()), case) == found.verdict


def test_explain_says_of_a_proof_that_is_not_there_that_it_is_not(app: Any, world: World, proof_of: Any) -> None:
    proof = world.judged(proof_of(world.invoice())).info

    code, lines, _ = run(app, "explain", "prf_nothing", proof.public_id, "--json")

    assert code == 1
    assert [line["ok"] for line in lines] == [False, True]
    assert "no such proof" in lines[0]["error"]


def test_explain_prints_for_people_too(app: Any, world: World, proof_of: Any) -> None:
    proof = world.judged(proof_of(world.invoice())).info

    code, _, output = run(app, "explain", proof.public_id)

    assert code == 0
    assert f"{proof.public_id}: verified" in output and "beneficiary_account" in output


def test_the_same_rules_change_nothing(app: Any, world: World, proof_of: Any) -> None:
    world.judged(proof_of(world.invoice()), key="1")
    world.judged(proof_of(world.invoice(), amount=Money.zar(1_00), seed=2), key="2")

    code, lines, _ = run(app, "replay", "--since", day(), "--json")

    assert code == 0
    assert [line["changed"] for line in lines[:-1]] == [False, False]
    assert lines[-1]["summary"] == {"rules": verdict.VERSION, "judged": 2, "changed": 0, "failed": 0, "moves": {}}


def test_a_stricter_rule_shows_which_accepts_it_would_have_asked_about(
    app: Any, world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = world.judged(proof_of(world.invoice())).info
    monkeypatch.setattr(verdict, "check_date", never("date"))

    code, (line, last), _ = run(app, "replay", "--since", day(), "--json")

    assert code == 0
    assert (line["id"], line["before"], line["after"]) == (proof.public_id, "verified", "review")
    assert line["checks"] == {"date": ["pass", "unknown"]} and line["pays_otherwise"]
    assert last["summary"]["moves"] == {"verified -> review": 1}


def test_replay_writes_nothing(app: Any, world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = world.judged(proof_of(world.invoice())).info
    monkeypatch.setattr(verdict, "check_date", never("date"))

    def everything() -> list[Any]:
        db.session.rollback()
        tables = (VerdictRow, ReadingRow, AuditEvent)
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
        from portal.proofs import queries

        row = queries.by_public_id(proof.public_id)
        return [*counts, row.state, row.version]

    before = everything()
    run(app, "replay", "--since", day(30), "--json")

    assert everything() == before


def test_replay_leaves_out_what_was_judged_before_the_day(app: Any, world: World, proof_of: Any) -> None:
    world.judged(proof_of(world.invoice()))

    code, lines, _ = run(app, "replay", "--since", day(-1), "--json")

    assert code == 0 and lines == [{"summary": {**lines[0]["summary"], "judged": 0}}]


def test_replay_goes_on_over_many_steps(app: Any, world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.proofs.service import replaying

    monkeypatch.setattr(replaying, "_BATCH", 2)
    for number in range(5):
        world.send(proof_of(world.invoice(), seed=number), key=str(number))
    world.read()

    _, lines, _ = run(app, "replay", "--since", day(), "--json")

    assert len({line["id"] for line in lines[:-1]}) == 5


def test_a_proof_that_the_switch_held_back_is_no_change_of_rules(app: Any, world: World, proof_of: Any) -> None:
    transaction(lambda: switching.REVIEW_ALL.change(True, seen_version=0))
    world.judged(proof_of(world.invoice()))

    _, (line, _), _ = run(app, "replay", "--since", day(), "--json")

    assert (line["before"], line["after"], line["changed"]) == ("review", "review", False)


def test_a_stored_case_that_cannot_be_read_is_said_and_the_rest_goes_on(
    app: Any, world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.proofs.service import replaying
    from portal.proofs.types.as_json import BadCase

    bad = world.judged(proof_of(world.invoice()), key="1").info
    world.judged(proof_of(world.invoice(), seed=2), key="2")

    def torn(data: Any, *rest: Any) -> Any:
        if data["sha256"] == bad.sha256:
            raise BadCase("today is missing.")
        return case_from_json(data, *rest)

    monkeypatch.setattr(replaying, "case_from_json", torn)
    code, lines, _ = run(app, "replay", "--since", day(), "--json")

    assert code == 1
    assert [line["ok"] for line in lines[:-1]] == [False, True]
    assert "today is missing" in lines[0]["error"]


@pytest.mark.parametrize("words", [("replay",), ("replay", "--since", "lately"), ("explain",)])
def test_a_command_that_is_written_wrongly_answers_2(app: Any, words: tuple[str, ...]) -> None:
    assert run(app, *words)[0] == 2
