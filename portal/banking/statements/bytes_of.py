"""What kind of file this is, by its content alone; and its text, whatever wrote it (docs/rules/bank-statements.md, S2 and S3)."""

from __future__ import annotations

import codecs
import re

from portal.banking.errors import StatementRefused

#: A statement of a busy month has a few megabytes; anything larger is a mistake or an attack.
LARGEST = 12 * 1024 * 1024
#: more than half a million elements would not fit into the memory of a worker
_MOST_TAGS = 1_200_000
_KINDS = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls); save it as .xlsx or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"Rar!", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a word processor’s document"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|script)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OLD_DOS = re.compile(rb"[A-Za-z][\x80-\x9f][A-Za-z]")


def refuse_what_is_none(content: bytes) -> None:
    """Raise StatementRefused for files that are something else altogether, and say what they are."""
    if not content.strip(b"\x00 \r\n\t"):
        raise StatementRefused("The file is empty.")
    if len(content) > LARGEST:
        raise StatementRefused("The file is larger than 12 MB. Download a shorter period.")
    for start, words in _KINDS:
        if content.startswith(start):
            raise StatementRefused(f"The file is {words}, not a statement that can be read.")
    head = content[:4096].replace(b"\x00", b"")
    if _HTML.search(head):
        raise StatementRefused(
            "The file is a web page, not a statement. The bank’s session had probably ended: sign in again and download it."
        )


def refuse_declarations(content: bytes) -> None:
    """Raise StatementRefused for XML that declares its own document type or entities: no bank does."""
    if content.count(b"<") > _MOST_TAGS:
        raise StatementRefused("The file has more entries than any statement. Download a shorter period.")
    if _ENTITIES.search(content.replace(b"\x00", b"")):
        raise StatementRefused("The file declares its own XML entities, which no bank does. It was not read.")


def text_of(content: bytes) -> str:
    """The file's text without NUL bytes and byte-order mark, its lines ended by ``\\n``. Raises StatementRefused for what is no text."""
    text = _decoded(content).replace("\x00", "").removeprefix("\ufeff")
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange > max(2, len(text) // 500):
        raise StatementRefused("The file is not text in any encoding a bank uses. Download it again as CSV.")
    return re.sub(r"\r\n?", "\n", _CONTROL.sub("", text))


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    if encoding := _wide(content[:4096]):
        return _strictly(content[: len(content) // 2 * 2], encoding)
    content = content.replace(b"\x00", b"")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    encoding = "cp850" if _OLD_DOS.search(content) and not _plausible(content) else "cp1252"
    return content.decode(encoding, errors="replace")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise StatementRefused("The file says one encoding and uses another. Download it again as CSV.") from None


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is NUL."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > half * 7 // 10 and even < half // 10:
        return "utf-16-le"
    if half and even > half * 7 // 10 and odd < half // 10:
        return "utf-16-be"
    return ""


def _plausible(content: bytes) -> bool:
    """Whether bytes 80 to 9F within words are letters of cp1252, such as Š and ž, in the case of their neighbours."""
    return all(_fits(match[0].decode("cp1252", errors="replace")) for match in _OLD_DOS.finditer(content))


def _fits(letters: str) -> bool:
    before, middle, after = letters[:1], letters[1:2], letters[2:]
    if middle in "’\ufffd":
        return middle == "’"
    return middle.isalpha() and (not (before.isupper() and after.isupper()) or middle.isupper())
