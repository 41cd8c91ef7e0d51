"""What the columns of a bank's table are called, in English and Afrikaans, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.banking.statements.written import plain_words

#: The words of a heading by what the column holds; the first role that has the words takes the column.
#: *note*: a figure that does not move the balance. *aside*: a known column that is not needed.
_WORDS: Mapping[str, frozenset[str]] = {
    role: frozenset(words.split("|"))
    for role, words in {
        "date": "date|datum|transaction date|posting date|posted date|post date|date posted|booking date|effective date"
        "|entry date|transaksiedatum|transaksie datum|boekdatum|boekingsdatum|buchungstag|trans date|tran date"
        "|transaction date time|date time|statement date|processing date|process date|prosesdatum|plasingsdatum|dag",
        "value_date": "value date|valuta|waardedatum|valutadatum|action date|valid date|interest date",
        "description": "description|beskrywing|details|transaction details|transaction description|narrative|narration"
        "|particulars|besonderhede|original description|description 1|transaksiebeskrywing|text|verwendungszweck"
        "|transaction|transaksie|omskrywing|payee|memo|beskrywing 1|transaction narrative|statement description"
        "|tran description|description line 1|details of transaction|omschrijving|detail|besonderhede van transaksie",
        "reference": "reference|verwysing|customer reference|description 2|ref|your reference|beneficiary reference"
        "|recipient reference|kliente verwysing|klientverwysing|klienteverwysing|beskrywing 2|statement reference"
        "|their reference|payment reference|reference number|verwysingsnommer|ref no|reference no|user reference"
        "|betalingsverwysing|transaction reference",
        "amount": "amount|bedrag|transaction amount|transaksiebedrag|betrag|value|amount r|amount zar|bedrag r|bedrag zar"
        "|debit credit amount|net amount|amount rand|nett amount|money|amount in rand|debiet krediet|debit credit",
        "debit": "debit|debits|debiet|debiete|money out|paid out|withdrawal|withdrawals|debit amount|debietbedrag"
        "|debiet bedrag|geld uit|uitbetaling|uitbetalings|payments|payments out|out|onttrekking|onttrekkings|soll"
        "|debit r|debit zar|debits r|amount debited|debit amount r|withdrawals r|debiet r|uit|dr amount|debit value",
        "credit": "credit|credits|krediet|krediete|money in|paid in|deposit|deposits|credit amount|kredietbedrag"
        "|krediet bedrag|geld in|inbetaling|inbetalings|receipts|payments in|in|deposito|depositos|haben"
        "|credit r|credit zar|credits r|amount credited|credit amount r|deposits r|krediet r|cr amount|credit value",
        "balance": "balance|saldo|balans|running balance|account balance|closing balance|balance r|balance zar|rekeningsaldo"
        "|lopende saldo|lopende balans|available balance|new balance|book balance|ledger balance|statement balance"
        "|saldo r|saldo zar|balans r|running balance r|cumulative balance|balance after|balance rand",
        "fee": "fee|fees|fooi|fooie|bank fee|bank fees|bank charge|bank charges|bankkoste|charge|charges|koste"
        "|fee r|fees r|fee zar|transaction fee|transaksiefooi|fee amount|bankfooi|bankfooie",
        "note": "service fee|service fees|diensfooi|diensfooie|vat|btw|vat amount|accrued charges|accrued bank charges",
        "account": "account|account number|rekening|rekeningnommer|account no|acc no|rekening nommer|konto|account nr"
        "|rekeningnr|acc number|from account",
        "side": "type|tipe|dr cr|cr dr|debit credit indicator|indicator|d c|c d|credit debit|dc|cd|drcr|crdr"
        "|aanwyser|transaction type|transaksietipe|dt kt|debit or credit|cr dr indicator|sign|debit credit type",
        "aside": "cheque number|tjeknommer|day|time|tyd|has attachments|nr|no|parent category|category|statement number"
        "|originator reference|staatnommer|kategorie|branch|tak|currency|geldeenheid|serial number|sequence|tjek nommer"
        "|cheque no|description 3|line|row|number|bank|user code|teller|attachments|notes|bylaes|tax",
    }.items()
}
#: Where two columns have one role, the earlier name here is the one meant.
_BETTER = {
    "date": ("posting date", "booking date", "transaction date"),
    "description": ("original description", "description 1", "description"),
    "reference": ("customer reference", "description 2", "reference"),
    "balance": ("running balance", "balance"),
}
_FEWEST = 3


def guessed(row: Sequence[str]) -> dict[str, int]:
    """Which column may hold what, by the words of its heading, also where that is not enough for a statement."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        words = plain_words(cell)
        role = next((role for role, names in _WORDS.items() if words in names), "")
        if role:
            found.setdefault("date" if role == "value_date" else role, at)
    return found


def roles_of(row: Sequence[str]) -> dict[str, int]:
    """Which column holds what: ``{"date": 0, "amount": 3, …}``; empty when the row is no heading."""
    found: dict[str, list[int]] = {}
    words = [plain_words(cell) for cell in row]
    for at, heading in enumerate(words):
        for role, names in _WORDS.items():
            if heading in names:
                found.setdefault(role, []).append(at)
                break
    roles = {role: _best(role, places, words) for role, places in found.items()}
    if "date" not in roles and "value_date" in roles:
        roles["date"] = roles["value_date"]
    return roles if _is_heading(roles) else {}


def _best(role: str, places: Sequence[int], words: Sequence[str]) -> int:
    for name in _BETTER.get(role, ()):
        for at in places:
            if words[at] == name:
                return at
    return places[0]


def _is_heading(roles: Mapping[str, int]) -> bool:
    money = "amount" in roles or "debit" in roles or "credit" in roles
    return "date" in roles and money and len(roles) >= _FEWEST


def layout_of(headings: Sequence[str], titles: Sequence[Sequence[str]]) -> str:
    """The bank's name by what only its table has; ``csv`` for a table that any program may have written."""
    words = {plain_words(cell) for cell in headings}
    said = {plain_words(cell) for row in titles for cell in row}
    named = " | ".join(sorted(said))
    if {"parent category", "original description"} & words:
        return "capitec_app"
    if "originator reference" in words or "standard bank" in named:
        return "standard_bank"
    if "has attachments" in words or {"description 1", "description 2"} <= words:
        return "bank_zero"
    if "account transaction history" in said or {"service fee", "cheque number"} <= words:
        return "fnb"
    if "statement enquiry" in said:
        return "nedbank"
    if {"account", "date", "description", "reference", "amount", "fees", "balance"} <= words:
        return "capitec_business"
    if {"date", "description", "amount", "balance"} == words - {""} and not said - {""}:
        return "absa"
    return "csv"
