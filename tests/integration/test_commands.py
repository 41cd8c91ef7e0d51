"""The README's commands say in one line what is in their way."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

from tests.servers.portal import ROOT
from tests.servers.process import free_port


def clone(folder: Path) -> Path:
    """As much of a clone as the commands need before anything is installed."""
    shutil.copytree(ROOT / "bin", folder / "bin")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def run(folder: Path, command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **settings}
    return subprocess.run(
        [f"bin/{command}"], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    return (done.stdout + done.stderr).strip().splitlines()


def fake(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        done = run(ROOT, "run", PORT=str(port), DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert (
        said(done)[-1] == f"Port {port} cannot be used (Address already in use). Choose another one: PORT=8001 bin/run"
    )


def test_a_port_that_is_no_number_is_one_clear_line(tmp_path: Path) -> None:
    done = run(ROOT, "run", PORT="http", DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "PORT must be a number" in said(done)[-1]


def test_an_old_python_is_one_clear_line(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        fake(tmp_path / "fake", name, 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')

    done = run(folder, "setup", PATH=f"{tmp_path}/fake:{os.environ['PATH']}")

    assert done.returncode == 1
    assert said(done) == ["Python 3.11 or newer is needed; Python 3.9.2 was found."]


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    (folder / "var").write_text("in the way, as a folder without rights would be")

    done = run(folder, "setup")

    assert done.returncode == 1
    assert said(done)[-1].startswith("This folder cannot be written to")


def test_no_network_is_one_clear_line(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    nowhere = "http://127.0.0.1:9/simple"

    done = run(folder, "setup", PIP_INDEX_URL=nowhere, UV_DEFAULT_INDEX=nowhere, PIP_RETRIES="0", PIP_CONFIG_FILE="/dev/null",
               UV_NO_CONFIG="1", PIP_EXTRA_INDEX_URL="", UV_HTTP_RETRIES="0")  # fmt: skip

    assert done.returncode == 1
    assert said(done)[-1].startswith("The packages could not be installed: is there a network?")
