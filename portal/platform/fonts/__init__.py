"""Our typefaces: what documents are set in, what the demo draws with, and what a PDF's letters are compared with."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
