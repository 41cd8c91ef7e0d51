"""Disputes, promises, ladders of reminders and their switches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.invoices.forms.credit import stripped
from portal.invoices.forms.drafts import hundredths
from portal.invoices.types import LONGEST_REASON
from portal.invoices.types.dunning import LONGEST_SUBJECT, LONGEST_WORDS, MOST_STEPS, Step


class DisputeForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with an invoice."""

    words = TextAreaField(
        "What is wrong?",
        [InputRequired(message="Say what is wrong, so that we can put it right."), Length(max=LONGEST_REASON)],
        filters=[stripped],
    )


class PromiseForm(FlaskForm):  # type: ignore[misc]
    """On which day it will be paid."""

    promised_on = DateField("It will be paid on", [InputRequired(message="Write the day like 2026-03-16.")])
    words = StringField("A word about it", [Length(max=LONGEST_REASON)], filters=[stripped])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Our answer. step: "close" settles the dispute with it."""

    words = TextAreaField(
        "Answer", [InputRequired(message="Write what the customer is to read."), Length(max=LONGEST_REASON)],
        filters=[stripped],
    )  # fmt: skip
    step = HiddenField()
    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """Which state of the dispute was looked at."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class SwitchesForm(FlaskForm):  # type: ignore[misc]
    """Whether reminders go out and interest is charged."""

    reminders = BooleanField("Send reminders each morning")
    interest = BooleanField("Charge interest each month")
    percent = StringField(
        "Interest a year", [InputRequired(message="Write a rate like 10 or 11.25.")], filters=[stripped]
    )
    versions = HiddenField()

    def rate(self) -> int | None:
        """In hundredths of a percent; None when it is none, or more than 30 percent."""
        found = hundredths(self.percent.data or "")
        return found if found is not None and 0 < found <= 3_000 else None

    def seen(self) -> tuple[int, int, int]:
        """The versions of the three settings that were looked at."""
        parts = (self.versions.data or "").split(".")
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 10]
        return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else (-1, -1, -1)


@dataclass(slots=True)
class Steps:
    """The typed steps of a ladder; errors by field."""

    typed: list[dict[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @classmethod
    def of(cls, steps: tuple[Step, ...]) -> Steps:
        """Those of a ladder, and room for more."""
        typed = [{"days": str(each.days), "subject": each.subject, "words": each.words} for each in steps]
        return cls(typed=typed + [{"days": "", "subject": "", "words": ""}] * (MOST_STEPS - len(typed)))

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Steps:
        """From fields like ``days-1``; a step without anything is left out."""
        made = cls()
        for number in range(1, MOST_STEPS + 1):
            typed = {name: stripped(values.get(f"{name}-{number}"))[:2_000] for name in ("days", "subject", "words")}
            made.typed.append(typed)
            if any(typed.values()):
                made._take(number, typed)
        return made

    def _take(self, number: int, typed: dict[str, str]) -> None:
        days = typed["days"]
        if not (days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= 365):
            self.errors[f"days-{number}"] = "Write the days after the due day, from 1 to 365."
        elif self.steps and int(days) <= self.steps[-1].days:
            self.errors[f"days-{number}"] = "Each step comes later than the one before."
        if not 0 < len(typed["subject"]) <= LONGEST_SUBJECT or not typed["subject"].isprintable():
            self.errors[f"subject-{number}"] = f"Write one line of at most {LONGEST_SUBJECT} characters."
        if not 0 < len(typed["words"]) <= LONGEST_WORDS:
            self.errors[f"words-{number}"] = f"Write at most {LONGEST_WORDS} characters."
        if not any(name.endswith(f"-{number}") for name in self.errors):
            self.steps.append(Step(int(days), typed["subject"], typed["words"]))
