"""Studies that this server has made, kept while there is room; and reports of runs, read once.

Receives a run's path and the study it came from; gives it back to any visitor who opens that run. The run directory
stays the only state: what is not on the shelf any more is shown from its folder alone.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from clientage.dashboard.worker import MOST_CELLS, cells_of
from clientage.report.saved import SavedReport, saved_report
from clientage.runs.naming import NAMES, named_record, own_names
from clientage.runs.run import Run, open_run
from clientage.study import StudyRecord


@dataclass(frozen=True, slots=True)
class Kept:
    """A study and where its data came from.

    Parameters
    ----------
    record : StudyRecord
        As computed, without a person's own names.
    source : str
        Path or URL the study was made from; "" where it cannot be read again.
    transactions : str
        Path of the invoice lines beside it; "" for none.
    """

    record: StudyRecord
    source: str
    transactions: str = ""


_kept: OrderedDict[Path, Kept] = OrderedDict()
_named: dict[Path, tuple[dict[int, str], StudyRecord]] = {}
_lock = Lock()


def keep(run: Path, kept: Kept) -> None:
    """Put a study on the shelf; the ones longest unused make room, the newest always stays."""
    with _lock:
        _kept[run] = kept
        _kept.move_to_end(run)
        while len(_kept) > 1 and sum(cells_of(k.record) for k in _kept.values()) > MOST_CELLS:
            _named.pop(_kept.popitem(last=False)[0], None)


def kept(run: Path) -> Kept | None:
    """Return the study of a run, when it is still on the shelf."""
    with _lock:
        found = _kept.get(run)
        if found is not None:
            _kept.move_to_end(run)
        return found


def opened(path: Path) -> Run:
    """Open a run directory, verified; the same object while its manifest and names are as they were."""
    return _opened(path, _stamp(path / "manifest.json"))


def report_of(run: Run) -> SavedReport:
    """Return what the report of a run is made from, with a person's own names."""
    return _report(run.path, _stamp(run.path / "manifest.json"), _stamp(run.path / NAMES))


def record_of(run: Run) -> StudyRecord | None:
    """Return the study of a run with a person's own names, when it is still on the shelf.

    The same object while the names are as they were.
    """
    found = kept(run.path)
    if found is None:
        return None
    names = own_names(run.path)
    known = _named.get(run.path)
    if known is None or known[0] != names:
        known = _named[run.path] = names, named_record(found.record, names)
    return known[1]


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=32)
def _opened(path: Path, stamp: tuple[int, int]) -> Run:  # noqa: ARG001 - the stamp is there for the cache
    return open_run(path)


@lru_cache(maxsize=12)
def _report(path: Path, stamp: tuple[int, int], names: tuple[int, int]) -> SavedReport:  # noqa: ARG001
    return saved_report(_opened(path, stamp))
