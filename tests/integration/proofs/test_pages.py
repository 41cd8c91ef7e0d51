"""What customers and clerks see of a proof."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.core.money import Money
from tests.integration.proofs.conftest import World


def short(world: World, proof_of: Any) -> Any:
    invoice = world.invoice()
    return world.judged(proof_of(invoice, amount=invoice.total - Money.zar(100_00))).info


def test_the_rail_says_how_many_proofs_wait(world: World, proof_of: Any, signed_in: Callable[[str], Any]) -> None:
    short(world, proof_of)

    page = signed_in("clerk@us.example").get("/staff/review").get_data(as_text=True)

    assert re.search(r'href="/staff/review"[^>]*>.*?<span class="count[^>]*>1<', page, re.S)


def test_the_queue_leads_to_the_oldest_and_a_decision_to_the_next(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    first = short(world, proof_of)
    invoice = world.invoice(20_000_00)
    second = world.judged(
        proof_of(invoice, amount=invoice.total + Money.zar(1_00), seed=2, trace_id="CCCC3333"), key="2"
    ).info
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{first.public_id}/reject")

    answer = clerk.post(
        f"/staff/review/{first.public_id}/reject", data={"version": str(first.version), "words": "R 100.00 is missing."}
    )

    assert answer.status_code == 303
    assert answer.location.endswith(second.public_id)


def test_a_decision_on_an_old_screen_is_a_409_in_words(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    info = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    clerk.get(f"/staff/review/{info.public_id}/reject")
    sent = {"version": str(info.version), "words": "No."}
    clerk.post(f"/staff/review/{info.public_id}/reject", data=sent)

    again = clerk.post(f"/staff/review/{info.public_id}/reject", data=sent)

    assert again.status_code == 409
    assert "decided this proof in the meantime" in again.get_data(as_text=True)


def test_a_wrong_split_keeps_what_was_typed(world: World, proof_of: Any, signed_in: Callable[[str], Any]) -> None:
    info = short(world, proof_of)
    clerk = signed_in("clerk@us.example")
    page = clerk.get(f"/staff/review/{info.public_id}/accept").get_data(as_text=True)
    field = re.search(r'name="(share-INV-[0-9-]+)"', page).group(1)  # type: ignore[union-attr]

    answer = clerk.post(
        f"/staff/review/{info.public_id}/accept",
        data={"version": str(info.version), "amount": "abc", "paid_on": "2026-11-20", "why": "", field: "99999999"},
    )

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="abc"' in shown and 'value="99999999"' in shown


def test_customers_never_read_how_forgery_is_found(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    from portal.demo.drawing.forgery import forge

    invoice = world.invoice()
    honest = proof_of(invoice, amount=invoice.total - Money.zar(1_000_00))
    found = world.judged(forge(honest, "pdf_amount", to=invoice.total))
    words = " ".join(signal.words for signal in found.verdict.signals)

    page = signed_in("buyer@karoo.example").get(f"/proofs/{found.info.public_id}").get_data(as_text=True)

    assert words
    assert not any(part.strip() and part in page for part in words.split("."))
    assert "A person of our team looks at the document." in page


def test_the_page_picture_and_the_original_are_served_safely(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    found = world.judged(proof_of(world.invoice()))
    buyer = signed_in("buyer@karoo.example")

    picture = buyer.get(f"/proofs/{found.info.public_id}/page-1.webp")
    original = buyer.get(f"/proofs/{found.info.public_id}/original")

    assert picture.data[:4] == b"RIFF" and len(picture.data) < 80_000
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original.headers["Content-Security-Policy"]


def test_the_api_answers_with_the_reading_or_says_where_it_will_be(
    world: World, proof_of: Any, signed_in: Callable[[str], Any]
) -> None:
    from tests.integration.proofs.conftest import as_file

    buyer = signed_in("buyer@karoo.example")
    buyer.get("/proofs/new")

    later = buyer.post("/api/ocr/process?wait=0", data={"file": as_file(proof_of(world.invoice()))})
    world.read()
    done = buyer.get(later.get_json()["status_url"]).get_json()

    assert later.status_code == 202
    assert done["state"] == "verified"
    assert done["fields"]["amount"]["value"] == "11500.00"


def test_the_api_refuses_what_is_no_document(world: World, signed_in: Callable[[str], Any]) -> None:
    from tests.integration.proofs.conftest import as_file

    buyer = signed_in("buyer@karoo.example")
    buyer.get("/proofs/new")

    answer = buyer.post("/api/ocr/process", data={"file": as_file(b"MZ\x90\x00", "payment.pdf")})

    assert answer.status_code == 422
    assert answer.get_json()["detail"]
