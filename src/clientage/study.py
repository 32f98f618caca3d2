"""The walk: from a source to a study, the steps of the house in order, on one screen.

Receives a source and settings, returns a `StudyRecord`: everything found, nothing formatted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from clientage.checks.base import Evidence, Finding, Unjudged, moments_of
from clientage.checks.catalogue import check
from clientage.checks.drift import feature_histograms
from clientage.checks.verdict import Verdict, verdict_of
from clientage.clustering.coreset import Coreset, summarise
from clientage.config import Settings
from clientage.cores import LARGE, Ahead, both
from clientage.data.columns import Roles, assign_roles
from clientage.data.freed import give_back
from clientage.data.reading import read
from clientage.data.table import Source, Table
from clientage.errors import DataError
from clientage.features.amounts import amounts_by
from clientage.features.customers import Customers, build_customers
from clientage.features.encoding import FeatureMatrix, encode
from clientage.features.transactions import build_from_transactions, build_joined
from clientage.memory import allowed_memory, reuse_large_arrays
from clientage.segments.everybody import everybody
from clientage.segments.profiles import Profiles, profile
from clientage.segments.rules import RuleSet, drawn_rows, learn_rules
from clientage.segments.segmentation import Segmentation, to_segments
from clientage.selection.select import select
from clientage.selection.selection import Selection
from clientage.spool import rows_in_memory

STEPS = {  # step -> what a person reads while it runs
    "read": "Reading the data",
    "customers": "Preparing the customers",
    "encode": "Encoding the features",
    "summarise": "Summarising",
    "select": "Trying algorithms and numbers of segments",
    "assign": "Assigning every customer",
    "describe": "Describing the segments",
    "check": "Checking what can be trusted",
}

PART = 4  # a process larger than this part of its budget gives back what a step freed before the next begins
OnStep = Callable[[str], None]
Maker = Callable[[Customers, FeatureMatrix], Any]
BEFORE_SEGMENTS: tuple[Maker, ...] = (everybody, drawn_rows, moments_of, feature_histograms)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known before any clustering.

    Parameters
    ----------
    sources : tuple of Source
        The main input first.
    roles : tuple of Roles
        One for each input.
    customers : Customers
        One row for each customer.
    """

    sources: tuple[Source, ...]
    roles: tuple[Roles, ...]
    customers: Customers


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """Everything a study found; reports, runs and dashboards read it and compute nothing of their own.

    Parameters
    ----------
    settings : Settings
        As asked for.
    prepared : Prepared
        Inputs, roles and customers.
    matrix : FeatureMatrix
        Encoded features, (n customers, p columns).
    coreset : Coreset
        The weighted points the choice was made on.
    selection : Selection
        Every candidate, the winner and why.
    segmentation : Segmentation
        The segment of every customer.
    profiles : Profiles
        Sizes, names, traits and recommendations.
    rules : RuleSet or None
        Who is in which segment, in original units; None where there is nothing to tell apart.
    findings : tuple of Finding
        Trust checks that had something to say.
    unjudged : tuple of Unjudged
        Trust checks that could not judge, and why.
    verdict : Verdict
        What kind of segmentation this is.
    timings : mapping of str to float
        Seconds for each step of `STEPS`.
    peak_memory_mb : float
        Largest resident size of the process up to the end of the walk.
    ahead : Ahead
        What was worked out while the number of segments was being chosen; empty for few customers.
    """

    settings: Settings
    prepared: Prepared
    matrix: FeatureMatrix
    coreset: Coreset
    selection: Selection
    segmentation: Segmentation
    profiles: Profiles
    rules: RuleSet | None
    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]
    verdict: Verdict
    timings: Mapping[str, float]
    peak_memory_mb: float
    ahead: Ahead = field(default_factory=Ahead)

    @property
    def customers(self) -> Customers:
        """The customers of the study."""
        return self.prepared.customers

    @property
    def segment_ids(self) -> np.ndarray:
        """Segment id of every customer, int32 (n,): 1 … k, and 0 for a customer without a segment."""
        ids: np.ndarray = self.segmentation.labels + np.int32(1)
        return ids

    @property
    def row_labels(self) -> np.ndarray:
        """Segment id of every input row, int32: as `segment_ids`, and -1 for a row that was not used."""
        rows = self.customers.row_customer
        return np.where(rows >= 0, self.segment_ids[rows], np.int32(-1)).astype(np.int32)


class Stopwatch:
    """Seconds for each step, told to a listener as the steps begin.

    Parameters
    ----------
    on_step : callable or None
        Called with the step's name when it begins.
    memory : str or None
        As the setting ``read.memory``: its budget.
    """

    def __init__(self, on_step: OnStep | None = None, memory: str | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._on_step = on_step
        self._large_mb = allowed_memory(memory) / 1e6 / PART

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block under this name."""
        if self._on_step is not None:
            self._on_step(name)
        begin = time.perf_counter()
        yield
        if peak_memory_mb() > self._large_mb:
            give_back()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin


def make_study(
    source: Any,
    settings: Settings | None = None,
    *,
    transactions: Any = None,
    on_step: OnStep | None = None,
    also: Sequence[Maker] = (),
) -> StudyRecord:
    """Turn a source into a study.

    Parameters
    ----------
    source : path, database URL or frame
        A customer table or transactions; see `clientage.data.reading.read`.
    settings : Settings, optional
        Default: every default.
    transactions : path, database URL or frame, optional
        Invoice lines of the customers in `source`.
    on_step : callable, optional
        Called with a key of `STEPS` when a step begins.
    also : sequence of callable, optional
        As for `study_customers`.

    Raises
    ------
    ClientageError
        When the input, a column or a setting cannot be used, or no segmentation can be made.
    """
    settings = settings or Settings()
    watch = Stopwatch(on_step, settings.read.memory)
    prepared = prepare(source, settings, transactions=transactions, watch=watch)
    return study_customers(prepared, settings, watch=watch, also=also)


def study_customers(
    prepared: Prepared, settings: Settings, *, watch: Stopwatch | None = None, also: Sequence[Maker] = ()
) -> StudyRecord:
    """Walk the steps that come after the customers are known.

    Parameters
    ----------
    prepared : Prepared
        Customers, with the features that the settings ask for.
    settings : Settings
        As for `make_study`.
    watch : Stopwatch, optional
        Takes the time of every step.
    also : sequence of callable, optional
        Of customers and their matrix; what they return will be asked of `StudyRecord.ahead`. With many customers they
        are called beside the choice.

    Raises
    ------
    ClientageError
        When no segmentation can be made.
    """
    watch = watch or Stopwatch()
    customers = prepared.customers
    with watch.step("encode"):
        matrix = encode(customers, settings.features)
    with watch.step("summarise"):
        coreset = summarise(matrix.values, size=settings.cluster.coreset_size, seed=settings.cluster.seed)
    rows = rows_in_memory([matrix.held])
    ahead = Ahead((*BEFORE_SEGMENTS, *also), customers, matrix, rows=rows)
    with watch.step("select"):
        selection = select(
            matrix.values,
            coreset,
            settings.cluster,
            feature_of=matrix.feature_of,
            amounts=amounts_by(matrix),
        )
    with watch.step("assign"):
        model = selection.chosen.model
        segmentation = to_segments(model.assign(matrix.values), model)
    with watch.step("describe"):
        known = ahead.take(everybody)
        told = partial(profile, customers, matrix, segmentation, selection, control=settings.roles.control, known=known)
        learn = partial(learn_rules, customers, matrix, segmentation, selection, ahead.take(drawn_rows))
        profiles, rules = both(told, learn, rows)
    with watch.step("check"):
        moments = ahead.take(moments_of)
        findings, unjudged = check(Evidence(customers, matrix, selection, segmentation, profiles, moments, settings))
        verdict = verdict_of(selection)
    return StudyRecord(
        settings=settings,
        prepared=prepared,
        matrix=matrix,
        coreset=coreset,
        selection=selection,
        segmentation=segmentation,
        profiles=profiles,
        rules=rules,
        findings=findings,
        unjudged=unjudged,
        verdict=verdict,
        timings=dict(watch.seconds),
        peak_memory_mb=peak_memory_mb(),
        ahead=ahead,
    )


def prepare(source: Any, settings: Settings, *, transactions: Any = None, watch: Stopwatch | None = None) -> Prepared:
    """Read the source, find out what its columns are, and make one row of each customer.

    Parameters
    ----------
    source, settings, transactions
        As for `make_study`.
    watch : Stopwatch, optional
        Takes the time of the steps ``read`` and ``customers``.

    Raises
    ------
    ClientageError
        When the input or a column cannot be used.
    """
    watch = watch or Stopwatch()
    with watch.step("read"):
        table = read(source, settings.read)
        lines = None if transactions is None else read(transactions, settings.read)
        if rows_in_memory(c.held for c in table.columns) >= LARGE and settings.read.memory is None:
            reuse_large_arrays()
    with watch.step("customers"):
        roles = assign_roles(table, settings.roles, settings.features)
        if lines is not None:
            line_roles = _roles_of_lines(lines, roles, settings)
            joined = build_joined(table, roles, lines, line_roles, settings)
            return Prepared((table.source, lines.source), (roles, line_roles), joined)
        build = build_from_transactions if roles.kind == "transactions" else build_customers
        return Prepared((table.source,), (roles,), build(table, roles, settings))


def _roles_of_lines(lines: Table, roles: Roles, settings: Settings) -> Roles:
    """Roles of the second file, which is known to hold transactions of a customer table."""
    if roles.kind != "customers":
        raise DataError(
            "a customer table as the main input when transactions are given beside it",
            "transactions there as well",
            "Give the customer table first and the invoice lines with --transactions, or the invoice lines alone.",
        )
    return assign_roles(lines, replace(settings.roles, kind="transactions", features=(), id=None), settings.features)


def peak_memory_mb() -> float:
    """Return the largest resident size of this process so far, in MB of 10⁶ bytes."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such account
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1e6 if sys.platform == "darwin" else 1e6 / 1024)
