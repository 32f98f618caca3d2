"""What a file really is, whatever its name says.

Receives the first bytes of a file; answers with a name for the kinds that are no text table.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from clientage.errors import InputError

MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "Export the table itself as CSV."),
    (b"PAR1", "a Parquet file", "Rename it to end in .parquet."),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file (.xls)", "Save it as .xlsx or as CSV."),
    (b"SQLite format 3\0", "an SQLite database", "Give it as sqlite:///path#table"),
    (b"ARROW1", "an Arrow (Feather) file", "Write it as Parquet."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it, or compress it with gzip."),
    (b"BZh", "a bzip2 archive", "Unpack it, or compress it with gzip."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it, or compress it with gzip."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it, or compress it with gzip."),
    (b"Rar!", "a RAR archive", "Unpack it, or compress it with gzip."),
    (b"\x89PNG", "a PNG picture", "Export the table itself as CSV."),
    (b"\xff\xd8\xff", "a JPEG picture", "Export the table itself as CSV."),
    (b"GIF8", "a GIF picture", "Export the table itself as CSV."),
    (b"\x7fELF", "a program", "Give a table."),
    (b"\x80\x04\x95", "a Python pickle, which is never opened", "Export the table as CSV or Parquet."),
    (b"RDX3\n", "an R data file", "Write it with write.csv."),
    (b"{\\rtf", "an RTF document", "Export the table itself as CSV."),
)
HTML = re.compile(rb"\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|table|meta|div|script)\b", re.I | re.S)
XML = re.compile(rb"\s*<\?xml\b", re.I)
JSON = re.compile(rb'\s*(\{\s*("[^"]*"\s*:|\})|\[\s*(\{|\[|"))')
BOMS = (b"\xef\xbb\xbf",)


def kind_of(head: bytes, path: Path) -> tuple[str, str] | None:
    """Return what a file is and what to do about it when it is no text table, else None.

    Parameters
    ----------
    head : bytes
        The first bytes, at least a few hundred where there are so many.
    path : Path
        The file, opened again only to look into an archive.

    Examples
    --------
    >>> kind_of(b"%PDF-1.7", Path("customers.csv"))[0]
    'a PDF document'
    >>> kind_of(b"id,age\\n1,30\\n", Path("customers.csv")) is None
    True
    """
    for magic, name, fix in MAGIC:
        if head.startswith(magic):
            return name, fix
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path)
    for bom in BOMS:
        head = head.removeprefix(bom)
    head = head[:4096].replace(b"\0", b"")  # UTF-16 shows through well enough
    if HTML.match(head):
        return "an HTML page", "Download the data itself; the address may need a login, or export as CSV."
    if XML.match(head):
        return "an XML document", "Export the table as CSV."
    if JSON.match(head):
        return "a JSON document", "Export the table as CSV or Parquet."
    return None


def _archive(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return "a damaged zip archive", "Copy or export it again."
    if any(n.startswith("xl/") for n in names):
        return "an Excel workbook (.xlsx)", "Rename it to end in .xlsx."
    if "content.xml" in names:
        return "an OpenDocument file", "Save it as .xlsx or as CSV."
    if any(n.startswith("word/") for n in names):
        return "a Word document", "Export the table itself as CSV."
    return "a zip archive", "Unpack it first, or compress the table with gzip."


def refuse_if_not_text(head: bytes, path: Path) -> None:
    """Refuse a file that is no text table, naming what it is.

    Raises
    ------
    InputError
        For documents, archives, pictures, databases and other tables under a wrong name.
    """
    if (found := kind_of(head, path)) is not None:
        name, fix = found
        raise InputError("a text table (CSV, TSV …)", f"'{path.name}' is {name}", fix)
