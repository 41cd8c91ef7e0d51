"""Documents of banks nobody has a layout for, laid out in every way; and those of the banks we know."""

from __future__ import annotations

import pytest

from portal.proofs.extract import read_fields
from portal.proofs.extract.layouts import all_layouts, recognised
from portal.proofs.extract.samples import checked, page_of
from portal.proofs.types import FIELD_NAMES, Page

LEGAL = "Kopje Bank Limited is an authorised financial services provider. Reg. No. 2019/123456/06"


def read(*lines: str, engine: str = "text", confidence: float = 1.0) -> dict[str, str | None]:
    extraction = read_fields([page_of(lines, engine, confidence)])
    return {name: value.value if value else None for name, value in extraction.fields.items()}


@pytest.mark.parametrize("layout", all_layouts(), ids=lambda layout: layout.id)
def test_every_layout_reads_its_samples(layout):
    assert checked(layout).faults == ()


@pytest.mark.parametrize("layout", all_layouts(), ids=lambda layout: layout.id)
def test_a_banks_layouts_can_be_switched_off(layout):
    lines = "\n".join(str(line) for line in layout.samples[0]["lines"])
    assert recognised(lines) is not None
    assert recognised(lines, (layout.bank,)) is None


def test_a_receipt_of_an_app_with_sections():
    found = read(
        "Kopje Bank", "Transaction receipt",
        "From", "Name | Klipfontein Trading CC", "Account | ****1234", "Reference | stock",
        "To", "Name | Example Supply", "Bank | Nedbank", "Account | 1187340562", "Reference | INV-2026-00417",
        "Details", "Amount | R 8 756.41", "Fee | R 1.50", "Date and time | 2026-03-14 10:22:31", "Status | Completed",
        "Type | Immediate payment", "Confirmation number | 4149999999", "Available balance | R 2 003.00", LEGAL,
    )  # fmt: skip
    assert found == {
        "amount": "8756.41", "currency": "ZAR", "date": "2026-03-14", "reference": "INV-2026-00417",
        "reference_normal": "INV-2026-00417", "beneficiary_account": "1187340562", "beneficiary_name": "Example Supply",
        "beneficiary_bank": "Nedbank", "payer_name": "Klipfontein Trading CC", "payer_bank": "Kopje Bank",
        "payer_account": "****1234", "payment_type": "Immediate payment", "status": "made",
        "document_type": "proof_of_payment", "trace_id": "4149999999",
    }  # fmt: skip


def test_cards_have_the_label_above_the_value():
    found = read(
        "Kopje Bank", "Payment successful", "Paid to", "Example Supply", "Account number", "62900004321",
        "Their reference", "7K04 M2X3", "My reference", "stock", "Amount", "R 560.00", "Date", "14 Mar 2026", LEGAL,
    )  # fmt: skip
    assert found["amount"] == "560.00"
    assert found["date"] == "2026-03-14"
    assert found["reference"] == "7K04 M2X3"
    assert found["beneficiary_name"] == "Example Supply"
    assert found["beneficiary_account"] == "62900004321"


def test_a_colon_list_in_a_letter():
    found = read(
        "Kopje Bank", "Proof of Payment", "We confirm that the following payment was made by our client:",
        "Payment date: 14 March 2026", "Payer name: Klipfontein Trading CC", "Beneficiary: Example Supply",
        "Beneficiary account number: ...340562", "Beneficiary reference: PO 4471 / INV-2026-00417",
        "Amount: R12,500.00", "Transaction reference number: EFT-1234567",
        "The bank does not guarantee that the payment has not been reversed.", LEGAL,
    )  # fmt: skip
    assert (found["amount"], found["date"]) == ("12500.00", "2026-03-14")
    assert (found["reference"], found["trace_id"]) == ("PO 4471 / INV-2026-00417", "EFT-1234567")
    assert (found["beneficiary_account"], found["payer_name"]) == ("...340562", "Klipfontein Trading CC")
    assert (found["status"], found["document_type"]) == ("made", "proof_of_payment")


def test_one_payment_as_the_only_row_of_a_table():
    found = read(
        "Kopje Bank Business", "Payment Confirmation", "Payment number 20260314",
        "Date | Beneficiary | Account number | Reference",
        "2026-03-14 | Example Supply | 1187340562 | INV-2026-00417", "Amount: R 12 500.00", LEGAL,
    )  # fmt: skip
    assert found["date"] == "2026-03-14"
    assert found["beneficiary_account"] == "1187340562"
    assert found["reference"] == "INV-2026-00417"


def test_a_sentence_tells_it_all():
    found = read(
        "Payment notification", "Klipfontein Trading CC has made a payment of R500.89 to your account on 14 May 2026.",
        "Account credited | 1187340562", "Reference | INV-2026-00417", "Bank reference | 4149999999",
        "A fee of R5.00 may apply to immediate payments. Payments over R5 000 000.00 may be delayed.", LEGAL,
    )  # fmt: skip
    assert found["amount"] == "500.89"
    assert found["date"] == "2026-05-14"
    assert found["payer_name"] == "Klipfontein Trading CC"


def test_afrikaans_rows():
    found = read(
        "Kopje Bank", "Bewys van betaling", "Datum van betaling | 14 Maart 2026", "Betaler | Klipfontein Boerdery BK",
        "Van rekening | 1204567890", "Begunstigde | Example Supply", "Begunstigde rekening | 62900004321",
        "Begunstigde verwysing | INV-2026-00417", "My verwysing | voorraad", "Bedrag | R 12 500,00", "Bankkoste | R 8.00",
        "Transaksienommer | 4149999999", "Status | Suksesvol", LEGAL,
    )  # fmt: skip
    assert (found["amount"], found["date"], found["reference"]) == ("12500.00", "2026-03-14", "INV-2026-00417")
    assert (found["payer_account"], found["beneficiary_account"]) == ("1204567890", "62900004321")
    assert (found["status"], found["trace_id"]) == ("made", "4149999999")


def test_the_payers_own_reference_is_never_the_reference():
    assert (
        read("Payment confirmation", "Amount | R 5.00", "Your reference | INV-2026-00417", LEGAL)["reference"] is None
    )


def test_reference_number_is_the_banks_when_a_typed_one_stands_beside_it_or_it_is_a_machines():
    both = read(
        "Payment confirmation", "Reference number | A1234", "Beneficiary reference | INV-7", "Amount | R 5.00", LEGAL
    )
    assert (both["reference"], both["trace_id"]) == ("INV-7", "A1234")
    machine = read("Payment confirmation", "Reference number | 4149999999", "Amount | R 5.00", LEGAL)
    assert (machine["reference"], machine["trace_id"]) == (None, "4149999999")
    typed = read("Payment confirmation", "Reference number | INV-2026-00417", "Amount | R 5.00", LEGAL)
    assert (typed["reference"], typed["trace_id"]) == ("INV-2026-00417", None)


def test_a_damaged_amount_is_not_replaced_by_another_figure():
    extraction = read_fields(
        [
            page_of(
                ["Payment confirmation", "Amount | R12 5OO.OO", "Fee charged by others R 8.00", LEGAL], "tesseract", 0.9
            )
        ]
    )
    assert extraction.fields["amount"] is None
    assert "amount" in extraction.damaged


def test_two_amounts_that_contradict_each_other_are_hardly_believed():
    extraction = read_fields([page_of(["Payment confirmation", "Amount | R 5.00", "Payment amount | R 7.00", LEGAL])])
    amount = extraction.fields["amount"]
    assert amount is not None and amount.confidence < 0.5


def test_the_cover_page_gives_no_fields():
    cover = page_of(
        ["From: T Nkosi", "To: accounts@example.test", "Subject: Proof of payment", "Amount R 1.00 enclosed"]
    )
    words = page_of(
        ["Payment confirmation", "Date | 2026-03-14", "Amount | R 5.00", "Beneficiary reference | INV-7", LEGAL]
    )
    second = Page(2, words.width, words.height, tuple(type(w)(w.text, w.box, 2, 1.0) for w in words.words), "text")
    found = read_fields([cover, second]).fields
    assert found["amount"] is not None and (found["amount"].value, found["amount"].page) == ("5.00", 2)
    assert found["payer_name"] is None


@pytest.mark.parametrize(
    ("title", "sentence", "status"),
    [
        ("Payment confirmation", "The following payment has been made:", "made"),
        ("Scheduled payment notice", "The following payment has been scheduled and will be processed on:", "scheduled"),
        ("Payment notice", "This payment is pending authorisation by a second user.", "awaiting authorisation"),
        ("Payment notice", "Your payment is being processed.", "pending"),
        ("Notification of Rejected Payment", "The following payment was rejected and has not been made:", "failed"),
        ("Payment notice", "The following payment has been reversed:", "reversed"),
        ("Betalingsbewys", "Hierdie betaling is geskeduleer vir later.", "scheduled"),
        ("Kennisgewing van betaling", "Die volgende betaling is gekanselleer:", "failed"),
    ],
)
def test_what_happened_to_the_payment(title: str, sentence: str, status: str):
    found = read(title, sentence, "Date | 2026-03-14", "Amount | R 5.00", "Beneficiary reference | INV-7", LEGAL)
    assert found["status"] == status


@pytest.mark.parametrize(
    ("printed", "status"),
    [("Successful", "made"), ("Paid", "made"), ("Pending approval", "awaiting authorisation"), ("Failed", "failed"),
     ("Processing", "pending"), ("Future dated", "scheduled"), ("Unsuccessful", "failed"), ("Suksesvol", "made")],
)  # fmt: skip
def test_a_labelled_status_is_understood(printed: str, status: str):
    found = read("Proof of payment", f"Status | {printed}", "Amount | R 5.00", "Beneficiary reference | INV-7", LEGAL)
    assert found["status"] == status


def test_small_print_about_what_may_happen_changes_nothing():
    found = read(
        "Payment confirmation", "Date | 2026-03-14", "Amount | R 5.00", "Beneficiary reference | INV-7",
        "If the payment is rejected or reversed by the receiving bank, the bank cannot be held responsible.",
        "Payments may take up to three business days.", LEGAL,
    )  # fmt: skip
    assert found["status"] == "made"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (
            [
                "TAX INVOICE",
                "Invoice number: INV-7",
                "Due date: 1 April 2026",
                "Subtotal | R 5.00",
                "Total due | R 5.00",
            ],
            "invoice",
        ),
        (["Quotation", "Quote number | Q7", "Valid until | 1 April 2026", "Total | R 5.00"], "quotation"),
        (["Statement of account", "Opening balance | R 5.00", "Closing balance | R 9.00"], "statement"),
        (
            ["MAMA'S SHOP", "Cash sale", "Cashier: T", "Total | 12.00", "Cash | 20.00", "Change | 8.00", "Thank you"],
            "receipt",
        ),
        (["Remittance advice", "Amount | R 5.00", "Reference | INV-7"], "other"),
        (["Good day", "Please find our proof of payment attached."], "other"),
    ],
)
def test_documents_that_are_no_proof_of_payment(lines: list[str], kind: str):
    assert read(*lines)["document_type"] == kind


def test_the_destination_bank_is_not_the_issuer():
    found = read("Proof of payment", "Amount | R 5.00", "Beneficiary bank | FIRST NATIONAL BANK",
                 "Beneficiary reference | INV-7", "TymeBank Limited Reg No 2015/231510/06")  # fmt: skip
    assert (found["payer_bank"], found["beneficiary_bank"]) == ("TymeBank", "FIRST NATIONAL BANK")


def test_words_that_contradict_the_figures_are_a_bad_signal_and_agreement_makes_sure():
    lines = ["Proof of payment", "Beneficiary reference | INV-7", "Amount | R 3 243.03"]
    wrong = read_fields([page_of([*lines, "Amount in words | Three hundred and twenty-four rand and thirty cents"])])
    assert [(signal.code, signal.severity) for signal in wrong.signals] == [("words_differ", "bad")]
    right = read_fields(
        [
            page_of(
                [*lines, "Amount in words | Three thousand two hundred and forty-three rand and three cents"],
                "tesseract",
                0.8,
            )
        ]
    )
    assert right.signals == ()
    assert right.fields["amount"] is not None and right.fields["amount"].confidence >= 0.98


def test_a_branch_of_another_bank_and_a_number_of_another_day_are_contradictions():
    extraction = read_fields(
        [page_of(["Proof of payment", "Payment date | 2026-03-14", "Amount | R 5.00", "Beneficiary bank | Nedbank",
                  "Branch code | 250655", "Transaction number | 2026-03-11/KOPJE/004149999999", LEGAL])]
    )  # fmt: skip
    assert {signal.code for signal in extraction.signals} == {"branch_unlike_bank", "number_unlike_date"}


def test_every_reading_has_every_field_and_confidences_between_nothing_and_one():
    fields = read_fields([page_of(["Payment confirmation", "Amount | R 5.00"], "tesseract", 0.5)]).fields
    assert set(fields) == set(FIELD_NAMES)
    assert all(0 <= value.confidence <= 1 for value in fields.values() if value)
    assert read_fields([Page(1, 100, 100, (), "text")]).fields["amount"] is None


def test_the_total_of_a_till_slip_is_found_among_its_other_figures():
    found = read(
        "MAMA'S SHOP", "Cash sale", "Bread | 12.50", "Milk | 21.00", "Subtotal | 33.50", "Rounding | -0.10",
        "Total incl. VAT | 33.40", "Cash | 50.00", "Change | 16.60", "Total VAT | 4.36", "Thank you",
    )  # fmt: skip
    assert (found["amount"], found["document_type"]) == ("33.40", "receipt")


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Reference (appears on beneficiary's statement)", "reference"),
        ("Reference to appear on recipient's statement", "reference"),
        ("Recipient's bank account no.", "beneficiary_account"),
        ("Sender's account number", "payer_account"),
        ("Name of the payee", "beneficiary_name"),
    ],
)
def test_labels_nobody_listed_are_understood_by_their_parts(label: str, field: str):
    values = {"reference": "INV-2026-00417", "beneficiary_name": "Example Supply"}
    value = values.get(field, "62900004321")
    assert read("Payment confirmation", f"{label}: | {value}", "Amount: | R 5.00", LEGAL)[field] == value


def test_the_payers_statement_is_understood_as_well_and_gives_no_reference():
    found = read("Payment confirmation", "Reference (appears on your statement): | stock", "Amount: | R 5.00", LEGAL)
    assert found["reference"] is None


def test_the_bank_in_the_heading_is_the_issuer_when_its_name_is_a_label_too():
    found = read("Bank Zero", "Proof of payment", "Paid R 12 500.00 to", "Example Supply", "FNB 62841790356",
                 "Reference on their statement | INV-2026-00417")  # fmt: skip
    assert (found["payer_bank"], found["beneficiary_bank"], found["amount"]) == ("Bank Zero", None, "12500.00")
