import re
from pathlib import Path

import pytest

from tests.unit.proofs.cases import judged

ROOT = Path(__file__).parents[3]


def documented(name):
    return dict(re.findall(r"^\| ([RMV]\d+) \| `?(\w*)`? ?\|?", (ROOT / "docs" / "rules" / name).read_text(), re.M))


def test_every_check_carries_the_number_of_its_documented_rule():
    rules = documented("verdict.md")

    assert {check.rule: check.code for check in judged().checks} == {
        number: code for number, code in rules.items() if code
    }


@pytest.mark.parametrize(("name", "letter"), [("references.md", "R"), ("matching.md", "M"), ("verdict.md", "V")])
def test_rules_are_numbered_without_gaps(name, letter):
    assert list(documented(name)) == [f"{letter}{number}" for number in range(1, len(documented(name)) + 1)]
