"""Rules in original units that say who is in which segment, and how well they say it.

Receives the customers, their encoded matrix, the segmentation and the selection; returns a `RuleSet`: a short tree
as text and as SQL. Rules are an approximation for people and databases: the model decides, and every rule comes
with its precision and recall on customers it was not learned from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clientage.clustering.hashing import hash_rows
from clientage.data.table import Column
from clientage.features.categories import as_categories
from clientage.features.steps import MISSING, CategoryStep, NumberStep
from clientage.grid import Grid
from clientage.segments.conditions import CategoryCondition, Condition, NumberCondition, round_between
from clientage.segments.headings import Heading, headings
from clientage.segments.rule_tree import Node, grow_surrogate, grow_threshold_tree
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.selection import Selection

FOLDS = 10  # every customer is judged by rules learned from the other nine tenths
ENOUGH = 800  # customers from which on four fifths are enough to learn from, in half the time
FEWER_FOLDS = 5
MOST_ROWS = 6_000  # customers drawn for learning and judging
MORE_CONDITIONS = 2  # than segments

Path = tuple[Condition, ...]
Drawn = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is in a segment.

    Parameters
    ----------
    segment_id : int
        1 … k.
    ways : tuple of tuple of Condition
        All conditions of one of them must hold.
    n : int
        Held-out customers the rule takes.
    precision, recall : float or None
        Of those customers, the share in the segment; of the segment's customers, the share among them. Every
        customer is judged by rules that were learned without them.
    """

    segment_id: int
    ways: tuple[Path, ...]
    n: int = 0
    precision: float | None = None
    recall: float | None = None

    def holds(self, columns: Mapping[str, Column]) -> np.ndarray:
        """Boolean (n,): which customers the rule takes."""
        found = np.zeros(len(next(iter(columns.values()))), dtype=bool)
        for way in self.ways:
            inside = np.ones(len(found), dtype=bool)
            for condition in way:
                inside &= condition.holds(columns[condition.column])
            found |= inside
        return found

    @property
    def words(self) -> str:
        """The rule as a clause: "annual income at most $39k and spending score above 50"."""
        return "; or ".join(" and ".join(c.words for c in way) or "every customer" for way in self.ways)

    @property
    def quality(self) -> str:
        """How well it says it: "98% right, finds 95% of the segment"."""
        if self.recall is None:
            return "not judged"
        if self.precision is None:
            return "finds none of the segment"
        return f"{percent(self.precision)} right, finds {percent(self.recall)} of the segment"

    @property
    def sql(self) -> str:
        """The rule as a test for databases."""
        ways = [" AND ".join(c.sql for c in way) or "1 = 1" for way in self.ways]
        return ways[0] if len(ways) == 1 else " OR ".join(f"({way})" for way in ways)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that put every customer into exactly one segment.

    Parameters
    ----------
    method : {"threshold tree", "surrogate tree"}
        IMM grown as ExKMC for models of centres; a classification tree on the labels for others.
    rules : tuple of Rule
        In order of segments. A segment too small or too scattered for a rule has none.
    fidelity : float
        Share of held-out customers to whom rules give the segment the model gave.
    judged_on : int
        Customers.
    thresholds : int
        Conditions in the tree.

    Examples
    --------
    >>> less, more = NumberCondition("spend", "spend", None, 50.0), NumberCondition("spend", "spend", 50.0, None)
    >>> rules = RuleSet("threshold tree", (Rule(1, ((less,),)), Rule(2, ((more,),))), 1.0, 9, 1)
    >>> rules.apply([Column("spend", "number", np.array([10.0, 80.0]))]).tolist()
    [1, 2]
    >>> print(rules.sql())
    CASE
      WHEN "spend" <= 50 THEN 1
      WHEN "spend" > 50 THEN 2
    END
    """

    method: str
    rules: tuple[Rule, ...]
    fidelity: float
    judged_on: int
    thresholds: int

    def apply(self, columns: Sequence[Column]) -> np.ndarray:
        """Return the segment id the rules give to each customer, int32 (n,).

        Parameters
        ----------
        columns : sequence of Column
            In original units; those the rules name must be among them.
        """
        return _told(self.rules, columns)

    def text(self, names: Sequence[str]) -> str:
        """Return the rules as lines for people.

        Parameters
        ----------
        names : sequence of str
            Segment names, segment 1 first.
        """
        lines = [f"{names[r.segment_id - 1]}: {r.words} ({r.quality})" for r in self.rules]
        whole = f"Together they agree with the model for {percent(self.fidelity)} of held-out customers."
        return "\n".join([*lines, whole])

    def sql(self) -> str:
        """Return a CASE expression over columns of the original names; a missing value is NULL."""
        return "\n".join(["CASE", *(f"  WHEN {r.sql} THEN {r.segment_id}" for r in self.rules), "END"])


def learn_rules(
    customers: Customers,
    matrix: FeatureMatrix,
    segmentation: Segmentation,
    selection: Selection,
    drawn: Drawn | None = None,
) -> RuleSet | None:
    """Learn rules for the segments, and judge them on customers they were not learned from.

    Parameters
    ----------
    customers : Customers
        With original values of the features.
    matrix : FeatureMatrix
        The encoded features, (n, p), and the recipe that leads back to original units.
    segmentation : Segmentation
        What the rules shall say.
    selection : Selection
        The kind of its model decides the method; centres are used where the model has them.
    drawn : tuple of ndarray, optional
        From `drawn_rows`, where they are drawn already.

    Returns
    -------
    RuleSet or None
        None where there is nothing to tell apart. Customers without a segment are left out.
    """
    rows, fold = drawn or drawn_rows(customers, matrix)
    used = segmentation.labels[rows] >= 0
    rows, fold = rows[used], fold[used]
    labels = segmentation.labels[rows]
    folds = FEWER_FOLDS if len(rows) >= ENOUGH else FOLDS
    fold = fold % folds
    if len(np.unique(labels)) < 2 or len(np.unique(fold)) < folds:
        return None
    model = selection.chosen.model
    centers = np.asarray(model.centers)[segmentation.order] if model.kind == "centres" else None
    axes = _axes(customers, matrix, rows)
    learner = _Learner(matrix.values[rows], labels, centers, axes, segmentation.k)
    columns = [c.take(rows) for c in customers.features]
    told = np.zeros(len(rows), dtype=np.int32)
    for i in range(folds):
        held = np.flatnonzero(fold == i)
        told[held] = _told(learner.rules(np.flatnonzero(fold != i)), [c.take(held) for c in columns])
    rules = learner.rules(np.arange(len(rows)))
    return RuleSet(
        method="surrogate tree" if centers is None else "threshold tree",
        rules=tuple(_judged(rule, told, labels + 1) for rule in rules),
        fidelity=float(np.mean(told == labels + 1)),
        judged_on=len(rows),
        thresholds=sum(len(rule.ways) for rule in rules) - 1,
    )


@dataclass(frozen=True, slots=True)
class _Learner:
    """The drawn customers, from any part of whom rules can be learned."""

    x: np.ndarray
    labels: np.ndarray
    centers: np.ndarray | None
    axes: list[_Axis]
    k: int

    def rules(self, part: np.ndarray) -> list[Rule]:
        """One rule for each segment that the tree on these customers has a leaf for."""
        most = self.k + MORE_CONDITIONS + 1  # a tree has one leaf more than conditions
        x, labels = self.x[part], self.labels[part]
        if self.centers is None:
            tree = grow_surrogate(x, labels, most)
        else:
            tree = grow_threshold_tree(x, labels, self.centers, most)
        ways: dict[int, list[tuple[int, Path]]] = {}
        for leaf, path in _paths(tree, [axis.of(part) for axis in self.axes], ()):
            ways.setdefault(leaf.label, []).append((-len(leaf.rows), path))
        ordered = [(j, sorted(found, key=lambda pair: pair[0])) for j, found in sorted(ways.items())]
        return [Rule(j + 1, tuple(path for _, path in found)) for j, found in ordered]


@dataclass(frozen=True, slots=True)
class _Axis:
    """What an encoded column is in original units, for the customers the tree was learned from."""

    column: Column
    step: NumberStep | CategoryStep
    category: str | None
    heading: Heading
    gaps: bool

    def of(self, part: np.ndarray) -> _Axis:
        """The same for a part of the customers."""
        return replace(self, column=self.column.take(part))

    def conditions(self, node: Node) -> tuple[Condition, Condition]:
        """The condition of a node's left side and of its right side."""
        name, title = self.column.name, self.heading.words
        if self.category is not None:
            chosen = self._spellings()
            missing = self.category == MISSING
            inside = CategoryCondition(name, title, chosen, outside=False, missing=missing)
            return CategoryCondition(name, title, chosen, outside=True, missing=not missing), inside
        if node.left is None or node.right is None or not isinstance(self.step, NumberStep):
            raise ValueError("a leaf has no condition")
        raw = np.where(np.isnan(self.column.values), self.step.fill, self.column.values)
        low, high = float(raw[node.left.rows].max()), float(raw[node.right.rows].min())
        at = round_between(low, high, whole=self.column.is_integer)
        known = self.step.fill <= at
        unit = "share" if self.step.is_zero_one else self.heading.unit
        left = NumberCondition(name, title, None, at, missing=known, unit=unit, gaps=self.gaps)
        return left, NumberCondition(name, title, at, None, missing=not known, unit=unit, gaps=self.gaps)

    def _spellings(self) -> tuple[str, ...]:
        """The categories of the column that are encoded as this one."""
        if self.category == MISSING:
            return ()
        place = self.step.names.index(f"{self.step.name}={self.category}")
        texts = self.column.categories
        one = Column(self.column.name, "text", np.arange(len(texts), dtype=np.int32), texts)
        level = self.step.apply(one).values[place]
        return tuple(t for t, is_it in zip(texts, level > 0, strict=True) if is_it)


def _axes(customers: Customers, matrix: FeatureMatrix, rows: np.ndarray) -> list[_Axis]:
    columns = {c.name: c for c in customers.features}
    words = headings(list(columns), customers.titles, customers.units)
    axes: list[_Axis] = []
    for step in matrix.recipe.features:
        column = columns[step.name]
        if isinstance(step, CategoryStep):
            column = as_categories(column).take(rows)
            axes += [_Axis(column, step, kind, words[step.name], column.n_missing > 0) for kind in step.categories]
        else:
            axes.append(_Axis(column.take(rows), step, None, words[step.name], column.n_missing > 0))
    return axes


def drawn_rows(customers: Customers, matrix: FeatureMatrix) -> Drawn:  # noqa: ARG001 - one of several makers
    """Return rows to learn from, and the fold of each: drawn by what they hold and not by where they stand."""
    keys = hash_rows(matrix.values, Grid(matrix.recipe.grid_step, matrix.recipe.grid_limit), seed=0)
    share = min(1.0, MOST_ROWS / max(len(keys), 1))
    rows = np.flatnonzero((keys & np.uint64(0xFFFFFFFF)) < np.uint64(int(share * 2**32)))
    return rows, ((keys[rows] >> np.uint64(32)) % np.uint64(FOLDS)).astype(np.int64)


def _paths(node: Node, axes: list[_Axis], above: Path) -> list[tuple[Node, Path]]:
    """Every leaf with the conditions on the way to it, at most one for each column."""
    if node.split is None or node.left is None or node.right is None:
        return [(node, above)]
    left, right = axes[node.split.axis].conditions(node)
    return [
        *_paths(node.left, axes, _with(above, left)),
        *_paths(node.right, axes, _with(above, right)),
    ]


def _with(conditions: Path, further: Condition) -> Path:
    for i, known in enumerate(conditions):
        merged = known.merged(further)
        if merged is not None:
            return (*conditions[:i], merged, *conditions[i + 1 :])
    return (*conditions, further)


def _told(rules: Sequence[Rule], columns: Sequence[Column]) -> np.ndarray:
    by_name = {c.name: c for c in columns}
    ids = np.zeros(len(columns[0]), dtype=np.int32)
    for rule in rules:
        ids[rule.holds(by_name)] = rule.segment_id
    return ids


def _judged(rule: Rule, told: np.ndarray, true: np.ndarray) -> Rule:
    taken, own = told == rule.segment_id, true == rule.segment_id
    hits, n, there = int((taken & own).sum()), int(taken.sum()), int(own.sum())
    return replace(rule, n=n, precision=hits / n if n else None, recall=hits / there if there else None)
