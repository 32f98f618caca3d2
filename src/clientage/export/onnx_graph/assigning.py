"""Encoded customers get their cluster inside the graph, as `clustering/models.py` gives it.

Receives a cluster model, a graph and the encoded matrix in steps of the grid; returns own and other cluster,
confidence and distance. Distances are |x|² − (2c·x − |c|²), exact on the grid; the lowest number wins a tie, as
ArgMin has it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from clientage.clustering.models import CentreModel, ClusterModel, DensityModel, MixtureModel
from clientage.errors import ModelError
from clientage.export.onnx_graph.graph import Graph
from clientage.export.raw_columns import in_steps

NEVER = 1e300  # above any cost


@dataclass(frozen=True, slots=True)
class Result:
    """Names of tensors of shape (N,).

    Parameters
    ----------
    own, other : str
        int64: cluster 0 … k − 1; −1: none.
    confidence, distance : str
        float64, as `Assignment` has them.
    """

    own: str
    other: str
    confidence: str
    distance: str


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The nearest cluster and the next, before any kind's own rules."""

    own: str
    is_own: str  # (N, k)
    best: str
    other: str
    second: str


def assign_rows(graph: Graph, model: ClusterModel, encoded: str, grid_step: float) -> Result:
    """Append a model to a graph.

    Parameters
    ----------
    graph : Graph
        Under construction.
    model : ClusterModel
        Any kind that `model_from_arrays` restores.
    encoded : str
        Tensor (N, p), in steps of the grid.
    grid_step : float
        Of the recipe.

    Raises
    ------
    ModelError
        For a kind of model that has no graph.
    """
    kinds: Mapping[type, Callable[..., Result]] = {
        CentreModel: _centres,
        MixtureModel: _mixture,
        DensityModel: _density,
    }
    if type(model) not in kinds:
        raise ModelError(
            "a model of centres, a mixture or one of density",
            f"one of kind '{model.kind}', which has no ONNX form",
            "Score with `clientage predict`, or run the study with another algorithm.",
        )
    return kinds[type(model)](graph, model, encoded, grid_step)


def _closeness(graph: Graph, encoded: str, points: np.ndarray) -> str:
    """Return (N, m): 2c·x − |c|² of every point, whole numbers of steps²."""
    points = points.astype(np.float64)
    products = graph.do("MatMul", encoded, graph.numbers(2.0 * points.T))
    return graph.do("Sub", products, graph.numbers((points * points).sum(axis=1)))


def _squares(graph: Graph, encoded: str, closeness: str) -> str:
    """Return squared distances from what `_closeness` gave."""
    norms = graph.do("ReduceSum", graph.do("Mul", encoded, encoded), graph.wholes([1]))
    return graph.do("Max", graph.do("Sub", norms, closeness), graph.numbers(0.0))


def _ranked(graph: Graph, costs: str, k: int) -> _Ranked:
    own = graph.do("ArgMin", costs, axis=1, keepdims=0)
    column = graph.do("Unsqueeze", own, graph.wholes([1]))
    is_own = graph.do("Equal", column, graph.wholes(np.arange(k)[None, :]))
    others = graph.do("Where", is_own, graph.numbers(NEVER), costs)
    other = graph.do("ArgMin", others, axis=1, keepdims=0)
    if k == 1:
        other = graph.do("Sub", own, graph.wholes(1))
    return _Ranked(own, is_own, _row("ReduceMin", graph, costs), other, _row("ReduceMin", graph, others))


def _row(operation: str, graph: Graph, tensor: str) -> str:
    return graph.do(operation, tensor, graph.wholes([1]), keepdims=0)


def _own_length(graph: Graph, is_own: str, squares: str, grid_step: float) -> str:
    """Return the distance to the own cluster's middle, in scaled units."""
    own = _row("ReduceSum", graph, graph.do("Where", is_own, squares, graph.numbers(0.0)))
    return graph.do("Mul", graph.do("Sqrt", own), graph.numbers(grid_step))


def _shadow(graph: Graph, ranked: _Ranked, k: int) -> str:
    """Return one minus the shadow value; 1 where there is no other cluster."""
    zero = graph.numbers(0.0)
    if k == 1:
        return graph.do("Add", graph.do("Mul", graph.as_number(ranked.own), zero), graph.numbers(1.0))
    d1, d2 = graph.do("Sqrt", ranked.best), graph.do("Sqrt", ranked.second)
    share = graph.do("Div", graph.do("Mul", graph.numbers(2.0), d1), graph.do("Add", d1, d2))
    value = graph.do("Max", graph.do("Sub", graph.numbers(1.0), share), zero)
    return graph.do("Where", graph.do("Equal", ranked.second, zero), zero, value)


def _centres(graph: Graph, model: CentreModel, encoded: str, grid_step: float) -> Result:
    squares = _squares(graph, encoded, _closeness(graph, encoded, in_steps(model.centers, grid_step)))
    ranked = _ranked(graph, squares, model.n_clusters)
    confidence = _shadow(graph, ranked, model.n_clusters)
    return Result(ranked.own, ranked.other, confidence, _own_length(graph, ranked.is_own, squares, grid_step))


def _mixture(graph: Graph, model: MixtureModel, encoded: str, grid_step: float) -> Result:
    """Costs are minus the logarithms of weight times density."""
    centres = in_steps(model.centers, grid_step).astype(np.float64)
    costs = graph.do(
        "Concat", *(_cost(graph, model, j, centres, (encoded, grid_step)) for j in range(len(centres))), axis=1
    )
    ranked = _ranked(graph, costs, model.n_clusters)
    best = graph.do("Unsqueeze", ranked.best, graph.wholes([1]))
    total = _row("ReduceSum", graph, graph.do("Exp", graph.do("Sub", best, costs)))
    rival = graph.do("Exp", graph.do("Sub", ranked.best, ranked.second))
    confidence = graph.do("Div", graph.do("Sub", graph.numbers(1.0), rival), total)
    squares = _squares(graph, encoded, _closeness(graph, encoded, centres))
    return Result(ranked.own, ranked.other, confidence, _own_length(graph, ranked.is_own, squares, grid_step))


def _cost(graph: Graph, model: MixtureModel, j: int, centres: np.ndarray, rows: tuple[str, float]) -> str:
    encoded, grid_step = rows
    factor = model.triangle(j)
    moved = graph.do("Sub", encoded, graph.numbers(centres[j]))
    white = graph.do("MatMul", moved, graph.numbers(factor * grid_step))
    norm = graph.do("ReduceSum", graph.do("Mul", white, white), graph.wholes([1]))
    logs = math.log(model.weights[j]) + float(np.log(np.diag(factor)).sum())
    constant = logs - 0.5 * len(factor) * math.log(2.0 * math.pi)
    return graph.do("Sub", graph.do("Mul", graph.numbers(0.5), norm), graph.numbers(constant))


def _density(graph: Graph, model: DensityModel, encoded: str, grid_step: float) -> Result:
    k = model.n_clusters
    anchors, edges = in_steps(model.anchors, grid_step), np.searchsorted(model.cluster, np.arange(k + 2))
    near = [
        _squares(graph, encoded, graph.do("ReduceMax", _closeness(graph, encoded, part), graph.wholes([1])))
        for part in np.split(anchors, edges[1:-1])
        if len(part)
    ]
    ranked = _ranked(graph, graph.do("Concat", *near[:k], axis=1), k)
    reach = graph.do("Gather", graph.numbers(model.radius**2 / grid_step**2), ranked.own)
    inside = graph.do("LessOrEqual", ranked.best, reach)
    if len(near) > k:  # rows nearest to an anchor of noise belong to no cluster
        noise = _row("ReduceMin", graph, near[k])
        inside = graph.do("And", inside, graph.do("LessOrEqual", ranked.best, noise))
    squares = _squares(graph, encoded, _closeness(graph, encoded, in_steps(model.centers, grid_step)))
    return Result(
        graph.do("Where", inside, ranked.own, graph.wholes(-1)),
        graph.do("Where", inside, ranked.other, ranked.own),
        graph.do("Where", inside, _shadow(graph, ranked, k), graph.numbers(0.0)),
        _own_length(graph, ranked.is_own, squares, grid_step),
    )
