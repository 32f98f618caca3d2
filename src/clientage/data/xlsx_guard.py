"""What a workbook declares, before anything of it is parsed.

Receives a path; refuses archives that unpack to more than any table does and sheets with a cell far
away from all others, and counts what the parser does not tell: error cells and formulas without a value.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clientage.config import ReadSettings
from clientage.errors import InputError

LARGEST = 4 << 30  # unpacked bytes of all parts
LARGEST_RATIO = 250
RATIO_MATTERS_FROM = 32 << 20
MOST_PARTS = 10_000
SPARSE_FROM = 5_000_000  # cells of the rectangle around all cells
SPARSE = 50  # times as many as there are cells
CHUNK = 1 << 20
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,4})(\d{1,8})"')
ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\bt="e"')
UNCACHED = re.compile(
    rb'<(?:\w+:)?c\b((?![^>]*\bt="str")[^>]*)><f\b[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</(?:\w+:)?c>'
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the XML of a sheet says.

    Parameters
    ----------
    n_cells : int
        Cells present.
    columns, rows : int
        Of the rectangle around them.
    errors : int
        Cells such as ``#REF!`` and ``#N/A``.
    uncached : tuple of str
        First formulas without a stored value, as ``F2``.
    n_uncached : int
        How many.
    """

    n_cells: int
    columns: int
    rows: int
    errors: int
    uncached: tuple[str, ...]
    n_uncached: int


def check_archive(path: Path) -> None:
    """Refuse an archive that declares more than a workbook can need.

    Raises
    ------
    InputError
        For no archive, a damaged one, or a bomb.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError("an Excel workbook", f"'{path.name}' is damaged", "Save it again.") from None
    unpacked = sum(p.file_size for p in parts)
    dense = [p for p in parts if p.file_size > RATIO_MATTERS_FROM and p.file_size > LARGEST_RATIO * p.compress_size]
    if len(parts) > MOST_PARTS or unpacked > LARGEST or dense:
        raise InputError(
            "a workbook of a table",
            f"'{path.name}' declares {unpacked >> 20:,} MB in {path.stat().st_size >> 10:,} KB, as no table does",
            "Export the table as CSV.",
        )
    if not any(p.filename == "xl/workbook.xml" for p in parts):
        raise InputError("an Excel workbook (.xlsx)", f"'{path.name}' is another kind of archive", "Unpack it first.")


def sheet_parts(path: Path) -> dict[str, str]:
    """Return the path inside the archive of every sheet, by name."""
    with zipfile.ZipFile(path) as archive:
        workbook = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        try:
            relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        except KeyError:
            return {}
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        a = dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
        if "Id" in a and "Target" in a:
            targets[a["Id"]] = posixpath.normpath(posixpath.join("xl", a["Target"])).lstrip("/")
    out = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", workbook):
        a = dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
        identity = next((v for k, v in a.items() if k.endswith(":id")), "")
        if "name" in a and identity in targets:
            out[_unescaped(a["name"])] = targets[identity]
    return out


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text)


def survey(path: Path, part: str, settings: ReadSettings) -> SheetFacts:
    """Return the facts of a sheet, read once as a stream.

    Raises
    ------
    InputError
        When a cell lies far away from the others, or the sheet is larger than the settings allow.
    """
    n_cells = columns = rows = errors = n_uncached = 0
    farthest = ""
    uncached: list[str] = []
    try:
        for block in _blocks(path, part):
            for letters, digits in CELL.findall(block):
                n_cells += 1
                column, row = column_number(letters.decode()), int(digits)
                if column > columns or row > rows:
                    farthest = (letters + digits).decode()
                columns, rows = max(columns, column), max(rows, row)
            errors += len(ERROR.findall(block))
            for found in UNCACHED.finditer(block):
                n_uncached += 1
                place = re.search(rb'\br="([A-Z]+\d+)"', found.group(1))
                if len(uncached) < 5 and place is not None:
                    uncached.append(place.group(1).decode())
            _refuse_far(path, settings, _Extent(columns, rows, n_cells, farthest), at_end=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError):
        raise InputError("an Excel workbook", f"'{path.name}' is damaged", "Save it again.") from None
    _refuse_far(path, settings, _Extent(columns, rows, n_cells, farthest), at_end=True)
    return SheetFacts(n_cells, columns, rows, errors, tuple(uncached), n_uncached)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How far a sheet reaches."""

    columns: int
    rows: int
    n_cells: int
    farthest: str


def _refuse_far(path: Path, settings: ReadSettings, extent: _Extent, *, at_end: bool) -> None:
    area = extent.columns * extent.rows
    sparse = at_end and area > SPARSE_FROM and area > SPARSE * extent.n_cells
    if extent.columns > settings.max_columns or area > settings.max_cells or sparse:
        raise InputError(
            f"a table of at most {settings.max_columns:,} columns, filled with cells",
            f"'{path.name}' has a cell at {extent.farthest}: {area:,} cells, of which {extent.n_cells:,} are in use",
            "Delete the stray cell, or copy the table into a new workbook.",
        )


def _blocks(path: Path, part: str) -> Iterator[bytes]:
    """The sheet's XML, cut behind whole cells."""
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        while block := file.read(CHUNK):
            block = rest + block
            cut = max(block.rfind(b"</c>"), block.rfind(b"</x:c>"), block.rfind(b"</row>"))
            cut = block.find(b">", cut) + 1 if cut >= 0 else 0
            rest = block[cut:]
            if len(rest) > 64 * CHUNK:
                raise zipfile.BadZipFile("no cell ends")
            yield block[:cut]
    yield rest


def column_number(letters: str) -> int:
    """Return the 1-based number of a column.

    Examples
    --------
    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def has_cells(path: Path, part: str) -> bool:
    """Whether a sheet has any cell with a value."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as file:
            return re.search(rb"<(?:\w+:)?(?:v|is)\b", file.read(CHUNK)) is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError):
        return True


def verify(path: Path, part: str) -> None:
    """Read a part to its end, so that a false size or checksum is found here and not in the parser.

    Raises
    ------
    InputError
        When it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if part not in archive.namelist():
                return
            with archive.open(part) as file:
                while file.read(CHUNK):
                    pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise InputError("an Excel workbook", f"'{path.name}' is damaged", "Save it again.") from None
