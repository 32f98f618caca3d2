"""Which encoding a text file is in.

Receives the first bytes of a file, and the whole file only where they do not settle it. The order:
byte order mark, the pattern of NUL bytes (UTF-16 and UTF-32 without a mark), strict UTF-8, Windows-1252.
"""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clientage.data.quality import Note
from clientage.data.stream import BLOCK, is_gzip
from clientage.errors import InputError

MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# a whole UTF-8 sequence of two to four bytes
SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH_BYTES = bytes(range(0x80, 0x100))
HIGH = re.compile(rb"[\x80-\xff]")
NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding found, and what there is to say about it."""

    name: str
    notes: tuple[Note, ...] = ()


def find_encoding(path: Path, head: bytes, whole: bool, given: str | None) -> Encoding:
    """Return the encoding of a file.

    Parameters
    ----------
    path : Path
        The file, read to its end only when the head is no UTF-8.
    head : bytes
        Its first (unpacked) bytes.
    whole : bool
        Whether the head is the whole file.
    given : str or None
        A codec name that the person asked for.

    Raises
    ------
    InputError
        For an unknown codec, or bytes of two encodings in one file.
    """
    if given is not None:
        return _given(given)
    for mark, name in MARKS:
        if head.startswith(mark):
            text = f"The file begins with a byte order mark and was read as {name.upper()}."
            return Encoding(name, (Note("byte-order-mark", "repair", text),))
    if (wide := _by_nul(head)) is not None:
        text = f"Every second byte is zero: the file is {wide.upper()} and was read as such."
        return Encoding(wide, (Note("utf-16", "repair", text),))
    if _is_utf8(head, whole):
        return Encoding("utf-8")
    return single_byte(path)


def _given(name: str) -> Encoding:
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError):
        raise InputError("an encoding that Python knows", f"'{name}'", "For example utf-8, cp1252, utf-16.") from None
    return Encoding(name)


def _by_nul(head: bytes) -> str | None:
    sample = head[: len(head) // 4 * 4][:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    share = [sample[i::4].count(0) * 4 / len(sample) for i in range(4)]
    if min(share[1:]) > 0.9 and share[0] < 0.5:
        return "utf-32-le"
    if min(share[:3]) > 0.9 and share[3] < 0.5:
        return "utf-32-be"
    if min(share[1], share[3]) > 0.4 and max(share[0], share[2]) < 0.1:
        return "utf-16-le"
    if min(share[0], share[2]) > 0.4 and max(share[1], share[3]) < 0.1:
        return "utf-16-be"
    return None


def _is_utf8(head: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def single_byte(path: Path) -> Encoding:
    """Return Windows-1252 for a file that is no UTF-8, after reading it all.

    Raises
    ------
    InputError
        When the file also holds UTF-8 sequences, or bytes that Windows-1252 does not have.
    """
    first_utf8 = first_other = first_undefined = None
    offset = 0
    for block in _blocks_between_sequences(path):
        if not block.isascii():
            other = SEQUENCE.sub(_blank, block)
            first_utf8 = _earliest(first_utf8, SEQUENCE.search(block), offset)
            first_other = _earliest(first_other, HIGH.search(other), offset)
            first_undefined = _earliest(first_undefined, NOT_IN_CP1252.search(other), offset)
        offset += len(block)
    if first_other is None:
        return Encoding("utf-8")
    if first_utf8 is not None:
        raise InputError(
            "one encoding throughout the file",
            f"'{path.name}' holds UTF-8 at byte offset {first_utf8:,} and another one at byte offset {first_other:,}",
            "Export it again in UTF-8, or choose how to read it all with --set read.encoding=cp1252.",
        )
    if first_undefined is not None:
        raise InputError(
            "text in UTF-8 or Windows-1252",
            f"'{path.name}' has a byte at offset {first_undefined:,} that neither of them has",
            "Name the encoding, for example --set read.encoding=cp1250.",
        )
    text = "The file is not UTF-8 and was read as Windows-1252 (cp1252); name another with --set read.encoding=…"
    return Encoding("cp1252", (Note("cp1252", "repair", text),))


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found.group())


def _earliest(known: int | None, found: re.Match[bytes] | None, offset: int) -> int | None:
    return known if known is not None or found is None else offset + found.start()


def _blocks_between_sequences(path: Path) -> Iterator[bytes]:
    """Blocks cut after an ASCII byte, so that no sequence lies across two of them."""
    rest = b""
    with gzip.open(path) if is_gzip(path) else open(path, "rb") as file:
        while block := file.read(BLOCK):
            block = rest + block
            cut = len(block.rstrip(HIGH_BYTES))
            rest = block[cut:]
            yield block[:cut]
    yield rest
