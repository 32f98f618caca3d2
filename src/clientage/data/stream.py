"""The bytes of a text file on their way to a parser: unpacked, hashed, recoded, counted, bounded.

Receives a path and an encoding; gives UTF-8 bytes through `read`, and afterwards knows the SHA-256 of
the file, how many lines passed, and what was repaired. Nothing is ever held beyond one block.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from clientage.data.quotes import QuoteWatch
from clientage.errors import InputError

BLOCK = 1 << 20
LONGEST_LINE = 8 << 20
LARGEST_RATIO = 400  # of unpacked to packed bytes; tables reach 20
RATIO_MATTERS_FROM = 64 << 20
MOST_NULS = 0.01  # share of NUL bytes from which a file is looked at more closely
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")  # no table has these; 0x1a ends files of DOS
NUL_INSIDE = re.compile(rb"[0-9A-Za-z]\0(?=[0-9A-Za-z])")  # of another encoding: padding stands around words


class HashedFile(io.RawIOBase):
    """A binary file that hashes what is read from it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = open(path, "rb")  # noqa: SIM115 - closed with this object
        self.sha256 = hashlib.sha256()
        self.n_read = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        block = self._file.read(size)
        self.sha256.update(block)
        self.n_read += len(block)
        return block

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def is_gzip(path: Path) -> bool:
    """Whether the file begins as gzip files do, whatever its name."""
    with open(path, "rb") as file:
        return file.read(2) == b"\x1f\x8b"


def read_head(path: Path, size: int) -> tuple[bytes, bool]:
    """Return the first `size` unpacked bytes and whether they are the whole file.

    Raises
    ------
    InputError
        When the file is damaged gzip.
    """
    file: IO[bytes] = gzip.open(path) if is_gzip(path) else open(path, "rb")  # type: ignore[assignment]  # noqa: SIM115
    with file:
        try:
            head = file.read(size + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise _damaged(path, problem) from None
    return head[:size], len(head) <= size


def _damaged(path: Path, problem: Exception) -> InputError:
    return InputError("a complete gzip file", f"'{path.name}' is damaged ({problem})", "Copy or compress it again.")


class TextStream:
    """UTF-8 bytes of a text file, with the first lines left out.

    Parameters
    ----------
    path : Path
        Plain or gzip file.
    encoding : str
        Python codec name; ``utf-8`` is verified and passed on as it is.
    skip_lines : int
        Physical lines to leave out at the start: preamble and header.
    columns_by_space : bool
        Runs of blanks separate columns: they are turned into one tab.
    quotes : QuoteWatch, optional
        Is shown what is passed on.

    Attributes
    ----------
    n_bytes : int
        UTF-8 bytes passed on so far.
    n_nul : int
        NUL bytes taken out.
    line_ends : Counter of str
        How many lines end in LF, CR and CRLF.
    """

    def __init__(
        self,
        path: Path,
        encoding: str,
        skip_lines: int = 0,
        *,
        columns_by_space: bool = False,
        quotes: QuoteWatch | None = None,
    ) -> None:
        self.path = path
        self.n_nul = 0
        self.n_bytes = 0
        self.quotes = quotes
        self.line_ends: Counter[str] = Counter()
        self.closed = False
        self._hashed = HashedFile(path)
        self._file: IO[bytes] = (
            gzip.GzipFile(fileobj=self._hashed) if is_gzip(path) else self._hashed  # type: ignore[assignment]
        )
        self._packed = isinstance(self._file, gzip.GzipFile)
        self._utf8 = codecs.lookup(encoding).name in {"utf-8", "ascii"}
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if self._utf8 else encoding)()
        self._encoding = encoding
        self._skip = skip_lines
        self._first_line = skip_lines
        self._by_space = columns_by_space
        self._carry = b""
        self._open_line = 0
        self._ends = 0
        self._tail_ends = 0
        self._ended_in_cr = False
        self._raw_offset = 0
        self._done = False

    def __enter__(self) -> TextStream:
        return self

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self._file.close()
        self._hashed.close()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the file; whole only after the last block."""
        return self._hashed.sha256.hexdigest()

    def read(self, size: int = BLOCK) -> bytes:
        """Return the next bytes, about `size` of them, b"" at the end.

        Raises
        ------
        InputError
            For bytes that are not of the encoding, damaged gzip, a line beyond 8 MB, or a bomb.
        """
        size = max(size, 1 << 16)
        while not self._done:
            block = self._next_block(size)
            if self._skip:
                block = self._leave_out(block)
            if self._by_space:
                block = self._columns_by_tab(block)
            if block:
                self._count(block)
                return block
        return b""

    def _next_block(self, size: int) -> bytes:
        try:
            raw = self._file.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise _damaged(self.path, problem) from None
        self._done = not raw
        if self._packed and self._raw_offset > RATIO_MATTERS_FROM:
            self._check_ratio()
        block = self._recoded(raw)
        self._raw_offset += len(raw)
        if b"\0" in block:  # to find none is quicker than to count none
            nul = block.count(b"\0")
            self.n_nul += nul
            self._check_nuls(block, nul)
            block = block.replace(b"\0", b"")
        return block

    def _recoded(self, raw: bytes) -> bytes:
        try:
            if self._utf8:
                pending = self._decoder.getstate()[0]
                if raw.isascii() and not pending and self._raw_offset:
                    return raw
                text = self._decoder.decode(raw, final=self._done)
                if not self._raw_offset:  # the first bytes may be a mark that is no text
                    return text.encode()
                whole = pending + raw if pending else raw  # what was verified is passed on as it came
                return whole[: len(whole) - len(self._decoder.getstate()[0])]
            return self._decoder.decode(raw, final=self._done).encode()
        except UnicodeDecodeError as problem:
            at = self._raw_offset - (len(problem.object) - len(raw)) + problem.start
            raise EncodingProblem(self.path, self._encoding, at, problem.object[problem.start]) from None

    def _leave_out(self, block: bytes) -> bytes:
        block = self._carry + block
        ends = re.compile(rb"\r\n|\n|\r")
        at = 0
        for _ in range(self._skip):
            end = ends.search(block, at)
            # a CR at the very end of the block may be half a CRLF
            if end is None or (end.end() == len(block) and not self._done):
                if self._done:
                    self._skip, self._carry = 0, b""
                    return b""
                self._carry = block
                self._check_length(len(block))
                return b""
            at = end.end()
        self._skip, self._carry = 0, b""
        return block[at:]

    def _columns_by_tab(self, block: bytes) -> bytes:
        block = self._carry + block
        if not self._done:
            cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
            self._carry, block = block[cut:], block[:cut]
            self._check_length(len(self._carry))
        else:
            self._carry = b""
        block = re.sub(rb"[ \t]+", b"\t", block)
        return re.sub(rb"\t(?=[\r\n]|\Z)|(?<![^\r\n])\t", b"", block)

    def _count(self, block: bytes) -> None:
        if self.quotes is not None:
            self.quotes.look(block, self._first_line + self._ends + 1)
        self.n_bytes += len(block)
        kinds = _line_ends(block)
        if self._ended_in_cr and block.startswith(b"\n"):  # the CRLF that the blocks cut in two
            kinds.update({"CRLF": 1, "CR": -1, "LF": -1})
        self.line_ends.update(kinds)
        ends = kinds.total()
        body = block.rstrip(b"\r\n")
        self._tail_ends = _line_ends(block[len(body) :]).total() if body else self._tail_ends + ends
        self._ended_in_cr = block.endswith(b"\r")
        self._ends += ends
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._open_line = len(block) - 1 - last + (self._open_line if last < 0 else 0)
        self._check_length(self._open_line)

    @property
    def n_lines(self) -> int:
        """Lines passed on so far; a last line without line end counts."""
        return self._ends + (self._open_line > 0)

    @property
    def ends_in_line_end(self) -> bool:
        """Whether the last line is a whole one."""
        return self._open_line == 0

    @property
    def n_trailing_blank(self) -> int:
        """Empty lines at the end."""
        return max(0, self._tail_ends - (self._ends > self._tail_ends)) if self.ends_in_line_end else 0

    def _check_length(self, length: int) -> None:
        if length > LONGEST_LINE:
            line = self._first_line + self.n_lines
            raise InputError(
                "lines of a table",
                f"'{self.path.name}' has a line of more than {LONGEST_LINE >> 20} MB (line {line})",
                "Check for a missing line end or an unclosed quote before that line.",
            )

    def _check_nuls(self, block: bytes, nul: int) -> None:
        """Many NULs are padding, or a gap that a crash left, unless something else speaks against text."""
        most = MOST_NULS * len(block)
        if nul <= max(64, most):
            return
        if CONTROL.search(block) or len(NUL_INSIDE.findall(block)) > most:
            raise InputError(
                "a text file",
                f"'{self.path.name}' holds {nul:,} NUL bytes: it is binary, or text in an unknown encoding",
                "Export it as CSV in UTF-8, or name the encoding with --set read.encoding=…",
            )

    def _check_ratio(self) -> None:
        if self._raw_offset > LARGEST_RATIO * max(1, self._hashed.n_read):
            raise InputError(
                "a compressed table",
                f"'{self.path.name}' unpacks to more than {LARGEST_RATIO} times its size, as no table does",
                "Unpack it yourself if you trust it.",
            )


class UnfailingStream:
    """A stream as Arrow may read it in its own threads: a failure is kept and looks like the end of the file.

    Arrow's reader waits for ever, at the latest when the process ends, for a read that raised or was abandoned.

    Parameters
    ----------
    stream : TextStream or BytesIO
        What is read.

    Attributes
    ----------
    problem : Exception or None
        Why the stream ended early; whoever reads the batches raises it.
    ended : bool
        Set to let the reader come to its end without reading on.
    """

    def __init__(self, stream: TextStream | io.BytesIO) -> None:
        self._stream = stream
        self.problem: Exception | None = None
        self.ended = False
        self.closed = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def close(self) -> None:
        """Say that it is closed; the stream itself belongs to whoever opened it."""
        self.closed = True

    def read(self, size: int = BLOCK) -> bytes:
        """Return the next bytes, b"" at the end or after a failure."""
        if self.ended or self.problem is not None:
            return b""
        try:
            return self._stream.read(size)
        except (InputError, OSError, ValueError, MemoryError) as problem:
            self.problem = problem
            return b""


def _line_ends(block: bytes) -> Counter[str]:
    lf = block.count(b"\n")
    if b"\r" not in block:
        return Counter({"LF": lf})
    both = block.count(b"\r\n")
    return Counter({"LF": lf - both, "CR": block.count(b"\r") - both, "CRLF": both})


class EncodingProblem(InputError):
    """Bytes that the encoding does not have, with where they are."""

    def __init__(self, path: Path, encoding: str, offset: int, byte: int) -> None:
        super().__init__(
            f"{encoding} text",
            f"'{path.name}' has byte 0x{byte:02x} at offset {offset:,}, which is no {encoding}",
            "Name the encoding with --set read.encoding=cp1252 (or another), or export the file as UTF-8.",
        )
        self.offset = offset


def open_lines(stream: Any) -> io.TextIOWrapper:
    """Return the stream as text lines with their line ends kept, for `csv.reader`."""
    return io.TextIOWrapper(io.BufferedReader(_Raw(stream), BLOCK), encoding="utf-8", newline="")


class _Raw(io.RawIOBase):
    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = self._stream.read(BLOCK)
        part = self._rest[: len(buffer)]
        buffer[: len(part)] = part
        self._rest = self._rest[len(part) :]
        return len(part)
