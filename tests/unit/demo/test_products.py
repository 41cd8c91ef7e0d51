"""The demo catalogue and its pictures."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image

from portal.core.money import Money
from portal.demo.catalogue import CATEGORIES, PRODUCTS
from portal.demo.drawing.products import ACCENTS, kinds, picture


def pixels_of(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGB").resize((40, 30)).tobytes()


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_a_small_light_picture(kind: str) -> None:
    data = picture(kind)
    drawn = Image.open(io.BytesIO(data))

    assert drawn.format == "WEBP" and drawn.size == (600, 450)
    assert len(data) < 25_000
    assert min(drawn.convert("L").getpixel(corner) for corner in ((2, 2), (597, 2), (2, 447), (597, 447))) > 220
    assert drawn.convert("L").getextrema()[0] < 140


def test_no_two_kinds_look_alike() -> None:
    seen = {pixels_of(picture(kind)) for kind in kinds()}

    assert len(seen) == len(kinds())


@pytest.mark.parametrize("accent", sorted(set(ACCENTS) - {"petrol"}))
def test_an_accent_changes_the_picture(accent: str) -> None:
    assert pixels_of(picture("helmet", accent)) != pixels_of(picture("helmet"))


def test_a_picture_is_the_same_every_time() -> None:
    assert picture.__wrapped__("pump", "red") == picture.__wrapped__("pump", "red")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        picture("unicorn")


def test_every_product_can_be_drawn() -> None:
    assert {product.kind for product in PRODUCTS} <= set(kinds())
    assert {product.accent for product in PRODUCTS} <= set(ACCENTS)
    assert PRODUCTS[0].picture.startswith(b"RIFF")


def test_there_are_enough_products_on_every_shelf() -> None:
    shelves = Counter(product.category for product in PRODUCTS)

    assert len(PRODUCTS) >= 120
    assert set(shelves) == {category.slug for category in CATEGORIES}
    assert min(shelves.values()) >= 8


def test_products_have_their_own_code_and_a_sensible_price() -> None:
    assert len({product.sku for product in PRODUCTS}) == len(PRODUCTS)
    assert len({product.name for product in PRODUCTS}) == len(PRODUCTS)
    assert all(Money.zar(50_00) < product.price < Money.zar(30_000_00) for product in PRODUCTS)
    assert all(product.unit and product.pack and product.description.endswith(".") for product in PRODUCTS)
