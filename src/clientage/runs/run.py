"""A run on disk: saved from a study, opened again, verified before anything is parsed."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import clientage
from clientage.cores import LARGE
from clientage.runs.contents import contents_of, summary_file, tables_of
from clientage.runs.manifest import read_manifest, verified_bytes
from clientage.runs.model import SavedModel, read_model
from clientage.runs.naming import named_model, named_summary, own_names
from clientage.runs.store import new_run, new_run_id, run_path
from clientage.spool import Stored
from clientage.study import Stopwatch, StudyRecord, peak_memory_mb


@dataclass(frozen=True, slots=True)
class Run:
    """A run directory.

    Parameters
    ----------
    path : Path
        The directory.
    manifest : mapping
        Verified: versions, fingerprint, seed, and a hash for each file.
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """The run's name within its folder."""
        return str(self.manifest["run_id"])

    def read(self, name: str) -> bytes:
        """Return one file's bytes, verified.

        Raises
        ------
        ModelError
            When the file is missing or not as it was written.
        """
        return verified_bytes(self.path, self.manifest, name)

    def summary(self) -> dict[str, Any]:
        """Return `summary.json`, with a person's own names where `names.toml` gives some.

        Raises
        ------
        ModelError
            When the file is missing or not as it was written.
        SettingsError
            When `names.toml` is broken.
        """
        return named_summary(dict(json.loads(self.read("summary.json"))), own_names(self.path))

    def model(self) -> SavedModel:
        """Return the model that scores new customers; segments bear the names that `summary` shows."""
        return named_model(read_model(self.path, self.manifest), own_names(self.path))


def open_run(path: str | Path) -> Run:
    """Open a run directory, or the only run inside a folder.

    Parameters
    ----------
    path : str or Path
        As `clientage run` printed it.

    Raises
    ------
    ModelError
        When there is no run, more than one, or a damaged one.
    """
    folder = run_path(path)
    return Run(folder, read_manifest(folder))


def save_run(
    record: StudyRecord,
    folder: str | Path,
    pages: Mapping[str, bytes] | Callable[[], Mapping[str, bytes]],
    moment: float | None = None,
) -> Run:
    """Save a study as a new run directory inside `folder`.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    folder : str or Path
        Made when absent. A run in it is never overwritten.
    pages : mapping of name to bytes, or callable
        Rendered pages, for example ``report.html``; or what renders them, while the large files are being written.
    moment : float, optional
        Seconds since 1970 that the run is dated with. Default: now.

    Returns
    -------
    Run
        Its summary tells the seconds of two further steps: ``report``, the pages, and ``save``, what was left to
        write when they were made.

    Raises
    ------
    InputError
        When the folder cannot be written to; nothing is left behind.
    """
    moment = time.time() if moment is None else moment
    source = record.prepared.sources[0]
    facts = {
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
        "clientage": clientage.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "seed": record.settings.cluster.seed,
        "inputs": [{"name": s.name, "sha256": s.fingerprint} for s in record.prepared.sources],
    }
    watch = Stopwatch(memory=record.settings.read.memory)
    with new_run(Path(folder), new_run_id(source.name, moment), facts, beside=_is_large(record)) as new:
        with watch.step("report"):
            new.begin(tables_of(record))
            made = pages() if callable(pages) else pages
        with watch.step("save"):
            new.write({**contents_of(record), **made})
            new.finish()
        timings = {**record.timings, **watch.seconds}
        new.write(summary_file(replace(record, timings=timings, peak_memory_mb=peak_memory_mb())))
    return open_run(new.path)


def _is_large(record: StudyRecord) -> bool:
    """Whether threads are worth their start; not where memory is short, as each of them needs some."""
    return record.customers.n >= LARGE and not isinstance(record.matrix.held, Stored)
