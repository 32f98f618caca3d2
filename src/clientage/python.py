"""The Python door: `segment` a frame or file, look at the `Study`, save it, open it again."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from clientage.config import SECTIONS, Settings, TrackSettings, settings_from
from clientage.errors import SettingsError, did_you_mean
from clientage.export.catalogue import export_run
from clientage.publish import publish
from clientage.rendering import write_report
from clientage.runs.assignments import Assignments
from clientage.runs.model import model_of
from clientage.runs.naming import named_record
from clientage.runs.run import Run
from clientage.runs.run import open_run as open_run_directory
from clientage.scoring.scorer import Scorer
from clientage.segments.profiles import Profiles
from clientage.study import StudyRecord, make_study
from clientage.summary import summary_of
from clientage.tracking.tracker import Tracked, check_tracking, log_run, track_run

# keyword of `segment` -> section of the settings, for the settings people use most
SHORTHANDS = {
    "k": "cluster",
    "algorithm": "cluster",
    "seed": "cluster",
    "k_min": "cluster",
    "k_max": "cluster",
    "id": "roles",
    "features": "roles",
    "profile": "roles",
    "outcome": "roles",
    "control": "roles",
    "ignore": "roles",
    "categorical": "roles",
    "numeric": "roles",
    "value": "roles",
    "kind": "roles",
    "keep_clean": "output",
    "memory": "read",
}


class Study:
    """What `segment` found.

    Parameters
    ----------
    record : StudyRecord
        Every part of the study, for those who want to look inside.
    """

    def __init__(self, record: StudyRecord) -> None:
        self.record = record
        self._scorer: Scorer | None = None

    def __repr__(self) -> str:
        chosen = self.record.selection.chosen
        return f"<Study: {self.record.customers.n} customers, {chosen.k} segments, {self.record.verdict.kind}>"

    @property
    def labels(self) -> np.ndarray:
        """Segment id of every input row, int32, in the input's order.

        1 … k; 0 for a customer without a segment; -1 for a row that was not used (see `quality`).
        Lines of a transactions file carry the segment of their customer.
        """
        return self.record.row_labels

    @property
    def profiles(self) -> Profiles:
        """Segments with sizes, names, traits in original units and recommendations."""
        return self.record.profiles

    @property
    def quality(self) -> dict[str, Any]:
        """What was repaired, rejected and doubted, as in `quality.json`."""
        return self.record.customers.quality.as_dict()

    def summary(self) -> dict[str, Any]:
        """Return the same dict as `summary.json` (schema: docs/summary-schema.md)."""
        return summary_of(self.record)

    def predict(self, source: Any, *, transactions: Any = None, as_of: str | None = None) -> Assignments:
        """Return the segment of every customer in a new frame, file or database table.

        Parameters
        ----------
        source : path, database URL or frame
            With the columns the study used, in any order.
        transactions : path, database URL or frame, optional
            Needed when the study was made from a table and transactions together.
        as_of : str, optional
            ISO date that recency is measured from; see `Scorer.score`.

        Raises
        ------
        ColumnError
            When a column the model needs is missing or of another kind.
        """
        if self._scorer is None:
            self._scorer = Scorer(model_of(self.record))
        return self._scorer.score(source, transactions=transactions, as_of=as_of)

    def rename(self, names: Mapping[int, str]) -> Study:
        """Return the same study with a person's own names for segments.

        Parameters
        ----------
        names : mapping of segment id to name
            Segments left out keep theirs. `summary()` keeps the computed ones as well.

        Raises
        ------
        SettingsError
            For an id that is no segment, an empty or too long name, or one name given twice.
        """
        return Study(named_record(self.record, names))

    def save(self, folder: str | Path = "runs", *, track: str | None = None, register: str | None = None) -> Run:
        """Save everything, report included, as a new run directory inside `folder`.

        Parameters
        ----------
        folder : str or Path
            Made when absent.
        track : str, optional
            Address of MLflow to log the saved run to as well. Default: the setting ``track.uri``, else nowhere. A
            server that is down or fails is a `RuntimeWarning`; the run is saved in any case.
        register : str, optional
            Name of the registered model, or ``name@alias``. Default: the setting ``track.register``.

        Raises
        ------
        InputError
            When the folder cannot be written to; nothing is left behind.
        """
        given = self.record.settings.track
        settings = replace(given, uri=track or given.uri, register=register or given.register)
        check_tracking(settings)
        run = publish(self.record, folder)
        if settings.uri is not None and (problem := track_run(run, settings).problem):
            warnings.warn(problem, RuntimeWarning, stacklevel=2)
        return run


class SavedRun:
    """A run directory, opened.

    Parameters
    ----------
    run : Run
        The directory and its verified manifest.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._scorer = Scorer(run.model())

    @property
    def path(self) -> Path:
        """The directory."""
        return self.run.path

    def summary(self) -> dict[str, Any]:
        """Return `summary.json`."""
        return self.run.summary()

    def predict(self, source: Any, *, transactions: Any = None, as_of: str | None = None) -> Assignments:
        """Return the segment of every customer in a new frame, file or database table; see `Study.predict`."""
        return self._scorer.score(source, transactions=transactions, as_of=as_of)

    def report(self, form: str = "html", target: str | Path | None = None) -> tuple[Path, ...]:
        """Write the report as ``html``, ``pptx``, ``pdf``, ``png`` or ``svg``; see `write_report`."""
        return write_report(self.run, form, target)

    def export(self, form: str, target: str | Path, **options: Any) -> tuple[Path, ...]:
        """Write the run in the form another program opens, for example ``"bi"``; see `export_run`."""
        return export_run(self.run, form, target, **options)

    def track(self, uri: str, *, experiment: str = "clientage", register: str | None = None) -> Tracked:
        """Log the run to MLflow: settings, figures, report and model, and no customer; see `log_run`.

        Parameters
        ----------
        uri : str
            ``http://server:port`` or ``sqlite:///file.db``.
        experiment : str
            Made when there is none of this name.
        register : str, optional
            Name of the registered model, or ``name@alias``.

        Raises
        ------
        TrackingError
            When the server does not answer or refuses.
        """
        return log_run(self.run, TrackSettings(uri, experiment, register))


def segment(source: Any, *, transactions: Any = None, **settings: Any) -> Study:
    """Find out who the customers in a table or in transactions are.

    Parameters
    ----------
    source : path, database URL or frame
        CSV, TSV, Parquet, XLSX, a SQLAlchemy URL, or a pandas, Polars or Arrow frame.
    transactions : path, database URL or frame, optional
        Invoice lines of the customers in `source`.
    **settings
        ``k, algorithm, seed, k_min, k_max, id, features, profile, outcome, control, ignore, categorical, numeric,
        value, kind, keep_clean, memory``, or a whole section as a dict: ``read={…}, roles={…}, transactions_policy={…},
        features_policy={…}, cluster={…}``.

    Returns
    -------
    Study
        With `.labels`, `.profiles`, `.summary()`, `.predict(…)` and `.save(…)`.

    Raises
    ------
    ClientageError
        When the input, a column or a setting cannot be used, or no segmentation can be made.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> spend = np.concatenate([rng.normal(20, 2, 60), rng.normal(90, 5, 40)])
    >>> visits = np.concatenate([rng.normal(3, 0.5, 60), rng.normal(12, 1, 40)])
    >>> study = segment({"spend": spend, "visits": visits}, seed=1)
    >>> study.summary()["n_segments"]
    2
    """
    return Study(make_study(source, study_settings(settings), transactions=transactions))


def open_run(path: str | Path) -> SavedRun:
    """Open a run directory, or the only run inside a folder.

    Raises
    ------
    ModelError
        When there is no run, more than one, or a damaged one.
    """
    return SavedRun(open_run_directory(path))


def study_settings(keywords: Mapping[str, Any]) -> Settings:
    """Return settings from the keywords of `segment`.

    Raises
    ------
    SettingsError
        For an unknown keyword, with the nearest known one.

    Examples
    --------
    >>> study_settings({"k": 4, "cluster": {"seed": 7}}).cluster.seed
    7
    """
    sections = {
        **{s: s for s in SECTIONS if s not in {"transactions", "features"}},
        "transactions_policy": "transactions",
        "features_policy": "features",
    }
    tree: dict[str, dict[str, Any]] = {}
    for key, value in keywords.items():
        if key in SHORTHANDS:
            tree.setdefault(SHORTHANDS[key], {})[key] = value
        elif key in sections:
            tree.setdefault(sections[key], {}).update(value)
        else:
            known = [*SHORTHANDS, *sections]
            raise SettingsError(
                "a setting of segment()", f"'{key}'", f"See help(clientage.segment).{did_you_mean(key, known)}"
            )
    return settings_from(tree)
