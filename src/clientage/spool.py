"""Arrays that live on disk when there is no memory for them.

Receives arrays; keeps them in memory up to a limit and beyond it in a temporary file. What is kept is opened when
somebody asks for it and leaves memory when nobody holds it, so a table larger than memory is worked on a column at a
time. A value read back is the value written, bit for bit: nothing that is computed depends on where arrays live.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from clientage.errors import DataError
from clientage.memory import allowed_memory

PASSED = 32 << 20  # bytes of a stored matrix that are walked through before they leave memory
ALIGNED = 64  # bytes: what the widest instructions of a processor like
SHARE = 4  # a table is kept in memory while it takes no more than this part of the budget: a study needs room to work


@dataclass(frozen=True, slots=True)
class Stored:
    """An array in a spool.

    Parameters
    ----------
    spool : Spool
        Whose file holds it; the file is there as long as anything in it is.
    offset : int
        Where it begins, in bytes.
    shape : tuple of int
        A matrix is stored column by column.
    dtype : numpy.dtype
        Of the values.
    """

    spool: Spool
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as the values: the file stays here."""
        return np.array, (self.open(),)

    def open(self) -> np.ndarray:
        """Return the values, read-only: pages come into memory as they are touched, and go with the array."""
        n_bytes = int(np.prod(self.shape)) * self.dtype.itemsize
        if n_bytes == 0:
            return np.empty(self.shape, self.dtype, order="F")
        begin = self.offset // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        view = mmap.mmap(self.spool.descriptor, self.offset - begin + n_bytes, access=mmap.ACCESS_READ, offset=begin)
        return np.ndarray(self.shape, self.dtype, view, self.offset - begin, order="F")


Held: TypeAlias = np.ndarray | Stored


def opened(held: Held) -> np.ndarray:
    """Return the values of an array, wherever it lives."""
    return held.open() if isinstance(held, Stored) else held


@dataclass(slots=True, weakref_slot=True)
class Spool:
    """A place for arrays.

    The file has no name in any folder, so that nothing is left of it when the process ends, however it ends. Several
    threads may keep arrays in it at the same time.

    Parameters
    ----------
    room : int or None
        Bytes kept in memory; whatever comes when they are full goes to disk. None: everything stays in memory.

    Examples
    --------
    >>> kept = Spool(room=0).keep(np.array([1.5, 2.5]))
    >>> type(kept).__name__, opened(kept).tolist()
    ('Stored', [1.5, 2.5])
    """

    room: int | None = None
    held: int = 0
    on_disk: bool = False
    _file: int | None = field(default=None, repr=False)
    _end: int = field(default=0, repr=False)
    _one: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def keep(self, array: np.ndarray) -> Held:
        """Return the array, or where it was stored.

        Raises
        ------
        DataError
            When the disk is full.
        """
        with self._one:
            if self.room is None or (not self.on_disk and self.held + array.nbytes <= self.room):
                self.held += array.nbytes
                return array
        return self.keep_columns([array], array.shape)

    def keep_columns(self, columns: Iterable[np.ndarray], shape: tuple[int, ...]) -> Stored:
        """Store a matrix of which one column comes after the other; it is never held whole.

        Raises
        ------
        DataError
            When the disk is full.
        """
        with self._one:
            self.on_disk = True
            offset = -(-self._end // ALIGNED) * ALIGNED
            dtype, at = np.dtype(np.float64), offset
            for column in columns:
                dtype = column.dtype
                at = self._write(np.ascontiguousarray(column).reshape(-1).view(np.uint8), at)
            self._end = at
        return Stored(self, offset, shape, dtype)

    def next(self) -> Spool:
        """Return an empty place for what is made of these arrays: on disk when they are, in memory otherwise."""
        return Spool(0 if self.on_disk else None)

    @property
    def descriptor(self) -> int:
        """File descriptor of the file."""
        if self._file is None:
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)
        return self._file

    def _write(self, content: np.ndarray, at: int) -> int:
        try:
            os.lseek(self.descriptor, at, os.SEEK_SET)
            while len(content):
                done = os.write(self.descriptor, content[: 1 << 30].data)
                content, at = content[done:], at + done
        except OSError as problem:
            raise DataError(
                "room on disk for a table that is larger than the memory it may take",
                f"temporary files in '{tempfile.gettempdir()}': {problem.strerror or problem}",
                "Nothing was kept. Make room there, name another folder in TMPDIR, or allow more memory with --memory.",
            ) from None
        return at


def rows_in_memory(held: Iterable[Held]) -> int:
    """Return how many rows columns have that are in memory, and 0 where some live on disk, as memory is short then.

    Examples
    --------
    >>> rows_in_memory([np.zeros(3), np.zeros(3)]), rows_in_memory([Spool(room=0).keep(np.zeros(3))])
    (3, 0)
    """
    arrays = list(held)
    return 0 if any(isinstance(a, Stored) for a in arrays) else max(map(len, arrays), default=0)


def let_go(array: np.ndarray) -> None:
    """Take the pages of a stored array out of memory until they are touched again; nothing happens to other arrays.

    Whoever walks through a whole matrix calls it on the way, or the matrix would be in memory at the end.
    """
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def chunks(array: np.ndarray, rows: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (first row, rows) of an array, chunk by chunk; of a stored array no more than a few stay in memory."""
    often = max(1, PASSED // max(1, rows * array.itemsize * (array.size // max(1, len(array)))))
    for number, low in enumerate(range(0, len(array), rows)):
        yield low, array[low : low + rows]
        if number % often == often - 1:
            let_go(array)
    let_go(array)


def gathered(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return some rows (indices) of a matrix; of a stored one, no more than a column comes into memory for them."""
    out = np.empty((len(rows), array.shape[1]), dtype=array.dtype)
    for j in range(array.shape[1]):
        out[:, j] = array[:, j][rows]
        let_go(array)
    return out


def spool_for(memory: str | None) -> Spool:
    """Return a place for a table that is read under a memory budget.

    Parameters
    ----------
    memory : str or None
        As for `allowed_memory`. None: a quarter of the machine's memory, and 1.5 GB at most.
    """
    return Spool(allowed_memory(memory) // SHARE)
