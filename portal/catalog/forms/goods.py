"""What staff type about products."""

from __future__ import annotations

import re

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from portal.catalog.types import CategoryInfo, ProductDraft, ProductInfo
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform.fields import MoneyField

_SKU = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,39}\Z")
VAT_CHOICES = [
    SelectChoice(VatCode.STANDARD.value, "Standard rate"),
    SelectChoice(VatCode.ZERO.value, "Zero-rated"),
    SelectChoice(VatCode.EXEMPT.value, "Exempt"),
]


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _code(text: str | None) -> str:
    return _stripped(text).upper()


class ProductForm(FlaskForm):  # type: ignore[misc]
    """A product: what it is, what it costs, how it looks."""

    sku = StringField(
        "Code", [InputRequired("Write the product’s code."), Regexp(_SKU, message="Write it like HH-12-R2AT.")],
        filters=[_code],
    )  # fmt: skip
    name = StringField("Name", [InputRequired("Write the product’s name."), Length(3, 160)], filters=[_stripped])
    description = TextAreaField("Description", [Length(max=4000)], filters=[_stripped])
    category = SelectField("Category")
    unit = StringField(
        "Sold by the", [InputRequired("Write what one is, like roll."), Length(max=30)], filters=[_stripped]
    )
    pack = StringField("Pack", [Length(max=60)], filters=[_stripped])
    price = MoneyField("Price without VAT")
    usd = MoneyField("Price in dollars")
    vat_code = SelectField("VAT", choices=VAT_CHOICES)
    picture = FileField("Picture")
    active = BooleanField("On sale", default=True)
    version = IntegerField(widget=HiddenInput(), default=0)

    def offer(self, categories: tuple[CategoryInfo, ...]) -> ProductForm:
        """The categories to choose from."""
        self.category.choices = [SelectChoice(each.slug, each.name) for each in categories]
        return self

    @classmethod
    def of(cls, product: ProductInfo) -> ProductForm:
        """Filled in with a product as it stands."""
        return cls(
            sku=product.sku,
            name=product.name,
            description=product.description,
            category=product.category_slug,
            unit=product.unit,
            pack=product.pack,
            price=product.price,
            usd=product.usd,
            vat_code=product.vat_code.value,
            active=product.active,
            version=product.version,
        )

    def draft(self) -> ProductDraft:
        """What was typed; call only after it was found good."""
        price = self.price.data
        if price is None:
            raise ValueError("the form was not checked")
        return ProductDraft(
            sku=self.sku.data,
            name=self.name.data,
            description=self.description.data,
            category=self.category.data,
            unit=self.unit.data,
            pack=self.pack.data,
            price=price,
            vat_code=VatCode(self.vat_code.data),
            active=self.active.data,
            usd=None if self.usd.data is None else Money(self.usd.data.cents, "USD"),
        )

    def picture_bytes(self) -> bytes | None:
        """The file that was chosen, if any."""
        return self.picture.data.read() or None if self.picture.data else None

    def validate_price(self, field: MoneyField) -> None:
        """A product without a price cannot be sold."""
        if field.data is None and not field.process_errors:
            raise ValidationError("Write the price like 4 350.00.")


class CategoryForm(FlaskForm):  # type: ignore[misc]
    """A new shelf."""

    name = StringField("Name of the category", [InputRequired("Write a name."), Length(3, 80)], filters=[_stripped])
