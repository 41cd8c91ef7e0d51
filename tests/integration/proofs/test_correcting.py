"""A field that was read wrongly is read again where a person points, or typed; and everything is judged once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.demo import names
from portal.platform.db import db, transaction
from portal.proofs import pipeline
from portal.proofs import service as proofs
from portal.proofs.errors import ChangedMeanwhile, NothingRead
from portal.proofs.models import ReadingRow, VerdictRow
from portal.proofs.service import correcting
from portal.proofs.types import Box, Outcome
from portal.proofs.types.review import PERSON, Correction
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def around(box: Box) -> Box:
    """What a hand draws around a value."""
    return box[0] - 0.004, box[1] - 0.002, box[2] + 0.004, box[3] + 0.002


def outcome_of(detail: Any, code: str) -> Outcome:
    return next(check.outcome for check in detail.verdict.checks if check.code == code)


@pytest.fixture
def misread(world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A proof of which one field was read as something else than it says."""

    def make(field: str = "amount", value: str = "1.00", **drawn: Any) -> Any:
        real = pipeline.read_safely

        def wrongly(data: bytes, **how: Any) -> Any:
            reading = real(data, **how)
            found = reading.fields[field]
            assert found is not None
            return replace(reading, fields={**reading.fields, field: replace(found, value=value)})

        monkeypatch.setattr(pipeline, "read_safely", wrongly)
        return world.judged(proof_of(world.invoice(), **drawn))

    return make


def test_a_box_around_the_amount_reads_it_again_and_judges_the_proof_again(world: World, misread: Any) -> None:
    before = misread()
    box = before.reading.fields["amount"].box

    value = correcting.correct(
        before.info.public_id,
        Correction("amount", "", 1, around(box)),
        by=world.clerk,
        seen_version=before.info.version,
    )

    after = proofs.detail(before.info.public_id)
    assert outcome_of(before, "amount") is Outcome.FAIL
    assert value == "11500.00"
    assert outcome_of(after, "amount") is Outcome.PASS
    assert after.info.amount == Money.zar(11_500_00)
    assert after.info.state is ProofState.REVIEW
    assert db.session.scalar(select(func.count()).select_from(VerdictRow)) == 2


def test_who_corrected_what_stands_in_the_history_and_the_first_reading_is_kept(world: World, misread: Any) -> None:
    before = misread()
    told = Correction("amount", "11 500.00", 1, None)

    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)

    line = proofs.detail(before.info.public_id).decisions[-1]
    kept = db.session.scalars(select(ReadingRow).order_by(ReadingRow.run)).all()
    assert (line.action, line.by, line.words) == ("correct", "Nomvula Dlamini", "Amount: 1.00 → 11500.00")
    assert [row.body["fields"]["amount"]["value"] for row in kept] == ["1.00", "11500.00"]
    assert kept[1].body["fields"]["amount"]["engine"] == PERSON


def test_the_account_a_person_corrects_is_never_ours_by_that_alone(world: World, misread: Any) -> None:
    before = misread("beneficiary_account", "62999999999")
    told = Correction("beneficiary_account", names.OUR_ACCOUNTS[0].number, 1, None)

    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)

    assert outcome_of(before, "beneficiary_account") is Outcome.FAIL
    assert outcome_of(proofs.detail(before.info.public_id), "beneficiary_account") is Outcome.UNKNOWN


def test_signals_of_a_changed_document_outlive_every_correction(world: World, proof_of: Any) -> None:
    from portal.demo.drawing.forgery import forge

    invoice = world.invoice()
    honest = proof_of(invoice, amount=invoice.total - Money.zar(1_000_00))
    before = world.judged(forge(honest, "pdf_amount", to=invoice.total))
    told = Correction("amount", honest.facts.amount.plain, 1, None)

    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)

    after = proofs.detail(before.info.public_id)
    assert outcome_of(before, "tamper") is not Outcome.PASS
    assert outcome_of(after, "tamper") is outcome_of(before, "tamper")


def test_a_correction_that_makes_everything_fit_still_waits_for_a_person(world: World, misread: Any) -> None:
    before = misread()
    told = Correction("amount", "", 1, around(before.reading.fields["amount"].box))

    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)

    after = proofs.detail(before.info.public_id)
    assert all(check.outcome is Outcome.PASS for check in after.verdict.checks)
    assert after.info.state is ProofState.REVIEW


def test_an_empty_place_is_said_to_be_empty_and_changes_nothing(world: World, misread: Any) -> None:
    before = misread()

    with pytest.raises(NothingRead, match="Type what you see"):
        correcting.correct(
            before.info.public_id, Correction("amount", "", 1, (0.9, 0.97, 0.99, 0.99)), by=world.clerk,
            seen_version=before.info.version,
        )  # fmt: skip
    assert proofs.detail(before.info.public_id).info.version == before.info.version


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "much"), ("amount", "-5"), ("date", "yesterday"), ("nonsense", "1")]
)
def test_what_cannot_be_such_a_value_is_refused(world: World, misread: Any, field: str, value: str) -> None:
    before = misread()

    with pytest.raises(BadInput):
        correcting.correct(
            before.info.public_id, Correction(field, value, 1, None), by=world.clerk, seen_version=before.info.version
        )


def test_a_correction_on_an_old_screen_is_refused(world: World, misread: Any) -> None:
    before = misread()
    told = Correction("amount", "11500.00", 1, None)
    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)

    with pytest.raises(ChangedMeanwhile, match="Nomvula Dlamini"):
        correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=before.info.version)


def test_a_picture_is_looked_at_again_by_an_engine(world: World, misread: Any) -> None:
    before = misread(form="screenshot_phone")
    box = before.reading.fields["amount"].box

    value = correcting.correct(
        before.info.public_id,
        Correction("amount", "", 1, around(box)),
        by=world.clerk,
        seen_version=before.info.version,
    )

    assert value == "11500.00"


def test_the_form_takes_a_box_and_shows_the_proof_again(
    world: World, misread: Any, signed_in: Callable[[str], Any]
) -> None:
    before = misread()
    box = ",".join(f"{part:.5f}" for part in around(before.reading.fields["amount"].box))
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{before.info.public_id}")

    answer = clerk.post(
        f"/staff/review/{before.info.public_id}/correct",
        data={"version": str(before.info.version), "name": "amount", "value": "", "page": "1", "box": box},
    )

    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = clerk.get(answer.location).get_data(as_text=True)
    assert "Corrected by Nomvula Dlamini" in page


@pytest.mark.parametrize("box", ["0,0,0,0", "1,1,0,0", "a,b,c,d", "0,0,1", "0,0,2,2", "nan,0,1,1"])
def test_a_box_that_is_none_is_refused_by_the_form(
    world: World, misread: Any, signed_in: Callable[[str], Any], box: str
) -> None:
    before = misread()
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{before.info.public_id}")

    answer = clerk.post(
        f"/staff/review/{before.info.public_id}/correct",
        data={"version": str(before.info.version), "name": "amount", "value": "", "page": "1", "box": box},
    )

    assert answer.status_code == 422


def test_what_somebody_accepted_first_is_forgotten_by_a_correction(world: World, misread: Any) -> None:
    before = misread()
    row = transaction(lambda: _accepted_first(before.info.id, world))
    told = Correction("amount", "11500.00", 1, None)

    correcting.correct(before.info.public_id, told, by=world.clerk, seen_version=row)

    assert _first_of(before.info.id) is None


def _accepted_first(proof_id: int, world: World) -> int:
    from portal.proofs import queries
    from portal.proofs.service import taking

    row = queries.lock(proof_id)
    desk = taking.desk_of(row)
    desk.first_by, desk.first_name, desk.first_terms = world.clerk.user_id, "Nomvula Dlamini", {"amount": "1.00"}
    return row.version


def _first_of(proof_id: int) -> int | None:
    from portal.proofs.queries import desk as desks

    found = desks.desk(proof_id)
    return found.first_by if found is not None else None
