"""Settings: read in one place, and all of them in .env.example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from portal.platform import config
from tests.architecture.conftest import ROOT, name_of, sources, tree_of

#: Read by libraries, not by us: boto3's own names for what it signs with.
OF_LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
#: Set by the platform that runs us, never by a person.
OF_PLATFORMS = {"RAILWAY_ENVIRONMENT"}


class Listening(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **given: str) -> None:
        self.given, self.asked = given, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def names_read(folder: str) -> set[str]:
    """Every name that is looked at, with nothing set and in production."""
    asked: set[str] = set()
    for given in ({}, {"FLASK_ENV": "production"}, {"REDIS_HOST": "cache.example"}):
        environ = Listening(DATA_DIR=folder, **given)
        for read in (config.load, config.server):
            try:
                read(environ)
            except config.ConfigError:
                continue
            finally:
                asked |= environ.asked
    return asked


def names_listed() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", text, re.M))


def names_mentioned() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", text))


def test_the_example_lists_every_setting(tmp_path) -> None:
    aliases = {alias for names in config.ALIASES.values() for alias in names}
    wanted = names_read(str(tmp_path)) - aliases - OF_PLATFORMS
    assert len(wanted) > 30, "the rule looks at nothing"
    assert wanted - names_listed() == set()
    assert aliases - names_mentioned() == set()


def test_the_example_lists_nothing_that_is_not_read(tmp_path) -> None:
    assert names_listed() - names_read(str(tmp_path)) - OF_LIBRARIES == set()


def test_the_example_can_be_used_as_it_is(tmp_path) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", text, re.M))
    config.load({**given, "DATA_DIR": str(tmp_path)})


def environment_reads(tree: ast.AST) -> list[int]:
    """Lines that read a single name of the process's environment."""
    lines = []
    for node in ast.walk(tree):
        read = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value)
        asked = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ((node.func.attr in {"get", "pop"} and _is_environ(node.func.value)) or node.func.attr == "getenv")
        )
        if read or asked:
            lines.append(node.lineno)
    return lines


def _is_environ(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ" and getattr(node.value, "id", "") == "os"


def test_only_the_settings_module_reads_the_environment() -> None:
    others = [path for path in sources() if name_of(path) != "portal/platform/config.py"]
    assert {name_of(path): lines for path in others if (lines := environment_reads(tree_of(path)))} == {}


@pytest.mark.parametrize("source", ['os.environ["A"]', 'os.environ.get("A")', 'os.getenv("A")'])
def test_the_rule_finds_what_it_is_for(source: str) -> None:
    assert environment_reads(ast.parse(source)) == [1]


def test_setting_a_name_for_a_program_we_start_is_no_reading() -> None:
    assert environment_reads(ast.parse('os.environ["OMP_THREAD_LIMIT"] = "1"\nrun(env={**os.environ})')) == []
