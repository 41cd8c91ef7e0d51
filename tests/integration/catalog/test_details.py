"""What a product is beside its name and price: pictures, papers, safety, specifications, its shelf."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from portal.catalog import service as catalog
from portal.catalog.errors import NotADocument, NotAPicture
from portal.catalog.types import MOST_PICTURES, DocumentKind
from portal.core.errors import BadInput, NotFound
from portal.platform.db import transaction
from tests.integration.catalog.test_catalog import draft_of, names
from tests.integration.catalog.test_pages import product_form
from tests.integration.orders.shop import Shop, more_staff

PDF = b"%PDF-1.7\n% a data sheet\n%%EOF\n"


def png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), (shade, 90, 40)).save(out, "PNG")
    return out.getvalue()


def add(shade: int, alt: str = "") -> None:
    transaction(lambda: catalog.add_picture("SK-1", png(shade), alt))


def alts(shop: Shop) -> list[str]:
    return [each.alt for each in catalog.pictures(shop.seal.id)]


def test_the_first_picture_stands_for_the_product_in_lists(shop: Shop) -> None:
    add(10, "front")
    add(200, "back")
    front, back = catalog.pictures(shop.seal.id)
    assert catalog.product_by_sku("SK-1").picture == front.hash

    transaction(lambda: catalog.lead_with_picture("SK-1", back.id))
    assert (alts(shop), catalog.product_by_sku("SK-1").picture) == (["back", "front"], back.hash)

    transaction(lambda: catalog.remove_picture("SK-1", back.id))
    assert (alts(shop), catalog.product_by_sku("SK-1").picture) == (["front"], front.hash)

    transaction(lambda: catalog.remove_picture("SK-1", front.id))
    assert catalog.product_by_sku("SK-1").picture is None


def test_the_same_picture_again_is_one_picture_with_other_words(shop: Shop) -> None:
    add(10, "front")
    add(10, "from the front")
    assert alts(shop) == ["from the front"]


def test_a_picture_of_the_product_form_goes_first(shop: Shop) -> None:
    add(10, "front")
    version = catalog.product_by_sku("SK-1").version
    transaction(lambda: catalog.change("SK-1", draft_of(shop.seal), version=version, picture=png(200)))
    assert alts(shop) == ["", "front"]


def test_a_product_has_so_many_pictures_at_most(shop: Shop) -> None:
    for shade in range(MOST_PICTURES):
        add(shade * 20)
    with pytest.raises(BadInput, match="at most 12"):
        add(255)


def test_another_products_picture_is_not_found(shop: Shop) -> None:
    add(10)
    (mine,) = catalog.pictures(shop.seal.id)
    with pytest.raises(NotFound):
        transaction(lambda: catalog.remove_picture("HH-12-R2AT", mine.id))


def test_a_safety_data_sheet_is_a_download_that_cannot_run_as_a_page(shop: Shop, client: Any) -> None:
    transaction(lambda: catalog.add_document("SK-1", PDF, DocumentKind.SDS, "Safety data sheet"))
    (paper,) = catalog.documents(shop.seal.id)

    answer = client.get(f"/products/{shop.seal.slug}/documents/{paper.id}.pdf")

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Safety data sheet.pdf"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(f"/products/{shop.hose.slug}/documents/{paper.id}.pdf").status_code == 404
    assert "Safety data sheet" in client.get(f"/products/{shop.seal.slug}").get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"<html>", b"%PDF-1.7 cut off", b"%PDF-1.7" + b"x" * (10 * 1024 * 1024 + 1)])
def test_what_is_no_whole_pdf_is_refused(shop: Shop, data: bytes) -> None:
    with pytest.raises(NotADocument):
        transaction(lambda: catalog.add_document("SK-1", data, DocumentKind.SDS, "Safety data sheet"))


def test_an_empty_picture_field_is_refused(shop: Shop) -> None:
    with pytest.raises(NotAPicture):
        transaction(lambda: catalog.add_picture("SK-1", b"", "front"))


def test_hazardous_goods_need_their_un_number_and_show_it(shop: Shop, client: Any) -> None:
    with pytest.raises(BadInput) as refused:
        transaction(lambda: catalog.change("SK-1", draft_of(shop.seal, hazardous=True), version=shop.seal.version))
    assert refused.value.field == "un_number"

    changed = draft_of(
        shop.seal, hazardous=True, un_number="1263", specs=(("Bore", "12.7 mm"),), barcode="4006381333931"
    )
    transaction(lambda: catalog.change("SK-1", changed, version=shop.seal.version))

    page = client.get(f"/products/{shop.seal.slug}").get_data(as_text=True)
    assert all(words in page for words in ("UN 1263", "12.7 mm", "4006381333931"))
    assert [names("UN1263"), names("4006381333931"), names("bore")] == [["Seal"]] * 3


def test_a_barcode_is_on_one_product(shop: Shop) -> None:
    coded = draft_of(shop.seal, barcode="4006381333931")
    transaction(lambda: catalog.change("SK-1", coded, version=shop.seal.version))
    with pytest.raises(BadInput) as refused:
        twin = draft_of(shop.meal, barcode="4006381333931")
        transaction(lambda: catalog.change("MM-10", twin, version=shop.meal.version))
    assert refused.value.field == "barcode"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"barcode": "4006381333930"}, "would be 1"),
        ({"un_number": "12"}, "has four figures"),
        ({"specs": "Bore"}, "Write one thing a line"),
        ({"pack_size": "ten"}, "Write how many pieces one is"),
    ],
)
def test_a_wrong_detail_is_refused_beside_its_field(
    shop: Shop, signed_in: Any, changes: dict[str, str], words: str
) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/new")
    answer = clerk.post("/staff/catalog/new", data=product_form(**changes))
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_clerk_adds_and_takes_away_pictures_and_papers(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/SK-1/edit")
    picture = {"picture": (io.BytesIO(png(9)), "x.png"), "alt": "A red seal"}
    paper = {"file": (io.BytesIO(PDF), "x.pdf"), "kind": "sds", "title": "Safety sheet"}
    multipart = "multipart/form-data"
    assert clerk.post("/staff/catalog/SK-1/pictures", data=picture, content_type=multipart).status_code == 303
    assert clerk.post("/staff/catalog/SK-1/documents", data=paper, content_type=multipart).status_code == 303
    assert all(
        words in clerk.get("/staff/catalog/SK-1/edit").get_data(True) for words in ("A red seal", "Safety sheet")
    )
    bad = {"file": (io.BytesIO(b"<script>"), "x.pdf"), "kind": "sds", "title": "Safety sheet"}
    refused = clerk.post("/staff/catalog/SK-1/documents", data=bad, content_type=multipart)
    assert (refused.status_code, "not a whole PDF" in refused.get_data(as_text=True)) == (422, True)

    (shown,), (kept,) = catalog.pictures(shop.seal.id), catalog.documents(shop.seal.id)
    clerk.post(f"/staff/catalog/SK-1/pictures/{shown.id}", data={"alt": "A seal"})
    assert alts(shop) == ["A seal"]
    clerk.post(f"/staff/catalog/SK-1/pictures/{shown.id}", data={"remove": "y", "alt": ""})
    clerk.post(f"/staff/catalog/SK-1/documents/{kept.id}/remove")
    assert (catalog.pictures(shop.seal.id), catalog.documents(shop.seal.id)) == ((), ())


def test_a_shelf_shows_what_stands_inside_it_and_the_way_back(shop: Shop, client: Any) -> None:
    transaction(lambda: catalog.create_category("Two braids", parent="hydraulics-and-hoses"))
    transaction(lambda: catalog.change("SK-1", draft_of(shop.seal, category="two-braids"), version=shop.seal.version))

    assert names(category="hydraulics-and-hoses") == ["Hydraulic hose 1/2 inch SAE 100 R2AT", "Seal"]
    assert names(category="two-braids") == ["Seal"]
    page = client.get(f"/products/{shop.seal.slug}").get_data(as_text=True)
    way = page[page.index('aria-label="Where you are"') :]
    assert way.index("Hydraulics and hoses") < way.index("Two braids") < way.index("Seal")


def test_a_shelf_cannot_stand_inside_itself(shop: Shop, signed_in: Any) -> None:
    transaction(lambda: catalog.create_category("Two braids", parent="hydraulics-and-hoses"))
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/categories/hydraulics-and-hoses")

    form = {"name": "Hoses", "parent": "two-braids"}
    answer = clerk.post("/staff/catalog/categories/hydraulics-and-hoses", data=form)
    assert (answer.status_code, "cannot stand inside itself" in answer.get_data(as_text=True)) == (422, True)

    form = {"name": "Hoses", "parent": "canteen"}
    assert clerk.post("/staff/catalog/categories/hydraulics-and-hoses", data=form).status_code == 303
    assert [each.name for each in catalog.categories()] == ["Canteen", "Hoses", "Two braids"]
