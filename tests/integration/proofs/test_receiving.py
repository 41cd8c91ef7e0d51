"""An upload is stored before it is answered; what cannot be a proof is refused in words; nothing is half written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.demo.drawing import poison
from portal.platform import jobs
from portal.platform.db import db
from portal.proofs import service as proofs
from portal.proofs.errors import NotADocument, TooManyUploads
from portal.proofs.models import Proof, ReadingRow
from portal.proofs.service import receiving
from portal.proofs.types.stored import ProofState
from tests.integration.proofs.conftest import World, as_file

REFUSED = {
    "nothing at all": poison.nothing,
    "text called a PDF": poison.text_as_pdf,
    "a GIF called a PNG": poison.gif_as_png,
    "a TIFF called a JPEG": poison.tiff_as_jpeg,
    "an archive called a PDF": poison.zip_as_pdf,
    "an SVG called a PNG": poison.svg_as_png,
}
UNREADABLE = {
    "a PDF with a real password": poison.locked_pdf,
    "a picture of 169 megapixels": poison.wide_png,
}


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_whatever_its_name(world: World, what: str) -> None:
    with pytest.raises(NotADocument) as refused:
        proofs.store(REFUSED[what](), "payment.pdf")

    assert len(refused.value.words) > 20
    assert count(Proof) == 0


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_opened_ends_as_unreadable_and_stops_nobody(world: World, what: str, proof_of: Any) -> None:
    invoice = world.invoice()
    bad = world.send(UNREADABLE[what](), key="bad")
    good = world.send(proof_of(invoice), key="good")

    world.read()

    assert proofs.detail(bad.public_id).info.state is ProofState.UNREADABLE
    assert proofs.detail(bad.public_id).reading.error
    assert proofs.detail(good.public_id).info.state is ProofState.VERIFIED


def test_the_same_form_sent_twice_is_one_proof(world: World, proof_of: Any) -> None:
    drawn = proof_of(world.invoice())

    first, again = world.send(drawn, key="form"), world.send(drawn, key="form")

    assert first.public_id == again.public_id
    assert count(Proof) == 1


def test_a_double_click_in_the_browser_is_one_proof(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    invoice, browser = world.invoice(), signed_in("buyer@karoo.example")
    page = browser.get(f"/invoices/{invoice.number}/pay").get_data(as_text=True)
    key = page.split('name="key" value="', 1)[1].split('"', 1)[0]
    drawn = proof_of(invoice)

    answers = [
        browser.post(f"/invoices/{invoice.number}/pay", data={"key": key, "file": as_file(drawn)}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert count(Proof) == 1


def test_a_refused_file_does_not_cost_the_others(world: World, proof_of: Any, signed_in: Callable[[str], Any]) -> None:
    invoice, browser = world.invoice(), signed_in("buyer@karoo.example")
    browser.get("/proofs/new")

    answer = browser.post(
        "/proofs/new",
        data={"key": "k", "file": [as_file(proof_of(invoice), "good.pdf"), as_file(poison.gif_as_png(), "bad.png")]},
    )

    assert answer.status_code == 303
    assert count(Proof) == 1
    assert "bad.png" in browser.get(answer.location).get_data(as_text=True)


def test_no_file_at_all_is_said_and_answers_422(world: World, signed_in: Callable[[str], Any]) -> None:
    browser = signed_in("buyer@karoo.example")
    browser.get("/proofs/new")

    answer = browser.post("/proofs/new", data={"key": "k", "file": (__import__("io").BytesIO(b""), "")})

    assert answer.status_code == 422
    assert "Choose a file first" in answer.get_data(as_text=True)


def test_the_stored_name_carries_no_path_and_no_control_signs(world: World, proof_of: Any) -> None:
    upload = proofs.store(proof_of(world.invoice()).data, "../../etc/\u202egnp\r\n.pdf")

    assert upload.file_name == "gnp.pdf"


def test_the_document_is_kept_byte_for_byte(world: World, proof_of: Any) -> None:
    drawn = proof_of(world.invoice())

    sent = world.send(drawn)

    assert proofs.file_of(sent.public_id)[0] == drawn.data


def test_past_the_hourly_limit_nothing_is_written(world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = world.invoice()
    monkeypatch.setattr(receiving, "MOST_FILES_A_DAY", 2)
    for number in range(2):
        world.send(proof_of(invoice, seed=number), key=str(number))

    with pytest.raises(TooManyUploads):
        world.send(proof_of(invoice, seed=9), key="9")
    assert count(Proof) == 2


def test_a_failure_while_the_row_is_written_leaves_no_row_and_no_job(
    world: World, proof_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = proof_of(world.invoice())

    def broken(*_args: object, **_values: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(receiving.jobs, "enqueue", broken)
    with pytest.raises(RuntimeError):
        world.send(drawn)

    assert count(Proof) == 0


def test_a_job_that_runs_twice_records_one_reading(world: World, proof_of: Any) -> None:
    from portal.platform.db import transaction

    sent = world.send(proof_of(world.invoice()))
    row = db.session.scalar(select(Proof))
    reading = proofs.read(row.id, row.storage_key)

    first = transaction(lambda: proofs.record(row.id, reading))
    second = transaction(lambda: proofs.record(row.id, reading))

    assert first is not None and second is None
    assert count(ReadingRow) == 1
    assert proofs.detail(sent.public_id).info.state is ProofState.VERIFIED
    assert jobs.stats()["failed"] == 0


def test_documents_lie_in_the_data_folder_only(world: World, proof_of: Any, data_dir: Path) -> None:
    sent = world.send(proof_of(world.invoice()))

    assert [path.name for path in (data_dir / "documents").rglob("*") if path.is_file()] == [sent.sha256]
