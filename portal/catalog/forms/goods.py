"""What staff type about products."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from portal.catalog.forms.whole import WholeField
from portal.catalog.types import (
    LARGEST_PACK,
    LONGEST_ALT,
    LONGEST_TITLE,
    CategoryInfo,
    DocumentKind,
    ProductDraft,
    ProductInfo,
    barcode_of,
    specs_of,
    specs_text,
    un_number_of,
)
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform.fields import MoneyField

_SKU = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,39}\Z")
DOCUMENT_WORDS = {
    DocumentKind.SDS: "Safety data sheet",
    DocumentKind.DATASHEET: "Data sheet",
    DocumentKind.CERTIFICATE: "Certificate",
    DocumentKind.MANUAL: "Manual",
}
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
    barcode = StringField("Barcode")
    pack_size = WholeField(
        "Pieces in one", "Write how many pieces one is, 1 or more, like 10.", 1, LARGEST_PACK, needed=False, default=1
    )
    hazardous = BooleanField("Hazardous goods")
    un_number = StringField("UN number")
    specs = TextAreaField("Specifications", [Length(max=8000)], filters=[_stripped])
    picture = FileField("Picture")
    active = BooleanField("On sale", default=True)
    version = IntegerField(widget=HiddenInput(), default=0)

    def offer(self, categories: tuple[CategoryInfo, ...]) -> ProductForm:
        """The categories to choose from."""
        self.category.choices = _choices(categories)
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
            barcode=product.barcode or "",
            pack_size=product.pack_size,
            hazardous=product.hazardous,
            un_number=product.un_number,
            specs=specs_text(product.specs),
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
            barcode=barcode_of(self.barcode.data or ""),
            pack_size=self.pack_size.data or 1,
            hazardous=self.hazardous.data,
            un_number=un_number_of(self.un_number.data or ""),
            specs=specs_of(self.specs.data or ""),
            usd=None if self.usd.data is None else Money(self.usd.data.cents, "USD"),
        )

    def picture_bytes(self) -> bytes | None:
        """The file that was chosen, if any."""
        return self.picture.data.read() or None if self.picture.data else None

    def validate_barcode(self, field: StringField) -> None:
        """Its check digit fits."""
        _read(barcode_of, field)

    def validate_un_number(self, field: StringField) -> None:
        """Four figures."""
        _read(un_number_of, field)

    def validate_specs(self, field: TextAreaField) -> None:
        """One thing a line."""
        _read(specs_of, field)

    def validate_price(self, field: MoneyField) -> None:
        """A product without a price cannot be sold."""
        if field.data is None and not field.process_errors:
            raise ValidationError("Write the price like 4 350.00.")


def _read(reader: Callable[[str], object], field: StringField) -> None:
    """Say beside the field what its reader finds wrong."""
    try:
        reader(field.data or "")
    except BadInput as error:
        raise ValidationError(error.words) from None


class CategoryForm(FlaskForm):  # type: ignore[misc]
    """A shelf, perhaps inside another."""

    name = StringField("Name of the category", [InputRequired("Write a name."), Length(3, 80)], filters=[_stripped])
    parent = SelectField("Inside", validate_choice=False)

    def offer(self, categories: tuple[CategoryInfo, ...]) -> CategoryForm:
        """The shelves it may stand in."""
        self.parent.choices = [SelectChoice("", "Nothing: a shelf of its own"), *_choices(categories)]
        return self


class PictureForm(FlaskForm):  # type: ignore[misc]
    """One more picture, or what a picture shows."""

    picture = FileField("Picture")
    alt = StringField("What it shows", [Length(max=LONGEST_ALT)], filters=[_stripped])

    def data_bytes(self) -> bytes:
        """The file that was chosen; empty when none was."""
        return self.picture.data.read() if self.picture.data else b""


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """One more paper of a product."""

    file = FileField("PDF")
    kind = SelectField(
        "What it is", choices=[SelectChoice(kind.value, words) for kind, words in DOCUMENT_WORDS.items()]
    )
    title = StringField(
        "Title",
        [InputRequired("Write a title, like Safety data sheet."), Length(3, LONGEST_TITLE)],
        filters=[_stripped],
    )

    def data_bytes(self) -> bytes:
        """The file that was chosen; empty when none was."""
        return self.file.data.read() if self.file.data else b""


def _choices(categories: Iterable[CategoryInfo]) -> list[SelectChoice]:
    return [SelectChoice(each.slug, f"{'– ' * each.depth}{each.name}") for each in categories]
