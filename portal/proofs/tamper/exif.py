"""Traces that image software leaves in a picture's own notes.

Source: docs/rules/reading.md, signal image_software.
"""

from __future__ import annotations

import io
import re
import warnings

from PIL import Image

from portal.proofs.types import Signal

_SOFTWARE_TAG, _PROCESSING_TAG = 0x0131, 0x000B
_EDITORS = re.compile(
    r"photoshop|gimp|snapseed|picsart|pixlr|canva|lightroom|affinity|paint\.net|paintshop|corel|inkscape|illustrator|"
    r"figma|sketch|facetune|photoscape|photopea|pixelmator|fotor|befunky|polarr|vsco|krita|imagemagick|"
    r"ms paint|microsoft paint|picmonkey|inshot|remini|photo editor|photodirector|toolwiz|airbrush|meitu",
    re.IGNORECASE,
)
#: notes that Photoshop writes besides EXIF; messengers and cameras do not
_NOTES_WITHIN = 200_000


def signals(data: bytes) -> list[Signal]:
    """A warning when the picture says that an image editor wrote it."""
    named = _EDITORS.search(_notes(data))
    if named is None:
        return []
    words = f"The picture was last written by image software ({named[0]})."
    return [Signal("image_software", "warn", words)]


def _notes(data: bytes) -> str:
    """Software tags, text chunks and XMP, as one text; empty when there are none."""
    found: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
            exif = picture.getexif()
            found.extend(str(exif.get(tag, "")) for tag in (_SOFTWARE_TAG, _PROCESSING_TAG))
            found.extend(
                f"{name} {value}"
                for name, value in picture.info.items()
                if isinstance(value, str) and len(value) < 5000
            )
    except (OSError, ValueError, SyntaxError, KeyError, TypeError):
        return ""
    head = data[:_NOTES_WITHIN]
    found.extend(
        match.decode("latin-1")
        for match in re.findall(rb"(?:CreatorTool|softwareAgent)[=>\"'\s]{1,4}([^<\"']{3,80})", head)
    )
    return "\n".join(found)
