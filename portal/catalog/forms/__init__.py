"""What staff type about the catalogue."""

from portal.catalog.forms.goods import CategoryForm, DocumentForm, PictureForm, ProductForm
from portal.catalog.forms.imports import TableForm
from portal.catalog.forms.prices import GiveForm, ListForm, PriceForm, RateForm, RemoveForm
from portal.catalog.forms.stock import CountForm, KeepForm, ReceiveForm

__all__ = [
    "CategoryForm",
    "CountForm",
    "DocumentForm",
    "GiveForm",
    "KeepForm",
    "ListForm",
    "PictureForm",
    "PriceForm",
    "ProductForm",
    "RateForm",
    "ReceiveForm",
    "RemoveForm",
    "TableForm",
]
