"""UBL 2.1 by a written checklist: what stands there, in the order of the standard, adding up as the paper does.

The samples of these shapes were held against the schemas of OASIS UBL 2.1 as well; the lists below are those schemas'
order of the elements that we write.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from defusedxml import ElementTree

from portal.core.money import Money, total
from portal.core.vat import VatCode, by_rate, line_amounts
from portal.invoices.documents import credit_note, tax_invoice, ubl
from portal.invoices.types import InvoiceDocument, InvoiceLine, Party, RateRow, rate_words
from portal.invoices.types.credit import CreditNoteDocument, CreditNoteInfo, LineLeft, Part
from portal.ledger.types import BankAccountInfo
from tests.unit.invoices.paper import DAY, a_document, a_line, an_invoice

ACCOUNT = BankAccountInfo(1, "FNB", "250655", "62841190736", "360Degree Supply (Pty) Ltd", True)
NS = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}
ORDER = {
    "Invoice": "UBLVersionID ID IssueDate DueDate InvoiceTypeCode TaxPointDate DocumentCurrencyCode LineCountNumeric "
    "BuyerReference OrderReference AccountingSupplierParty AccountingCustomerParty Delivery PaymentMeans TaxTotal "
    "LegalMonetaryTotal InvoiceLine",
    "CreditNote": "UBLVersionID ID IssueDate CreditNoteTypeCode Note DocumentCurrencyCode LineCountNumeric "
    "DiscrepancyResponse BillingReference AccountingSupplierParty AccountingCustomerParty TaxTotal LegalMonetaryTotal "
    "CreditNoteLine",
    "InvoiceLine": "ID InvoicedQuantity LineExtensionAmount AllowanceCharge TaxTotal Item Price",
    "CreditNoteLine": "ID CreditedQuantity LineExtensionAmount BillingReference TaxTotal AllowanceCharge Item Price",
    "Party": "PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact",
    "PostalAddress": "CityName PostalZone AddressLine Country",
    "PaymentMeans": "PaymentMeansCode PaymentID PayeeFinancialAccount",
    "PayeeFinancialAccount": "ID Name FinancialInstitutionBranch",
    "TaxTotal": "TaxAmount TaxSubtotal",
    "TaxSubtotal": "TaxableAmount TaxAmount TaxCategory",
    "TaxCategory": "ID Percent TaxExemptionReason TaxScheme",
    "ClassifiedTaxCategory": "ID Percent TaxExemptionReason TaxScheme",
    "LegalMonetaryTotal": "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount PayableAmount",
    "AllowanceCharge": "ChargeIndicator AllowanceChargeReason Amount BaseAmount",
    "Item": "Description Name SellersItemIdentification ClassifiedTaxCategory",
    "DiscrepancyResponse": "ReferenceID Description",
}


def a_discounted_line(position: int, discount: int, whole: int) -> InvoiceLine:
    kept = Decimal((10_000 - discount) * (10_000 - whole)) / 1_000_000
    amounts = line_amounts(Money.zar(99_99), Decimal("2.5"), VatCode.STANDARD, DAY, 100 - kept)
    return InvoiceLine(
        position, "HH", "Hose", Decimal("2.5"), "roll", Money.zar(99_99), VatCode.STANDARD, amounts.rate, amounts.net,
        amounts.vat, amounts.gross, discount, whole,
    )  # fmt: skip


def an_invoice_document() -> InvoiceDocument:
    lines = (
        a_line(1, "Hydraulic hose", 4_350_00, 2), a_discounted_line(2, 1250, 500),
        a_line(3, "Maize meal", 189_99, 3, VatCode.ZERO), a_line(4, "Interest", 12_34, 1, VatCode.EXEMPT),
    )  # fmt: skip
    rates = by_rate(line_amounts_of(line) for line in lines)
    found = a_document(*lines[:1])
    return replace(
        found,
        info=replace(an_invoice(lines), supplied_on=date(2026, 2, 27)),
        lines=lines,
        rates=tuple(RateRow(rate_words(e.code, e.rate), e.net, e.vat, e.code, e.rate) for e in rates),
    )


def line_amounts_of(line: InvoiceLine) -> Any:
    from portal.core.vat import LineAmounts

    return LineAmounts(line.net, line.vat, line.gross, line.rate, line.vat_code)


def a_credit_document() -> CreditNoteDocument:
    lines = (a_line(1, "Hydraulic hose", 4_350_00, 2), a_discounted_line(2, 1250, 500))
    parts = tuple(Part(line, Decimal(1), LineLeft(line, Decimal(0)).part(Decimal(1))) for line in lines)
    rates = by_rate(part.amounts for part in parts)
    net, vat = total(part.amounts.net for part in parts), total(part.amounts.vat for part in parts)
    info = CreditNoteInfo(
        1, "CRN-2026-000007", 1, "INV-2026-000418", 1, "MPD014", "Marikana Plant & Drilling (Pty) Ltd", DAY, net, vat,
        net + vat, Money.zar(0), "Two rolls <came back> & were damaged",
    )  # fmt: skip
    return CreditNoteDocument(
        info, datetime(2026, 3, 1, 8, tzinfo=UTC), date(2026, 2, 1),
        Party("360Degree Supply (Pty) Ltd", ("12 Kloof Street", "Rustenburg", "0299"), "4590271834", "2011/004512/07"),
        Party("Marikana Plant & Drilling (Pty) Ltd", ("Plot 7, R104", "Marikana", "0284"), "4111222333", code="MPD014"),
        parts, tuple(RateRow(rate_words(e.code, e.rate), e.net, e.vat, e.code, e.rate) for e in rates),
    )  # fmt: skip


def written() -> list[Any]:
    return [
        ElementTree.fromstring(ubl.invoice(an_invoice_document(), [ACCOUNT])),
        ElementTree.fromstring(ubl.credit_note(a_credit_document())),
    ]


def bare(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


@pytest.mark.parametrize("which", [0, 1])
def test_every_element_stands_in_the_order_of_the_standard(which: int) -> None:
    seen = set()
    for element in written()[which].iter():
        order = ORDER.get(bare(element))
        if order is None:
            continue
        seen.add(bare(element))
        found, known = [bare(child) for child in element], order.split()
        assert set(found) <= set(known), (bare(element), set(found) - set(known))
        assert [known.index(name) for name in found] == sorted(known.index(name) for name in found), bare(element)
    assert len(seen) > 9


@pytest.mark.parametrize("which", [0, 1])
def test_no_element_is_empty_and_every_amount_names_its_currency(which: int) -> None:
    for element in written()[which].iter():
        assert len(element) or (element.text or "").strip(), bare(element)
        if bare(element).endswith("Amount"):
            assert element.get("currencyID") == "ZAR"
        if bare(element).endswith("Quantity"):
            assert element.get("unitCode")


@pytest.mark.parametrize(
    ("which", "path", "text"),
    [
        (0, "cbc:UBLVersionID", "2.1"),
        (0, "cbc:ID", "INV-2026-000418"),
        (0, "cbc:IssueDate", "2026-03-01"),
        (0, "cbc:DueDate", "2026-03-31"),
        (0, "cbc:TaxPointDate", "2026-02-27"),
        (0, "cbc:InvoiceTypeCode", "380"),
        (0, "cbc:DocumentCurrencyCode", "ZAR"),
        (0, "cac:OrderReference/cbc:ID", "PO 88123"),
        (0, "cac:OrderReference/cbc:SalesOrderID", "ORD-2026-000731"),
        (0, "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "4590271834"),
        (0, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:AddressLine/cbc:Line", "12 Kloof Street"),
        (0, "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "0299"),
        (0, "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name", "Marikana Plant & Drilling (Pty) Ltd"),
        (0, "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "4111222333"),
        (0, "cac:PaymentMeans/cbc:PaymentID", "7K04M2X3"),
        (0, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "62841190736"),
        (0, "cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "250655"),
        (1, "cbc:ID", "CRN-2026-000007"),
        (1, "cbc:CreditNoteTypeCode", "381"),
        (1, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "INV-2026-000418"),
        (1, "cac:DiscrepancyResponse/cbc:Description", "Two rolls <came back> & were damaged"),
    ],
)
def test_what_the_vat_act_asks_for_is_in_its_place(which: int, path: str, text: str) -> None:
    assert written()[which].findtext(path, namespaces=NS) == text


def cents(element: Any, path: str) -> int:
    return int(Decimal(element.findtext(path, namespaces=NS)) * 100)


@pytest.mark.parametrize("which", [0, 1])
def test_lines_rates_and_totals_add_up(which: int) -> None:
    root = written()[which]
    lines = root.findall(("cac:InvoiceLine", "cac:CreditNoteLine")[which], NS)
    subs = root.findall("cac:TaxTotal/cac:TaxSubtotal", NS)
    net, vat = cents(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"), cents(root, "cac:TaxTotal/cbc:TaxAmount")
    assert sum(cents(line, "cbc:LineExtensionAmount") for line in lines) == net
    assert sum(cents(line, "cac:TaxTotal/cbc:TaxAmount") for line in lines) == vat
    assert sum(cents(sub, "cbc:TaxableAmount") for sub in subs) == net
    assert sum(cents(sub, "cbc:TaxAmount") for sub in subs) == vat
    assert cents(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount") == net + vat
    assert cents(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == net + vat
    assert int(root.findtext("cbc:LineCountNumeric", namespaces=NS)) == len(lines)


@pytest.mark.parametrize("which", [0, 1])
def test_price_times_quantity_less_discount_is_the_value_of_a_line(which: int) -> None:
    root = written()[which]
    for line in root.findall(("cac:InvoiceLine", "cac:CreditNoteLine")[which], NS):
        net, less = cents(line, "cbc:LineExtensionAmount"), line.find("cac:AllowanceCharge", NS)
        if less is not None:
            assert cents(less, "cbc:BaseAmount") - cents(less, "cbc:Amount") == net
            assert less.findtext("cbc:AllowanceChargeReason", namespaces=NS) == "Discount 12.5 % + 5 %"
        category = line.findtext("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", namespaces=NS)
        assert category in {"S", "Z", "E"}


def test_each_rate_has_its_category_and_exempt_supplies_their_reason() -> None:
    found = {
        sub.findtext("cac:TaxCategory/cbc:ID", namespaces=NS): (
            sub.findtext("cac:TaxCategory/cbc:Percent", namespaces=NS),
            sub.findtext("cac:TaxCategory/cbc:TaxExemptionReason", namespaces=NS),
        )
        for sub in written()[0].findall("cac:TaxTotal/cac:TaxSubtotal", NS)
    }
    assert found == {"S": ("15.00", None), "Z": ("0.00", None), "E": ("0.00", "Exempt supply (VAT Act s 12)")}


@pytest.mark.parametrize(
    ("unit", "code"), [("roll", "RO"), ("each", "EA"), ("", "EA"), ("kg", "KGM"), ("hogshead", "C62")]
)
def test_units_are_said_in_the_codes_of_the_united_nations(unit: str, code: str) -> None:
    assert ubl.unit_code(unit) == code


@pytest.mark.parametrize("text", ["<script>", "a & b", "\x00\x07bell", "]]>", "Š ṱ é", "\ud800"])
def test_any_text_of_a_customer_is_a_text(text: str) -> None:
    found = a_document(a_line(1, text, 100, 1))
    root = ElementTree.fromstring(ubl.invoice(found, []))
    kept = root.findtext("cac:InvoiceLine/cac:Item/cbc:Description", namespaces=NS)
    assert kept == "".join(sign for sign in text if sign >= " " and sign != "\ud800") or not kept


def test_the_same_values_are_the_same_file() -> None:
    assert ubl.invoice(an_invoice_document(), [ACCOUNT]) == ubl.invoice(an_invoice_document(), [ACCOUNT])


def attached(pdf: bytes) -> dict[str, bytes]:
    return {name: parts[0] for name, parts in pypdf.PdfReader(io.BytesIO(pdf)).attachments.items()}


def test_the_pdf_is_an_archive_with_the_same_invoice_as_data_in_it() -> None:
    document = an_invoice_document()
    data = ubl.invoice(document, [ACCOUNT])
    pdf = tax_invoice(document, [ACCOUNT], xml=data.decode())
    assert attached(pdf) == {"invoice.xml": data}
    told = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in told and "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told


def test_a_credit_note_carries_its_data_and_is_tagged() -> None:
    document = a_credit_document()
    pdf = credit_note(document, xml=ubl.credit_note(document).decode())
    assert list(attached(pdf)) == ["credit-note.xml"]
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en-ZA"
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    for wanted in ("Credit Note", "CRN-2026-000007", "INV-2026-000418", "were damaged", "4590271834", "4111222333"):
        assert wanted in words, wanted
