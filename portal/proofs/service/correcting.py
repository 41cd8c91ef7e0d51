"""A field that was read wrongly: read again where a person points, or typed; and everything judged once more.

Source: docs/rules/review.md, Q5.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.core.money import Money
from portal.platform import audit, storage
from portal.platform.db import end_transaction, transaction
from portal.proofs import pipeline, queries
from portal.proofs.errors import NothingRead
from portal.proofs.extract.normal import reference_normal
from portal.proofs.extract.reread import parse_line
from portal.proofs.models import Proof
from portal.proofs.pipeline.glancing import glance
from portal.proofs.queries import desk as desks
from portal.proofs.service import judging, taking
from portal.proofs.service.switching import cautious, everything_to_people
from portal.proofs.types import Box, Check, FieldValue, Outcome, Reading, Verdict
from portal.proofs.types.as_json import reading_from_json
from portal.proofs.types.review import CORRECTABLE, CORRECTED, PERSON, Correction

_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_EXAMPLES = {
    "amount": "Write the amount like 12 500.00.",
    "date": "Write the day like 2026-03-16.",
    "beneficiary_account": "Write the account as it is printed, like 62 8411 90736 or ..0736.",
    "payer_account": "Write the account as it is printed, like 62 8411 90736 or ..0736.",
}


def correct(public_id: str, told: Correction, *, by: Identity, seen_version: int) -> str:
    """Take a person's correction of one field and judge the proof again; gives the value that is taken now.

    Without a typed value the place is read again: from the text layer where there is one, else by an engine within a
    few seconds, outside of any transaction. The proof stays in review whatever the rules say of it now.
    Raises NothingRead, BadInput, AlreadyDecided, ChangedMeanwhile.
    """
    row, body, _ = queries.with_evidence(public_id)
    storage_key = row.storage_key
    end_transaction()  # storage may be far away, and an engine takes its time
    if body is None:
        raise BadInput("This document was not read, so there is nothing to correct. Decide it by eye.")
    field = _field(reading_from_json(body), told, storage_key)
    transaction(partial(_take, public_id, told, field, by, seen_version))
    return field.value


def _field(reading: Reading, told: Correction, storage_key: str) -> FieldValue:
    if told.field not in CORRECTABLE:
        raise BadInput("Choose one of the fields.", field="name")
    if told.value.strip():
        return FieldValue(_typed(told.field, told.value), 1.0, told.page, told.box or _NOWHERE, PERSON)
    page = next((page for page in reading.pages if page.number == told.page), None)
    if told.box is None or page is None:
        raise BadInput("Write what the document says, or draw a box around it.", field="value")
    found = glance(partial(storage.read, storage_key), page, told.field, told.box)
    if found is None:
        raise NothingRead(f"No {CORRECTABLE[told.field].lower()} can be read there. Type what you see.", field="value")
    return FieldValue(found[0], found[1], told.page, told.box, page.engine)


def _typed(name: str, text: str) -> str:
    """The value in its canonical form. Raises BadInput with a right example."""
    wanted = " ".join(text.split())
    if name == "amount":
        amount = Money.parse(wanted)
        if amount.cents <= 0:
            raise BadInput(_EXAMPLES[name], field="value")
        return amount.plain
    if name not in _EXAMPLES:
        if not any(letter.isalnum() for letter in wanted):
            raise BadInput("Write it as the document shows it.", field="value")
        return wanted
    found = parse_line(name, [(word, 1.0) for word in wanted.split(" ")], None)
    if found is None:
        raise BadInput(_EXAMPLES[name], field="value")
    return found[0] if name == "date" else wanted


def _take(public_id: str, told: Correction, field: FieldValue, by: Identity, seen_version: int) -> None:
    row = taking.stand(public_id, seen_version)
    taking.demand_review(row)
    _, body, _ = queries.with_evidence(public_id)
    if body is None:
        raise BadInput("This document was not read, so there is nothing to correct. Decide it by eye.")
    before = reading_from_json(body)
    reading = _corrected(before, told.field, field)
    facts, held = judging.facts_in(reading), everything_to_people()
    case = judging.case_for(row, facts)
    found = _for_a_person(cautious(pipeline.judge(reading, case), held=True), reading)
    row = taking.lock(row)
    judging.note_facts(row, facts)
    if (desk := desks.desk(row.id)) is not None:
        desk.first_by, desk.first_name, desk.first_terms = None, "", None  # it was something else that was accepted
    verdict_id = judging.keep(row, reading, case, found, held=held)
    _write_down(row, told, before.value(told.field), field, verdict_id, by)


def _corrected(reading: Reading, name: str, field: FieldValue) -> Reading:
    fields = dict(reading.fields)
    fields[name] = field
    if name == "amount" and fields["currency"] is None:
        fields["currency"] = replace(field, value="ZAR")
    if name == "reference":
        ours = reference_normal(field.value)
        fields["reference_normal"] = replace(field, value=ours) if ours is not None else None
    corrected = sorted({*reading.versions.get(CORRECTED, "").split(), name})
    return replace(reading, fields=fields, versions={**reading.versions, CORRECTED: " ".join(corrected)})


def _for_a_person(found: Verdict, reading: Reading) -> Verdict:
    """A person's word alone never makes an account ours; the signals of tampering are those of the document."""
    if "beneficiary_account" not in reading.versions[CORRECTED].split():
        return found
    checks = tuple(
        _not_by_word_alone(check) if check.code == "beneficiary_account" else check for check in found.checks
    )
    return replace(found, checks=checks)


def _not_by_word_alone(check: Check) -> Check:
    if check.outcome is not Outcome.PASS:
        return check
    words = f"{check.words} A person read it so; compare the digits on the page yourself."
    return replace(check, outcome=Outcome.UNKNOWN, words=words)


def _write_down(
    row: Proof, told: Correction, before: str | None, field: FieldValue, verdict_id: int, by: Identity
) -> None:
    body: dict[str, object] = {
        "field": told.field, "before": before, "after": field.value, "page": told.page,
        "box": list(told.box) if told.box is not None else None, "engine": field.engine, "verdict": verdict_id,
    }  # fmt: skip
    words = f"{CORRECTABLE[told.field]}: {before or 'nothing'} → {field.value}"
    taking.note(row, "correct", words, by, body)
    audit.record(
        "proof_corrected", row.public_id, before={told.field: before}, after={told.field: field.value, "by": by.email}
    )
