"""What staff type about the catalogue."""

from portal.catalog.forms.goods import CategoryForm, ProductForm
from portal.catalog.forms.prices import GiveForm, ListForm, PriceForm, RateForm, RemoveForm
from portal.catalog.forms.stock import CountForm, KeepForm, ReceiveForm

__all__ = [
    "CategoryForm",
    "CountForm",
    "GiveForm",
    "KeepForm",
    "ListForm",
    "PriceForm",
    "ProductForm",
    "RateForm",
    "ReceiveForm",
    "RemoveForm",
]
