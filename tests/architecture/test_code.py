"""House rules that ruff does not know: SQL, shells, floats near money, clocks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.conftest import name_of, sources, tree_of

MONEY = ("portal/core/money.py", "portal/core/vat.py")
MONEY_FOLDERS = ("portal/ledger", "portal/invoices", "portal/orders", "portal/payments", "portal/catalog")
SQL_CALLS = {"text", "execute", "exec_driver_sql", "executemany", "scalar", "scalars", "from_statement"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
CLOCK_FILE = "portal/core/clock.py"

Rule = Callable[[ast.AST], bool]


def called(node: ast.AST) -> str | None:
    """The last name of what is called."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def is_built(node: ast.AST) -> bool:
    """Text put together from values: f-string, %, +, format()."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(isinstance(side, ast.Constant | ast.JoinedStr) and is_text(side) for side in (node.left, node.right))
    return called(node) == "format"


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def built_sql(node: ast.AST) -> bool:
    return called(node) in SQL_CALLS and isinstance(node, ast.Call) and any(is_built(part) for part in node.args[:1])


def shell(node: ast.AST) -> bool:
    if called(node) in {"system", "popen", "getoutput"} and isinstance(node, ast.Call):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return isinstance(owner, ast.Name) and owner.id in {"os", "subprocess"}
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(
        word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in keywords
    )


def floating(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Name) and node.id == "float"


def other_clock(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    return isinstance(owner, ast.Name) and (owner.id, node.func.attr) in CLOCKS


def unsafe_reader(node: ast.AST) -> bool:
    """Readers that run what they read."""
    if isinstance(node, ast.Import):
        return any(name.name in {"pickle", "marshal", "shelve", "dill"} for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in {"pickle", "marshal", "shelve", "dill"}
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}


def found(rule: Rule, paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for node in ast.walk(tree_of(path)):
            if rule(node):
                yield f"{name_of(path)}:{getattr(node, 'lineno', 0)}"


def test_no_sql_is_put_together_from_values() -> None:
    # identifiers in schema statements cannot be parameters: db.py quotes those of its own triggers
    assert list(found(built_sql, [path for path in sources() if path.name != "db.py"])) == []


def test_no_shell_is_ever_asked() -> None:
    assert list(found(shell, sources())) == []


def test_no_float_comes_near_money() -> None:
    near = [path for path in sources() if name_of(path) in MONEY or name_of(path).startswith(MONEY_FOLDERS)]
    assert len(near) > 20, "the rule looks at nothing"
    assert list(found(floating, near)) == []


def test_features_ask_our_clock_and_no_other() -> None:
    features = [path for path in sources() if name_of(path).startswith("portal/") and "/platform/" not in str(path)]
    assert list(found(other_clock, [path for path in features if name_of(path) != CLOCK_FILE])) == []


def test_nothing_is_read_by_something_that_runs_it() -> None:
    assert list(found(unsafe_reader, sources())) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (built_sql, 'session.execute(text(f"SELECT {x}"))'),
        (built_sql, 'cursor.execute("SELECT %s" % x)'),
        (built_sql, 'cursor.execute("SELECT " + x)'),
        (built_sql, 'text("SELECT {}".format(x))'),
        (shell, "subprocess.run(x, shell=True)"),
        (shell, "os.system(x)"),
        (floating, "total = 0.15 * net"),
        (floating, "float(cents)"),
        (other_clock, "datetime.now(UTC)"),
        (other_clock, "date.today()"),
        (unsafe_reader, "import pickle"),
        (unsafe_reader, "eval(x)"),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: Rule, source: str) -> None:
    assert any(rule(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (built_sql, 'session.execute(text("SELECT :x"), {"x": x})'),
        (built_sql, "session.execute(select(Invoice).where(Invoice.id == x))"),
        (shell, "subprocess.run([x], shell=False)"),
        (floating, "total = 15 * net"),
        (other_clock, "clock.now()"),
        (unsafe_reader, "json.loads(x)"),
    ],
)
def test_each_rule_leaves_the_right_way_alone(rule: Rule, source: str) -> None:
    assert not any(rule(node) for node in ast.walk(ast.parse(source)))
