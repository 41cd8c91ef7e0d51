"""An engine that does not come to an end is told from one that breaks: the first may be tried once more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from portal.proofs import pipeline
from portal.proofs.pipeline import reading
from portal.proofs.reader import EngineFailed, refusal
from portal.proofs.reader.tesseract import EngineHung, read_words
from tests.unit.proofs import papers


def fake(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "tesseract 5.3.0" && exit\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_an_engine_past_its_time_hangs_and_one_that_breaks_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Image.new("L", (60, 60), 255)
    fake(tmp_path, "exec sleep 60", monkeypatch)
    with pytest.raises(EngineHung):
        read_words(page, timeout_s=0.5)
    fake(tmp_path, "exit 3", monkeypatch)
    with pytest.raises(EngineFailed) as failed:
        read_words(page, timeout_s=5)
    assert not isinstance(failed.value, EngineHung)


@pytest.mark.parametrize(("error", "words"), [(EngineHung, refusal.TOO_LONG), (EngineFailed, refusal.TOO_HEAVY)])
def test_the_sender_reads_whether_it_was_time_or_memory(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str
) -> None:
    def broken(_data: bytes) -> None:
        raise error("broken")

    monkeypatch.setattr(reading, "read_document", broken)
    assert pipeline.read(papers.pdf()).error == words
