"""Style sheets, script, icons and fonts: compressed once in memory, named by their content, kept by browsers for ever.

Every address carries one hash of the whole folder (``/static/<hash>/portal.css``), so that the relative addresses
inside a style sheet carry it too. Without the right hash a file is still served, but asked for again each time.
Source: docs/rules/pages.md, W9.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, abort, request

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
_COMPRESSED_ALREADY = {".woff2", ".webp", ".png"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes out, by content coding ("", "br", "gzip")."""

    kind: str
    etag: str
    bodies: dict[str, bytes]


@lru_cache(maxsize=8)
def folder_hash(folder: Path) -> str:
    """Twelve hexadecimal characters that change with any file of the folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=64)
def _load(path: Path, _version: str) -> Asset:
    data = path.read_bytes()
    bodies = {"": data}
    if path.suffix not in _COMPRESSED_ALREADY:
        bodies["br"] = brotli.compress(data, quality=9)
        bodies["gzip"] = gzip.compress(data, 9, mtime=0)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("/javascript"):
        kind += "; charset=utf-8"
    return Asset(kind, hashlib.sha256(data).hexdigest()[:20], bodies)


def init_app(app: Flask) -> None:
    """Take over the endpoint "static" and put the hash into every address made for it."""
    folder = Path(app.static_folder or "static").resolve()
    fixed = None if app.debug else folder_hash(folder)

    def version() -> str:
        if fixed is not None:
            return fixed
        folder_hash.cache_clear()
        return folder_hash(folder)

    def put_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["filename"] = f"{version()}/{values['filename']}"

    def static(filename: str) -> Response:
        head, _, rest = filename.partition("/")
        current = version()
        hashed = len(head) == 12 and rest != "" and not (folder / head).exists()
        return _answer(folder, rest if hashed else filename, current, fresh=hashed and head == current)

    app.url_default_functions.setdefault(None, []).append(put_hash)
    app.view_functions["static"] = static


def _answer(folder: Path, name: str, version: str, *, fresh: bool) -> Response:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        abort(404)
    asset = _load(path, version)
    coding = next((c for c in ("br", "gzip") if c in asset.bodies and request.accept_encodings[c] > 0), "")
    response = Response(asset.bodies[coding], content_type=asset.kind)
    if coding:
        response.headers["Content-Encoding"] = coding
    if len(asset.bodies) > 1:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOR_EVER if fresh else _ASK_AGAIN
    response.set_etag(f"{asset.etag}-{coding}" if coding else asset.etag)
    response.make_conditional(request)
    return response
