"""Encoded customers get their cluster: nearest centre, most probable component, or nearest dense point.

Receives a cluster model and the stage ``encoded``; returns the stages up to ``ranked``, with the columns own (1 … k),
other (1 … k, 0: none), confidence and distance. Each kind of model says what is compared (the cost of each cluster,
smaller is better); ranking is one for all, and the lowest number wins a tie as `models.py` has it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.models import CentreModel, ClusterModel, DensityModel, MixtureModel
from clientage.errors import ModelError
from clientage.export.raw_columns import in_steps
from clientage.export.sql.dialects import Dialect
from clientage.export.sql.stages import Rows, Stage, choose, extreme, total
from clientage.grid import Grid

NEVER = 9_223_372_036_854_775_807  # larger than any cost in steps²
UNLIKELY = 1e300  # larger than any cost of a mixture
FAINT = -700.0  # exp of less is 0 beside 1; PostgreSQL refuses what underflows


@dataclass(frozen=True, slots=True)
class Assigning:
    """How one kind of model is written.

    Parameters
    ----------
    stages : sequence of Stage or Rows
        Up to a stage with ``id``, ``cost1`` … ``costk`` and what the result needs.
    carried : tuple of str
        Columns beside the costs that `confidence`, `distance` and `inside` mention.
    worst : str
        A cost above all others.
    confidence, distance : str
        Expressions over own, other, best (the own cluster's cost), second (the other's) and `carried`.
    inside : str
        Condition under which the nearest cluster is the customer's; "": always.
    """

    stages: Sequence[Stage | Rows]
    carried: tuple[str, ...]
    worst: str
    confidence: str
    distance: str
    inside: str = ""


def assign_stages(dialect: Dialect, model: ClusterModel, grid: Grid) -> list[Stage | Rows]:
    """Return the stages from ``encoded`` to ``ranked``.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    model : ClusterModel
        Any kind that `model_from_arrays` restores.
    grid : Grid
        Of the recipe.

    Raises
    ------
    ModelError
        For a kind of model that has no SQL form.
    """
    writers: Mapping[type, Callable[..., Assigning]] = {
        CentreModel: _centres,
        MixtureModel: _mixture,
        DensityModel: _density,
    }
    if type(model) not in writers:
        raise ModelError(
            "a model of centres, a mixture or one of density",
            f"one of kind '{model.kind}', which has no SQL form",
            "Score with `clientage predict`, or run the study with another algorithm.",
        )
    written = writers[type(model)](dialect, model, grid)
    return [*written.stages, *_ranking(dialect, written, model.n_clusters)]


def _ranking(dialect: Dialect, written: Assigning, k: int) -> list[Stage]:
    """Return the stages that find the own cluster and the next one."""
    costs = [f"cost{j}" for j in range(1, k + 1)]
    numbers = {cost: str(j) for j, cost in enumerate(costs, 1)}
    carried = dict.fromkeys(written.carried, "")
    before = written.stages[-1].name
    same = dict.fromkeys(costs, "")
    kept = {"id": "", **carried, **same}
    best = Stage("nearest", {**kept, "best": extreme(dialect.least, costs)}, before, "The smallest cost …", once=True)
    own = Stage(
        "chosen", {**kept, "best": "", "own": choose("best", numbers)}, "nearest", "… and the first cluster with it."
    )
    others = {cost: choose("own", {j: written.worst}, cost) for cost, j in numbers.items()}
    rivals = Stage(
        "rivals", {"id": "", **carried, "best": "", "own": "", **others}, "chosen", "Without it …", once=True
    )
    found = {"id": "", **carried, "best": "", "own": "", **same, "second": extreme(dialect.least, costs)}
    second = Stage("runners_up", found, "rivals", "… the next smallest.", once=True)
    other = "0" if k == 1 else choose("second", numbers)
    result = {"own": "", "other": other, "confidence": written.confidence, "distance": written.distance}
    if written.inside:
        result = {
            "own": f"CASE WHEN {written.inside} THEN own ELSE 0 END",
            "other": f"CASE WHEN {written.inside} THEN {other} ELSE own END",
            "confidence": f"CASE WHEN {written.inside} THEN {written.confidence} ELSE {dialect.float_of(0.0)} END",
            "distance": written.distance,
        }
    ranked = Stage("ranked", {"id": "", **result}, "runners_up", "Cluster, runner-up, confidence and distance.")
    return [best, own, rivals, second, ranked]


def _squares(steps: np.ndarray) -> str:
    """Return the squared distance to a point, in steps²: exact in 64-bit integers."""
    differences = [f"(q{i} - {_whole(c)})" for i, c in enumerate(steps.tolist(), 1)]
    return total([f"{d} * {d}" for d in differences])


def _whole(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def _length(dialect: Dialect, squares: str, grid: Grid) -> str:
    """Return a squared distance in steps² as a distance in scaled units."""
    return f"SQRT(CAST({squares} AS {dialect.double})) * {dialect.float_of(grid.step)}"


def _shadow(dialect: Dialect, k: int) -> str:
    """Return one minus the shadow value from the squared distances best and second."""
    one, two = dialect.float_of(1.0), dialect.float_of(2.0)
    if k == 1:
        return one
    d1, d2 = (f"SQRT(CAST({c} AS {dialect.double}))" for c in ("best", "second"))
    share = f"{dialect.greatest}({one} - {two} * {d1} / ({d1} + {d2}), {dialect.float_of(0.0)})"
    return f"CASE WHEN second = 0 THEN {dialect.float_of(0.0)} ELSE {share} END"


def _centres(dialect: Dialect, model: CentreModel, grid: Grid) -> Assigning:
    costs = {f"cost{j}": _squares(c) for j, c in enumerate(in_steps(model.centers, grid.step), 1)}
    stage = Stage(
        "distances",
        {"id": "", **costs},
        "encoded",
        "Squared distance to every centre, in steps.",
        once=True,
    )
    return Assigning([stage], (), str(NEVER), _shadow(dialect, model.n_clusters), _length(dialect, "best", grid))


def _mixture(dialect: Dialect, model: MixtureModel, grid: Grid) -> Assigning:
    """Costs are minus the logarithms of weight times density; the order of operations is that of `log_joint`."""
    k = len(model.centers)
    centres = in_steps(model.centers, grid.step)
    squares = {f"square{j}": _squares(c) for j, c in enumerate(centres, 1)}
    costs = {f"cost{j}": _cost(dialect, model, j - 1, centres[j - 1], grid.step) for j in range(1, k + 1)}
    stages = [
        Stage(
            "densities",
            {"id": "", **squares, **costs},
            "encoded",
            "Squared distance to every mean; minus the logarithm of weight times density of every component.",
            once=True,
        )
    ]
    own_square = choose("own", {j: f"square{j}" for j in range(1, k + 1)})
    # what the rivals lost, the own cluster's cost apart, is still in cost1 … costk; the own one counts as exp(0)
    shares = " + ".join(choose("own", {j: dialect.float_of(1.0)}, _share(dialect, f"cost{j}")) for j in range(1, k + 1))
    confidence = (
        dialect.float_of(1.0) if k == 1 else f"({dialect.float_of(1.0)} - {_share(dialect, 'second')}) / ({shares})"
    )
    return Assigning(stages, tuple(squares), dialect.float_of(UNLIKELY), confidence, _length(dialect, own_square, grid))


def _cost(dialect: Dialect, model: MixtureModel, j: int, centre: np.ndarray, step: float) -> str:
    """Return minus the logarithm of weight times density of one component."""
    factor = model.triangle(j)
    moved = [_moved(dialect, column, centre.tolist()) for column in (factor * step).T.tolist()]
    logs = math.log(model.weights[j]) + float(np.log(np.diag(factor)).sum())
    constant = logs - 0.5 * len(factor) * math.log(2.0 * math.pi)
    norm = total([f"({y}) * ({y})" for y in moved])
    return f"{dialect.float_of(0.5)} * ({norm}) - {dialect.float_of(constant)}"


def _moved(dialect: Dialect, factors: Sequence[float], centre: Sequence[int]) -> str:
    """Return one coordinate of the deviation from a mean, as the component scales and turns it."""
    pairs = [(i, f, c) for i, (f, c) in enumerate(zip(factors, centre, strict=True), 1) if f]
    return total([f"(q{i} - {_whole(c)}) * {dialect.float_of(f)}" for i, f, c in pairs])


def _share(dialect: Dialect, cost: str) -> str:
    """Return a component's posterior relative to the own one."""
    return f"EXP({dialect.greatest}(best - {cost}, {dialect.float_of(FAINT)}))"


def _density(dialect: Dialect, model: DensityModel, grid: Grid) -> Assigning:
    """Dense points stand in a table of literals; every customer meets every one of them."""
    k, p = model.centers.shape
    cluster = (np.asarray(model.cluster, dtype=np.int64) + 1)[:, None]
    points = np.hstack([in_steps(model.anchors, grid.step), cluster]).tolist()
    anchors = dialect.rows_of("anchors", [*(f"a{i}" for i in range(1, p + 1)), "cluster"], points, "Dense points.")
    squares = {f"square{j}": _squares(c) for j, c in enumerate(in_steps(model.centers, grid.step), 1)}
    encoded = dict.fromkeys([f"q{i}" for i in range(1, p + 1)], "")
    numbered = Stage(
        "numbered", {"id": "", "place": dialect.row_number, **squares, **encoded}, "encoded", "Customers by number."
    )
    square = total([f"(q{i} - a{i}) * (q{i} - a{i})" for i in range(1, p + 1)])
    met = Stage(
        "met",
        {"id": "", "place": "", **dict.fromkeys(squares, ""), "cluster": "", "square": square},
        "numbered CROSS JOIN anchors",
        "Squared distance to every dense point.",
    )
    near = {f"cost{j}": f"MIN(CASE cluster WHEN {j} THEN square ELSE {NEVER} END)" for j in range(1, k + 2)}
    nearest = Stage(
        "distances",
        {"id": dialect.any_value.format("id"), **{s: f"MIN({s})" for s in squares}, **near},
        "met",
        f"To the nearest dense point of every cluster; cost{k + 1}: of those in no cluster.",
        "GROUP BY place",
        once=True,
    )
    reach = choose("own", {j + 1: dialect.float_of(float(r) ** 2 / grid.step**2) for j, r in enumerate(model.radius)})
    own_square = choose("own", {j: f"square{j}" for j in range(1, k + 1)})
    return Assigning(
        [anchors, numbered, met, nearest],
        (*squares, f"cost{k + 1}"),
        str(NEVER),
        _shadow(dialect, k),
        _length(dialect, own_square, grid),
        inside=f"CAST(best AS {dialect.double}) <= {reach} AND best <= cost{k + 1}",
    )
