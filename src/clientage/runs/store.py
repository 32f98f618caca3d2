"""Writing a run directory so that it appears whole or not at all, and finding runs again.

A run is written into a hidden sibling, flushed to disk, sealed by its manifest and renamed into place.
A crash leaves at most the hidden sibling, which the next run in the same folder clears away.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clientage.errors import InputError, ModelError, listed
from clientage.runs.manifest import NAME as MANIFEST
from clientage.runs.manifest import FileEntry, file_entry, manifest_bytes

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

RUN_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
STALE_AFTER_SECONDS = 24 * 3600.0
WRITERS = 2  # threads: one large CSV file and one large Parquet file are written at once
SYNCERS = 4  # threads that wait for the disk: a dozen files are there in the time of one, not one after the other

Content = bytes | Callable[[Path], None]


def new_run_id(name: str, moment: float) -> str:
    """Return a run id from the time (UTC) and the input's name.

    Examples
    --------
    >>> new_run_id("Wholesale customers data.csv", 0.0)
    '19700101-000000-wholesale-customers-data'
    """
    stem = name.rpartition("/")[2].partition(".")[0].lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40] or "study"
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(moment))}-{slug}"


class NewRun:
    """A run directory in the making; nobody else sees it before it is whole.

    Parameters
    ----------
    hidden : Path
        The hidden folder its files are written into.
    beside : bool
        Whether files that `begin` is told of are written in threads, beside what the caller does in the meantime.
    """

    def __init__(self, hidden: Path, *, beside: bool) -> None:
        self.hidden, self.path = hidden, hidden
        self.entries: dict[str, FileEntry] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: dict[str, Future[FileEntry]] = {}
        self._later: dict[str, Content] = {}
        if beside:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(WRITERS)

    def begin(self, contents: Mapping[str, Content]) -> None:
        """Start to write files, path within the run -> content; without threads, `finish` writes them."""
        if self._pool is None:
            self._later.update(contents)
            return
        for name, content in contents.items():
            self._waiting[name] = self._pool.submit(_write, self.hidden / name, content)

    def write(self, contents: Mapping[str, Content]) -> None:
        """Write files, path within the run -> content: bytes, or a function that receives the path to write to."""
        for name, content in contents.items():
            put(self.hidden / name, content)
        _sync_all([self.hidden / name for name in contents])
        self.entries.update({name: file_entry(self.hidden / name) for name in contents})

    def finish(self) -> None:
        """Wait until every file that was begun is on disk.

        Raises
        ------
        OSError
            Of a file that could not be written.
        """
        for name, file in self._waiting.items():
            self.entries[name] = file.result()
        self.write(self._later)
        self._waiting, self._later = {}, {}

    def close(self) -> None:
        """End the threads; files not yet begun are not written any more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def new_run(folder: Path, run_id: str, facts: Mapping[str, Any], *, beside: bool = False) -> Iterator[NewRun]:
    """Give a run directory to write into; behind the block it is inside `folder`, whole, at `NewRun.path`.

    Parameters
    ----------
    folder : Path
        Made when absent.
    run_id : str
        Wanted name; ``-2``, ``-3`` … is appended when it is taken: a run is never overwritten.
    facts : mapping
        For the manifest.
    beside : bool, default False
        Write in threads what `NewRun.begin` is told of: worth it where that takes longer than to start them.

    Raises
    ------
    InputError
        When the folder cannot be written to, with the reason of the operating system.
    """
    if not RUN_ID.match(run_id):
        raise InputError("a run id of letters a-z, digits, - and _", f"'{run_id}'", "Choose another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_stale(folder)
        with _hidden_sibling(folder, run_id) as hidden:
            run = NewRun(hidden, beside=beside)
            try:
                yield run
                run.finish()
            finally:
                run.close()
            run.path = _seal_and_rename(run, folder, run_id, facts)
        _sync(folder)
    except OSError as problem:
        raise InputError(
            "a folder with room that can be written to",
            f"'{folder}': {problem.strerror or problem}",
            "Nothing was kept. Give another folder with --out.",
        ) from None


def write_run(folder: Path, run_id: str, contents: Mapping[str, Content], facts: Mapping[str, Any]) -> Path:
    """Write a run directory inside `folder` and return its path.

    Parameters
    ----------
    folder, run_id, facts
        As for `new_run`.
    contents : mapping of relative path to bytes or callable
        A callable receives the path to write to.

    Raises
    ------
    InputError
        When the folder cannot be written to, with the reason of the operating system.
    """
    with new_run(folder, run_id, facts) as run:
        run.write(contents)
    return run.path


def run_path(path: str | Path) -> Path:
    """Return the run directory a person means: the folder itself, or the only run inside it.

    Raises
    ------
    ModelError
        When there is none, or several, which are then listed.
    """
    folder = Path(path)
    if (folder / MANIFEST).is_file():
        return folder
    runs = runs_in(folder)
    if len(runs) == 1:
        return runs[0]
    if runs:
        names = [r.name for r in reversed(runs)]
        raise ModelError("one run directory", f"'{folder}' holds {len(runs)}: {listed(names)}", "Name one of them.")
    found = "there is no such folder" if not folder.exists() else "it holds no run"
    raise ModelError("a run directory made by clientage", f"'{folder}': {found}", "Make one with `clientage run`.")


def runs_in(folder: Path) -> list[Path]:
    """Return the run directories in a folder, by name and so by age."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if RUN_ID.match(p.name) and (p / MANIFEST).is_file())


@contextmanager
def _hidden_sibling(folder: Path, run_id: str) -> Iterator[Path]:
    hidden = folder / f".{run_id}.{os.getpid()}.{time.monotonic_ns()}.part"
    hidden.mkdir()
    try:
        yield hidden
    finally:  # after the rename there is nothing left to remove; after Ctrl-C or a full disk there is
        shutil.rmtree(hidden, ignore_errors=True)


def _write(path: Path, content: Content) -> FileEntry:
    put(path, content)
    _sync(path)
    return file_entry(path)


def put(path: Path, content: Content) -> None:
    """Write a file; a callable receives the path to write to. Its folder is made when absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)


def _seal_and_rename(run: NewRun, folder: Path, run_id: str, facts: Mapping[str, Any]) -> Path:
    """Move the finished run to the first free name, which its manifest says; renaming onto a run fails by itself."""
    for attempt in range(1, 1000):
        final = folder / (run_id if attempt == 1 else f"{run_id[:58]}-{attempt}")
        if final.exists():
            continue
        put(run.hidden / MANIFEST, manifest_bytes({**facts, "run_id": final.name}, run.entries))
        _sync_all([run.hidden / MANIFEST, *(Path(folder) for folder, _, _ in os.walk(run.hidden))])
        try:
            run.hidden.rename(final)
        except OSError as problem:
            if problem.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
                raise
        else:
            return final
    raise OSError(errno.EEXIST, "a thousand runs of this name exist")


def _clear_stale(folder: Path) -> None:
    """Remove what interrupted runs left, once their process is gone or a day has passed."""
    for left in folder.glob(".*.part"):
        match = re.fullmatch(r"\..+\.(\d+)\.\d+\.part", left.name)
        if match is None:
            continue
        if not is_alive(int(match[1])) or _age(left) > STALE_AFTER_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _age(path: Path) -> float:
    """Seconds since it was changed; none for a run that another writer has just renamed into its place."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def is_alive(process: int) -> bool:
    """Whether a process is there: what it writes is none of our business then."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it exists and belongs to someone else
        return True
    return True


def _sync_all(paths: Sequence[Path]) -> None:
    """Wait until all are on disk."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(SYNCERS) as pool:
        list(pool.map(_sync, paths))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
