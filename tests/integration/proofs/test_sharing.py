"""A file shared from the bank's app becomes a draft, and a proof by its sender's tap alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.core import clock
from portal.core.errors import BadInput
from portal.platform.db import db
from portal.proofs.models import Proof
from portal.proofs.service import sharing
from portal.proofs.types.stored import Sender
from tests.integration.proofs.conftest import World, as_file

SHARED = "/proofs/new/shared"


def proofs_there() -> int:
    return db.session.scalar(select(func.count()).select_from(Proof)) or 0


def note_in(body: str) -> str:
    found = re.search(r'name="note" value="([^"]+)"', body)
    assert found
    return found[1]


def test_the_manifest_offers_the_portal_where_files_are_shared(client: Any) -> None:
    answer = client.get("/manifest.webmanifest")
    told = answer.get_json(force=True)

    assert answer.mimetype == "application/manifest+json" and told["start_url"] == told["scope"] == told["id"] == "/"
    target = told["share_target"]
    assert (target["action"], target["method"], target["enctype"]) == (SHARED, "POST", "multipart/form-data")
    assert target["params"]["files"][0]["name"] == "file"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


def test_each_icon_is_there_in_the_size_it_says(client: Any) -> None:
    for icon in client.get("/manifest.webmanifest").get_json(force=True)["icons"]:
        answer = client.get(icon["src"])
        side = int(icon["sizes"].split("x")[0])
        assert Image.open(BytesIO(answer.data)).size == (side, side) and answer.mimetype == "image/png"
        answer.close()


def test_every_page_names_the_manifest_and_its_colours(client: Any) -> None:
    page = client.get("/").get_data(as_text=True)

    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert page.count('name="theme-color"') == 2
    assert "manifest-src 'self'" in client.get("/").headers["Content-Security-Policy"]


def test_a_share_shows_the_files_and_one_tap_sends_them(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    buyer = signed_in("buyer@karoo.example")

    shown = buyer.post(
        SHARED,
        data={"file": as_file(proof_of(world.invoice()), "FNB.pdf")},
        headers={"Sec-Fetch-Site": "none"},
        bare=True,
    )
    assert shown.status_code == 200 and "FNB.pdf" in shown.get_data(as_text=True)
    assert proofs_there() == 0

    form = {"key": "k" * 36, "note": note_in(shown.get_data(as_text=True))}
    sent, again = (buyer.post("/proofs/new/send", data=form) for _ in range(2))
    assert sent.status_code == 303 and sent.location == again.location
    row = db.session.scalars(select(Proof)).one()
    assert (row.customer_id, row.user_id, row.via, row.file_name) == (
        world.customer_id,
        world.buyer_id,
        "share",
        "FNB.pdf",
    )
    world.read()
    assert db.session.scalars(select(Proof.state)).one() == "verified"


def test_the_tap_needs_its_form_token(world: World, proof_of: Any, signed_in: Callable[[str], Any]) -> None:
    buyer = signed_in("buyer@karoo.example")
    shown = buyer.post(SHARED, data={"file": as_file(proof_of(world.invoice()))}, bare=True)

    form = {"key": "k" * 36, "note": note_in(shown.get_data(as_text=True))}

    assert buyer.post("/proofs/new/send", data=form, bare=True).status_code == 400
    assert proofs_there() == 0


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 200), ("same-origin", 200)]
)
def test_a_page_of_another_site_cannot_make_a_share(
    world: World, proof_of: Any, signed_in: Callable[[str], Any], site: str, status: int
) -> None:
    buyer = signed_in("buyer@karoo.example")

    answer = buyer.post(
        SHARED, data={"file": as_file(proof_of(world.invoice()))}, headers={"Sec-Fetch-Site": site}, bare=True
    )

    assert answer.status_code == status


def test_a_share_without_a_session_signs_in_first_and_keeps_nothing(
    app: Any, world: World, proof_of: Any, data_dir: Any
) -> None:
    answer = app.test_client().post(SHARED, data={"file": as_file(proof_of(world.invoice()))})

    assert answer.status_code == 303 and answer.location.startswith("/login")
    assert not (data_dir / "documents").exists() or not list((data_dir / "documents").rglob("*.*"))


@pytest.mark.parametrize("data", [{}, {"title": "My proof", "text": "see attachment"}])
def test_a_share_without_a_file_says_so(world: World, signed_in: Callable[[str], Any], data: dict[str, str]) -> None:
    answer = signed_in("buyer@karoo.example").post(SHARED, data=data, bare=True)

    assert answer.status_code == 422 and "Nothing was shared" in answer.get_data(as_text=True)


def test_what_is_no_document_is_named_and_the_others_can_be_sent(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    files = [as_file(b"MZ\x90", "virus.exe"), as_file(proof_of(world.invoice()), "good.pdf")]

    shown = signed_in("buyer@karoo.example").post(SHARED, data={"file": files}, bare=True).get_data(as_text=True)

    assert "virus.exe" in shown and "This file was not taken" in shown and note_in(shown)


def test_a_draft_is_its_sender_s_alone_and_for_an_hour(world: World, proof_of: Any) -> None:
    me = Sender(world.customer_id, world.buyer_id, "share")
    draft, _ = sharing.keep(me, [("proof.pdf", proof_of(world.invoice()).data)])
    assert draft is not None

    for other in (Sender(world.other_id, world.buyer_id, "share"), Sender(world.customer_id, 99, "share")):
        with pytest.raises(BadInput):
            sharing.read(other, draft.note)
    for note in ("", "x", draft.note[:-2], draft.note + "A"):
        with pytest.raises(BadInput):
            sharing.read(me, note)
    with clock.at(clock.now() + timedelta(hours=2)), pytest.raises(BadInput):
        sharing.read(me, draft.note)
    assert sharing.read(me, draft.note).uploads == draft.uploads
