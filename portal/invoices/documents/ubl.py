"""Invoices and credit notes as UBL 2.1, made from the very values that are printed.

Elements and their order: OASIS UBL 2.1 (ISO/IEC 19845), documents Invoice and CreditNote; codes: UN/CEFACT.
Source: docs/decisions/0011-one-shape-for-pdf-and-xml.md, docs/rules/invoices.md I18.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree as ET

from portal.core.countries import HOME_COUNTRY, name_of
from portal.core.exchange import HOME, rate_words
from portal.core.money import Money
from portal.core.vat import VatCode, half_up
from portal.invoices.types import InvoiceDocument, InvoiceInfo, InvoiceLine, Party, RateRow
from portal.invoices.types.credit import CreditNoteDocument, CreditNoteInfo, Part
from portal.ledger.types import BankAccountInfo

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
#: Commercial invoice, credit note (UN/CEFACT 1001); credit transfer (4461)
_INVOICE_CODE, _CREDIT_NOTE_CODE, _TRANSFER = "380", "381", "30"
#: UN/CEFACT 5305
_CATEGORY = {VatCode.STANDARD: "S", VatCode.ZERO: "Z", VatCode.EXEMPT: "E"}
_EXPORT = "G"
_EXEMPT_WORDS = "Exempt supply (VAT Act s 12)"
#: UN/CEFACT recommendation 20 and 21; what is not here is counted as "one"
_UNITS = {
    "each": "EA", "": "EA", "roll": "RO", "box": "BX", "bag": "BG", "drum": "DR", "pack": "PK", "pair": "PR",
    "set": "SET", "m": "MTR", "metre": "MTR", "kg": "KGM", "l": "LTR", "litre": "LTR", "hour": "HUR", "can": "CA",
    "bottle": "BO", "pallet": "PX", "case": "CS",
}  # fmt: skip
ET.register_namespace("cbc", _CBC)
ET.register_namespace("cac", _CAC)
ET.register_namespace("inv", _INVOICE)
ET.register_namespace("crn", _CREDIT_NOTE)


def invoice(document: InvoiceDocument, accounts: Sequence[BankAccountInfo]) -> bytes:
    """The invoice as UBL bytes, the same for the same values. accounts: those the payer may use."""
    info, root = document.info, ET.Element(f"{{{_INVOICE}}}Invoice")
    _head(root, info.number, info.issued_on.isoformat())
    _add(root, "DueDate", info.due_on.isoformat())
    _add(root, "InvoiceTypeCode", _INVOICE_CODE)
    if info.supplied_on:
        _add(root, "TaxPointDate", info.supplied_on.isoformat())
    _currencies(root, info.currency)
    _add(root, "LineCountNumeric", str(len(document.lines)))
    _add(root, "BuyerReference", info.po_number or document.recipient.code)
    if info.po_number or info.order_number:
        order = _group(root, "OrderReference")
        _add(order, "ID", info.po_number or info.order_number)
        if info.po_number and info.order_number:
            _add(order, "SalesOrderID", info.order_number)
    _parties(root, document.supplier, document.recipient)
    _delivery(root, document)
    for account in accounts:
        _payment_means(root, account, info.reference)
    _exchange(root, info)
    _taxes(root, document.rates, info.vat, info.export_to)
    _sums(root, info.net, info.vat, info.total)
    for line in document.lines:
        _invoice_line(root, line, info.export_to)
    return _bytes(root)


def credit_note(document: CreditNoteDocument) -> bytes:
    """The credit note as UBL bytes, with its reason and the invoice it lowers."""
    info, root = document.info, ET.Element(f"{{{_CREDIT_NOTE}}}CreditNote")
    _head(root, info.number, info.issued_on.isoformat())
    _add(root, "CreditNoteTypeCode", _CREDIT_NOTE_CODE)
    _add(root, "Note", info.reason)
    _currencies(root, info.total.currency)
    _add(root, "LineCountNumeric", str(len(document.parts)))
    why = _group(root, "DiscrepancyResponse")
    _add(why, "ReferenceID", info.invoice_number)
    _add(why, "Description", info.reason)
    billed = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
    _add(billed, "ID", info.invoice_number)
    _add(billed, "IssueDate", document.invoice_issued_on.isoformat())
    _parties(root, document.supplier, document.recipient)
    _exchange(root, info)
    _taxes(root, document.rates, info.vat, info.export_to)
    _sums(root, info.net, info.vat, info.total)
    for position, part in enumerate(document.parts, 1):
        _credit_line(root, position, part, info.export_to)
    return _bytes(root)


def _currencies(root: ET.Element, currency: str) -> None:
    _add(root, "DocumentCurrencyCode", currency)
    if currency != HOME:
        _add(root, "TaxCurrencyCode", HOME)


def _exchange(root: ET.Element, info: InvoiceInfo | CreditNoteInfo) -> None:
    """The rate that the document's value in rand was reckoned with."""
    if info.rate_micros is None or info.rate_day is None:
        return
    at = _group(root, "TaxExchangeRate")
    _add(at, "SourceCurrencyCode", info.total.currency)
    _add(at, "TargetCurrencyCode", HOME)
    _add(at, "CalculationRate", rate_words(info.rate_micros))
    _add(at, "MathematicOperatorCode", "Multiply")
    _add(at, "Date", info.rate_day.isoformat())


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    """Signs that XML cannot hold are left out."""
    made = ET.SubElement(parent, f"{{{_CBC}}}{name}", attributes)
    made.text = "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and not "\ud800" <= sign <= "\udfff"))


def _group(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_CAC}}}{name}")


def _amount(parent: ET.Element, name: str, amount: Money) -> None:
    _add(parent, name, amount.plain, currencyID=amount.currency)


def _head(root: ET.Element, number: str, issued: str) -> None:
    _add(root, "UBLVersionID", "2.1")
    _add(root, "ID", number)
    _add(root, "IssueDate", issued)


def _parties(root: ET.Element, supplier: Party, recipient: Party) -> None:
    _party(_group(_group(root, "AccountingSupplierParty"), "Party"), supplier)
    _party(_group(_group(root, "AccountingCustomerParty"), "Party"), recipient)


def _party(at: ET.Element, found: Party) -> None:
    if found.code:
        _add(_group(at, "PartyIdentification"), "ID", found.code)
    _add(_group(at, "PartyName"), "Name", found.name)
    _address(_group(at, "PostalAddress"), found.address, found.country)
    if found.vat_number:
        scheme = _group(at, "PartyTaxScheme")
        _add(scheme, "CompanyID", found.vat_number)
        _add(_group(scheme, "TaxScheme"), "ID", "VAT")
    entity = _group(at, "PartyLegalEntity")
    _add(entity, "RegistrationName", found.name)
    if found.registration:
        _add(entity, "CompanyID", found.registration)
    if found.phone or found.email:
        contact = _group(at, "Contact")
        for name, text in (("Telephone", found.phone), ("ElectronicMail", found.email)):
            if text:
                _add(contact, name, text)


def _address(at: ET.Element, rows: Sequence[str], country: str = "") -> None:
    """Town and code are told apart only where the last row is a South-African code; nothing is guessed."""
    kept = [row for row in rows if row.strip()]
    if len(kept) > 2 and kept[-1].isascii() and kept[-1].isdigit() and len(kept[-1]) == 4:
        _add(at, "CityName", kept[-2])
        _add(at, "PostalZone", kept[-1])
        kept = kept[:-2]
    for row in kept:
        _add(_group(at, "AddressLine"), "Line", row)
    _add(_group(at, "Country"), "IdentificationCode", country or HOME_COUNTRY)


def _delivery(root: ET.Element, document: InvoiceDocument) -> None:
    supplied, rows = document.info.supplied_on, document.delivery
    if not (supplied or rows):
        return
    at = _group(root, "Delivery")
    if supplied:
        _add(at, "ActualDeliveryDate", supplied.isoformat())
    if rows:
        _address(_group(_group(at, "DeliveryLocation"), "Address"), rows, document.info.export_to)


def _payment_means(root: ET.Element, account: BankAccountInfo, reference: str) -> None:
    means = _group(root, "PaymentMeans")
    _add(means, "PaymentMeansCode", _TRANSFER)
    _add(means, "PaymentID", reference)
    payee = _group(means, "PayeeFinancialAccount")
    _add(payee, "ID", account.number)
    _add(payee, "Name", account.holder)
    branch = _group(payee, "FinancialInstitutionBranch")
    _add(branch, "ID", account.bic or account.branch)
    _add(branch, "Name", account.bank)


def _taxes(root: ET.Element, rates: Sequence[RateRow], vat: Money, export_to: str) -> None:
    at = _group(root, "TaxTotal")
    _amount(at, "TaxAmount", vat)
    for each in rates:
        sub = _group(at, "TaxSubtotal")
        _amount(sub, "TaxableAmount", each.net)
        _amount(sub, "TaxAmount", each.vat)
        _category(_group(sub, "TaxCategory"), each.code, each.rate, export_to, reason=True)


def _category(at: ET.Element, code: VatCode, rate: int, export_to: str, *, reason: bool = False) -> None:
    exported = bool(export_to) and code is VatCode.ZERO
    _add(at, "ID", _EXPORT if exported else _CATEGORY[code])
    _add(at, "Percent", f"{Decimal(rate) / 100:.2f}")
    if reason and exported:
        _add(at, "TaxExemptionReason", f"Zero-rated: exported to {name_of(export_to)} (VAT Act s 11(1)(a))")
    if reason and code is VatCode.EXEMPT:
        _add(at, "TaxExemptionReason", _EXEMPT_WORDS)
    _add(_group(at, "TaxScheme"), "ID", "VAT")


def _sums(root: ET.Element, net: Money, vat: Money, payable: Money) -> None:
    at = _group(root, "LegalMonetaryTotal")
    _amount(at, "LineExtensionAmount", net)
    _amount(at, "TaxExclusiveAmount", net)
    _amount(at, "TaxInclusiveAmount", net + vat)
    _amount(at, "PayableAmount", payable)


def _invoice_line(root: ET.Element, line: InvoiceLine, export_to: str) -> None:
    at = _group(root, "InvoiceLine")
    _add(at, "ID", str(line.position))
    _add(at, "InvoicedQuantity", f"{line.quantity:f}", unitCode=unit_code(line.unit))
    _amount(at, "LineExtensionAmount", line.net)
    _allowance(at, line, line.quantity, line.net)
    _tax_of_line(at, line.vat)
    _item(at, line, export_to)


def _credit_line(root: ET.Element, position: int, part: Part, export_to: str) -> None:
    at = _group(root, "CreditNoteLine")
    _add(at, "ID", str(position))
    _add(at, "CreditedQuantity", f"{part.quantity:f}", unitCode=unit_code(part.line.unit))
    _amount(at, "LineExtensionAmount", part.amounts.net)
    billed = _group(at, "BillingReference")
    _add(_group(billed, "BillingReferenceLine"), "ID", str(part.line.position))
    _tax_of_line(at, part.amounts.vat)
    _allowance(at, part.line, part.quantity, part.amounts.net)
    _item(at, part.line, export_to)


def _tax_of_line(at: ET.Element, vat: Money) -> None:
    _amount(_group(at, "TaxTotal"), "TaxAmount", vat)


def _allowance(at: ET.Element, line: InvoiceLine, quantity: Decimal, net: Money) -> None:
    """What the discounts took off: the price times the quantity less the value of the line."""
    if not (line.discount or line.whole_discount):
        return
    whole = Money(half_up(line.unit_price.cents * Fraction(quantity)), net.currency)
    made = _group(at, "AllowanceCharge")
    _add(made, "ChargeIndicator", "false")
    _add(made, "AllowanceChargeReason", f"Discount {line.discount_words}".replace("\u00a0", " "))
    _amount(made, "Amount", whole - net)
    _amount(made, "BaseAmount", whole)


def _item(at: ET.Element, line: InvoiceLine, export_to: str) -> None:
    item = _group(at, "Item")
    _add(item, "Description", line.description)
    _add(item, "Name", line.description[:100])
    if line.sku:
        _add(_group(item, "SellersItemIdentification"), "ID", line.sku)
    _category(_group(item, "ClassifiedTaxCategory"), line.vat_code, line.rate, export_to)
    _amount(_group(at, "Price"), "PriceAmount", line.unit_price)


def unit_code(unit: str) -> str:
    """``RO`` for a roll; ``C62``, one, for what the code lists do not know."""
    return _UNITS.get(unit.lower(), "C62")
