"""What of a run may leave the house: a smaller run directory, sealed like any other, that names no customer.

Receives a run; writes a run directory without assignments and without the data as used. It can be opened, scored
with, reported from and compared. What is said of segments with very few customers is left out, because the mean of
one customer is that customer.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clientage.rendering import FORMS
from clientage.report.saved import saved_report
from clientage.report.sharing import is_hidden, shareable_summary
from clientage.report.stored import STORED
from clientage.runs.contents import json_bytes
from clientage.runs.manifest import NAME as MANIFEST
from clientage.runs.manifest import file_entry, manifest_bytes
from clientage.runs.naming import NAMES
from clientage.runs.run import Run, open_run

# every file that may be shared; what is not named here stays at home
SHARED = (
    *("summary.json", "study.toml", "profiles.csv", "selection.csv", "rules.txt", "rules.sql", "quality.json"),
    *("report.html", "document.json", "model/model.json", "model/arrays.npz"),
)
OF_SEGMENTS = ("rules.txt", "rules.sql")  # say of every segment what its customers are like
FEWEST_SHOWN = 10


def shared_files(run: Run) -> dict[str, bytes]:
    """Return the files of a run that may be shared, path to content, verified.

    Parameters
    ----------
    run : Run
        Opened and verified. A person's own names for segments come with it.

    Raises
    ------
    ModelError
        When a file is not as it was written.
    """
    summary = run.summary()
    fewest = fewest_shown(run)
    small = {s["id"] for s in summary["segments"] if is_hidden(s["size"], fewest)}
    files = {name: run.read(name) for name in SHARED if name in run.manifest["files"]}
    files["summary.json"] = json_bytes(shareable_summary(summary, small))
    if small:
        files["profiles.csv"] = _rows_without(files["profiles.csv"], small)
        files = {name: raw for name, raw in files.items() if name not in OF_SEGMENTS}
    return files | _own_names(run)


def _own_names(run: Run) -> dict[str, bytes]:
    """A person's own names, and the page that shows them; nothing where there are none."""
    path = run.path / NAMES
    if not path.exists():
        return {}
    page = FORMS["html"].make(saved_report(run)) if STORED in run.manifest["files"] else {}
    return {NAMES: path.read_bytes(), **page}


def share(run: Run, folder: Path) -> Run:
    """Write what of a run may be shared as a run directory of the same name inside a folder, and open it."""
    name = run.path.resolve().name
    return write_shared(shared_files(run), {**run.manifest, "run_id": name}, folder / name)


def write_shared(files: Mapping[str, bytes], facts: Mapping[str, Any], folder: Path) -> Run:
    """Write files as a run directory with a manifest of its own and open it.

    Parameters
    ----------
    files : mapping of str to bytes
        As `shared_files` returns them, or some of them.
    facts : mapping
        The manifest of the run they come from.
    folder : Path
        The run directory itself; new.
    """
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    kept = {key: value for key, value in facts.items() if key not in {"files", "seal", "format_version"}}
    listed = {name: file_entry(folder / name) for name in files}
    (folder / MANIFEST).write_bytes(manifest_bytes(kept, listed))
    return open_run(folder)


def fewest_shown(run: Run) -> int:
    """Return the size below which a run's segments are not described to others."""
    output = tomllib.loads(run.read("study.toml").decode()).get("output", {})
    return int(output.get("fewest_shown", FEWEST_SHOWN))


def _rows_without(raw: bytes, small: set[int]) -> bytes:
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    place = rows[0].index("segment_id")
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([rows[0], *(r for r in rows[1:] if int(r[place]) not in small)])
    return text.getvalue().encode()
