"""What is logged of a run, as a list of records; nothing here knows how a tracking server takes them.

Receives the shareable part of a run (`shared.py`); yields parameters, tags, figures and files in the order in which
they should be written. What is not in that part, customers and their ids, cannot be among the records.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from clientage.checks.verdict import headline_of
from clientage.rendering import FORMS
from clientage.report.saved import saved_report
from clientage.runs.manifest import NAME as MANIFEST
from clientage.runs.run import Run

RUN = "run"  # folder of the files
PAGES = {"report.html", "document.json"}  # large, and no part of a model
LONGEST = 480  # characters of a parameter: servers before MLflow 2.10 take 500
NOT_LOGGED = {"output", "track"}  # where things go is no part of an experiment
_KEY = re.compile(r"[^\w\-. :/]")  # what MLflow refuses in the name of a metric or parameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting, as it was resolved."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word to find the run by."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure; of candidates, the step is their number of segments, of segments their id."""

    key: str
    value: float
    step: int = 0


@dataclass(frozen=True, slots=True)
class DataSource:
    """An input and its fingerprint (SHA-256 of the content); never its content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The run directory that scores new customers: path to content, and the manifest they come from."""

    files: Mapping[str, bytes]
    facts: Mapping[str, Any]


Record = Parameter | Tag | Metric | DataSource | Artifact | ModelFiles


def records_of(run: Run) -> Iterator[Record]:
    """Yield everything that is logged of a run.

    Every figure is drawn as SVG where the library for it is installed; ``report.html`` shows them in any case.

    Parameters
    ----------
    run : Run
        Of files that may be shared, as `clientage.tracking.shared.share` makes it.

    Raises
    ------
    ModelError
        When a file is not as it was written.
    """
    summary = run.summary()
    files = {name: run.read(name) for name in run.manifest["files"]}
    yield from _tags(run, summary)
    yield from _parameters(files["study.toml"])
    yield from (DataSource(i["name"], i["sha256"]) for i in summary["inputs"])
    yield from _metrics(summary)
    yield from _candidates(summary["candidates"])
    yield from (Artifact(f"{RUN}/{name}", raw) for name, raw in files.items())
    yield Artifact(f"{RUN}/{MANIFEST}", (run.path / MANIFEST).read_bytes())
    if "document.json" in files and find_spec("vl_convert"):
        drawn = FORMS["svg"].make(saved_report(run))
        yield from (Artifact(f"figures/{name}", raw) for name, raw in drawn.items())
    yield ModelFiles({name: raw for name, raw in files.items() if name not in PAGES}, dict(run.manifest))


def _tags(run: Run, summary: Mapping[str, Any]) -> Iterator[Tag]:
    yield Tag("clientage.run_id", run.run_id)
    yield Tag("clientage.version", str(run.manifest["clientage"]))
    yield Tag("clientage.made", str(run.manifest["created"]))
    yield Tag("clientage.input", summary["input"])
    yield Tag("clientage.fingerprint", summary["inputs"][0]["sha256"])
    yield Tag("clientage.verdict", summary["verdict"])
    yield Tag("clientage.headline", headline_of(summary))
    yield Tag("clientage.algorithm", summary["algorithm"])
    segments = [f"{s['id']}. {s['name']}: {s['size']:,} customers, {s['share']:.1%}" for s in summary["segments"]]
    # MLflow shows this text on the run's page
    yield Tag("mlflow.note.content", "\n\n".join([summary["verdict_sentence"], summary["reason"], *segments]))


def _parameters(study: bytes) -> Iterator[Parameter]:
    for section, values in tomllib.loads(study.decode()).items():
        if section in NOT_LOGGED:
            continue
        for key, value in values.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield Parameter(f"{section}.{key}", text if len(text) <= LONGEST else f"{text[:LONGEST]} …")


def _metrics(summary: Mapping[str, Any]) -> Iterator[Metric]:
    figures = {key: summary.get(key) for key in _FIGURES}
    figures |= {f"criteria.{key}": value for key, value in summary["criteria"].items()}
    figures |= {f"seconds.{step}": value for step, value in summary["timings"].items()}
    if summary["rules"] is not None:
        figures["rules.fidelity"] = summary["rules"]["fidelity"]
    yield from (_metric(key, value) for key, value in figures.items() if value is not None)
    for segment in summary["segments"]:
        for key in ("size", "share", "value_share", "stability", "confidence"):
            if segment[key] is not None:
                yield _metric(f"segment.{key}", segment[key], segment["id"])


def _candidates(candidates: list[dict[str, Any]]) -> Iterator[Metric]:
    """One series for each algorithm and criterion over k: a server draws them as curves."""
    for candidate in candidates:
        figures = {**candidate["criteria"], "stability": candidate["stability"], "usable": candidate["usable"]}
        figures["smallest_segment"] = min(candidate["sizes"], default=0)
        for key, value in figures.items():
            if value is not None:
                yield _metric(f"candidate.{candidate['algorithm']}.{key}", value, candidate["k"])


_FIGURES = (
    *("n_customers", "n_segments", "unassigned", "rows_read", "rejected", "repaired"),
    *("stability", "null_silhouette_at_k", "null_silhouette_mean", "null_silhouette_max", "p_value", "peak_memory_mb"),
)


def _metric(key: str, value: float, step: int = 0) -> Metric:
    return Metric(_KEY.sub("_", key), float(value), step)
