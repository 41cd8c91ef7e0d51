from __future__ import annotations

import io

import pytest
from PIL import Image

from portal.catalog import service as catalog
from portal.catalog.types import ProductDraft, ProductInfo, SortBy
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform.db import transaction
from tests.integration.orders.shop import Shop


def names(search: str = "", **values: object) -> list[str]:
    return [product.name for product in catalog.products(search, **values).items]  # type: ignore[arg-type]


def draft_of(product: ProductInfo, **changes: object) -> ProductDraft:
    values = {
        "sku": product.sku, "name": product.name, "description": product.description,
        "category": product.category_slug, "unit": product.unit, "pack": product.pack, "price": product.price,
        "vat_code": product.vat_code, "active": product.active,
    } | changes  # fmt: skip
    return ProductDraft(**values)  # type: ignore[arg-type]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "#a84a14").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("hyd", ["Hydraulic hose 1/2 inch SAE 100 R2AT"]),
        ("HOSE inch", ["Hydraulic hose 1/2 inch SAE 100 R2AT"]),
        ("hh12", ["Hydraulic hose 1/2 inch SAE 100 R2AT"]),
        ("hh-12-r2at", ["Hydraulic hose 1/2 inch SAE 100 R2AT"]),
        ("braids", ["Hydraulic hose 1/2 inch SAE 100 R2AT"]),
        ("raulic", []),
        ("hose meal", []),
        ("%", ["Hydraulic hose 1/2 inch SAE 100 R2AT", "Maize meal", "Seal"]),
        ("' OR 1=1 --", []),
    ],
)
def test_products_are_found_by_the_beginnings_of_all_words(shop: Shop, search: str, found: list[str]) -> None:
    assert names(search) == found


def test_the_shop_is_paged_by_key_there_and_back(shop: Shop) -> None:
    for sort in SortBy:
        whole = names(sort=sort)
        first = catalog.products(sort=sort, limit=2)
        second = catalog.products(sort=sort, after=first.next, limit=2)
        back = catalog.products(sort=sort, after=second.previous, limit=2)
        assert [item.name for item in (*first.items, *second.items)] == whole
        assert back.items == first.items
        assert (first.previous, second.next) == (None, None)


def test_sorting_by_price_is_by_amount_not_by_text(shop: Shop) -> None:
    assert names(sort=SortBy.CHEAPEST) == ["Seal", "Maize meal", "Hydraulic hose 1/2 inch SAE 100 R2AT"]


@pytest.mark.parametrize("after", ["", "nonsense", "W10", "WyJhIiwiYiIsMF0", "WzEsMiwzLDRd"])
def test_a_mark_nobody_wrote_begins_the_list_anew(shop: Shop, after: str) -> None:
    assert len(names(after=after)) == 3


def test_a_category_counts_only_what_is_on_sale(shop: Shop) -> None:
    seal = shop.seal
    transaction(lambda: catalog.change(seal.sku, draft_of(seal, active=False), version=seal.version))

    assert {each.name: each.products for each in catalog.categories()} == {"Hydraulics and hoses": 1, "Canteen": 1}
    assert names(category="hydraulics-and-hoses") == ["Hydraulic hose 1/2 inch SAE 100 R2AT"]
    with pytest.raises(NotFound):
        catalog.product(seal.slug)


def test_a_changed_name_is_found_by_its_new_words_only(shop: Shop) -> None:
    transaction(lambda: catalog.change("SK-1", draft_of(shop.seal, name="Gasket"), version=shop.seal.version))
    assert (names("gasket"), names("seal")) == (["Gasket"], [])


def test_two_people_who_change_a_product_do_not_overwrite_each_other(shop: Shop) -> None:
    seal = shop.seal
    transaction(lambda: catalog.change(seal.sku, draft_of(seal, price=Money.zar(3_00)), version=seal.version))
    with pytest.raises(Conflict):
        transaction(lambda: catalog.change(seal.sku, draft_of(seal, price=Money.zar(9_00)), version=seal.version))
    assert catalog.product_by_sku(seal.sku).price == Money.zar(3_00)


def test_a_code_is_given_once(shop: Shop) -> None:
    with pytest.raises(BadInput) as refused:
        transaction(lambda: catalog.add(draft_of(shop.seal, name="Other")))
    assert refused.value.field == "sku"


def test_two_products_of_one_name_have_two_addresses(shop: Shop) -> None:
    twin = transaction(lambda: catalog.add(draft_of(shop.seal, sku="SK-2")))
    assert twin.slug != shop.seal.slug
    assert catalog.product(twin.slug).sku == "SK-2"


def test_a_picture_is_served_for_ever_at_an_address_that_changes_with_it(shop: Shop, client) -> None:  # type: ignore[no-untyped-def]
    made = transaction(lambda: catalog.add(draft_of(shop.seal, sku="SK-3"), png()))

    answer = client.get(f"/products/{made.slug}/picture-{made.picture}.webp")

    assert answer.mimetype == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.data[8:12] == b"WEBP"
    assert client.get(f"/products/{made.slug}/picture-0000000000000000.webp").status_code == 404


def test_vat_codes_are_kept(shop: Shop) -> None:
    assert catalog.product_by_sku("MM-10").vat_code is VatCode.ZERO
