"""Why a customer is in a segment: what speaks for it, and what for the nearest other one, feature by feature.

Receives a saved model and the features of one customer; returns an `Explanation`. Every part of it is the model's own
arithmetic taken apart, not a second model beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.models import ClusterModel, DensityModel, MixtureModel
from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.features.encoding import Recipe
from clientage.features.steps import CategoryStep, NumberStep, Step
from clientage.runs.model import SavedModel
from clientage.scoring.inputs import inputs_of
from clientage.scoring.scorer import Scorer
from clientage.segments.headings import headings
from clientage.segments.wording import number


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature says.

    Parameters
    ----------
    feature, title : str
        Its name, and its words.
    here : str
        The customer's value as people read it.
    typical, elsewhere : str
        The value at the middle of the own and of the other segment; "" where the model has none in original units.
    weight : float
        Share of all that speaks either way, −1 to 1: above 0 it speaks for the own segment, below for the other.
    words : str
        The same as a sentence.
    """

    feature: str
    title: str
    here: str
    typical: str
    elsewhere: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One customer's segment and why.

    Parameters
    ----------
    segment_id : int
        1 … k; 0: no segment.
    name : str
        The segment's.
    confidence : float
        0 halfway between two segments, to 1.
    other_id, other : int, str
        The nearest other segment; 0 and "" where there is none.
    contributions : tuple of Contribution
        The heaviest first; empty where there is no other segment to tell from.
    notes : tuple of Note
        Values out of the range of training, new categories, gaps that were filled.
    """

    segment_id: int
    name: str
    confidence: float
    other_id: int
    other: str
    contributions: tuple[Contribution, ...]
    notes: tuple[Note, ...]


def explain(model: SavedModel, features: Sequence[Column]) -> Explanation:
    """Return the segment of one customer and what speaks for it.

    Parameters
    ----------
    model : SavedModel
        As `Run.model()` returns it.
    features : sequence of Column
        The model's features, one row each, of the kinds the model knows.

    Returns
    -------
    Explanation
        For centres and density clusters the parts are those of the difference of two squared distances, which they
        add up to. For a mixture each is what the log odds lose when the feature is not known, the others being so
        (weight of evidence: Good 1950, "Probability and the Weighing of Evidence").

    Raises
    ------
    ColumnError
        When a feature is missing or of another kind.
    """
    scored = Scorer(model).score_features(features)
    if len(scored) == 0:
        return Explanation(0, "", 0.0, 0, "", (), scored.notes)
    own, other = int(scored.segment_ids[0]), int(scored.runner_up_ids[0])
    parts: tuple[Contribution, ...] = ()
    if own and other:
        x = model.recipe.apply(features).values[0]
        clusters = int(model.order[own - 1]), int(model.order[other - 1])
        weights = _by_feature(evidence(model.clusters, x, *clusters, model.recipe.feature_of), model.recipe)
        parts = _contributions(model, features, weights, clusters)
    return Explanation(
        own,
        str(scored.segment_names[0]),
        float(scored.confidence[0]),
        other,
        model.names[other - 1] if other else "",
        parts,
        scored.notes,
    )


def evidence(model: ClusterModel, x: np.ndarray, own: int, other: int, feature_of: np.ndarray) -> np.ndarray:
    """Return what each encoded column says for one cluster and against another.

    Parameters
    ----------
    model : ClusterModel
        Of any kind.
    x : ndarray of shape (p,)
        One encoded customer.
    own, other : int
        Clusters.
    feature_of : ndarray of shape (p,)
        Columns of one feature are taken away together; what they say together stands at the first of them.

    Examples
    --------
    >>> from clientage.clustering.models import CentreModel
    >>> centres = CentreModel(np.array([[0.0, 0.0], [4.0, 0.0]]))
    >>> evidence(centres, np.array([1.0, 5.0]), 0, 1, np.array([0, 1])).tolist()
    [8.0, 0.0]
    """
    if isinstance(model, MixtureModel):
        return _evidence_of_mixture(model, x, (own, other), feature_of)
    near = [_nearest_point(model, x, cluster) for cluster in (own, other)]
    return np.asarray((x - near[1]) ** 2 - (x - near[0]) ** 2)


def _nearest_point(model: ClusterModel, x: np.ndarray, cluster: int) -> np.ndarray:
    if not isinstance(model, DensityModel):
        return np.asarray(model.centers[cluster])
    anchors = model.anchors[model.cluster == cluster]
    return np.asarray(anchors[int(((anchors - x) ** 2).sum(axis=1).argmin())])


def _evidence_of_mixture(
    model: MixtureModel, x: np.ndarray, clusters: tuple[int, int], feature_of: np.ndarray
) -> np.ndarray:
    """The log odds of the two components, less those without the feature."""
    triangles = [model.triangle(c) for c in clusters]
    covariances = [np.linalg.inv(triangle @ triangle.T) for triangle in triangles]

    def odds(kept: np.ndarray) -> float:
        if not kept.any():
            return 0.0
        sides = []
        for c, covariance in zip(clusters, covariances, strict=True):
            part = covariance[np.ix_(kept, kept)]
            gap = (x - model.centers[c])[kept]
            sides.append(-0.5 * float(gap @ np.linalg.solve(part, gap)) - 0.5 * float(np.linalg.slogdet(part)[1]))
        return sides[0] - sides[1]

    whole = odds(np.ones(len(x), dtype=bool))
    out = np.zeros(len(x))
    for feature in np.unique(feature_of):
        out[np.flatnonzero(feature_of == feature)[0]] = whole - odds(feature_of != feature)
    return out


def _by_feature(parts: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Sum the columns of each feature, as shares of all that speaks either way."""
    sums = np.bincount(recipe.feature_of, parts, len(recipe.features))
    total = float(np.abs(sums).sum())
    return np.asarray(sums / total if total > 0 else sums)


def _contributions(
    model: SavedModel, features: Sequence[Column], weights: np.ndarray, clusters: tuple[int, int]
) -> tuple[Contribution, ...]:
    recipe, held = model.recipe, {c.name: c for c in features}
    words = headings_of(model)
    edges = np.searchsorted(recipe.feature_of, np.arange(len(recipe.features) + 1))
    out = []
    for j in np.argsort(-np.abs(weights), kind="stable").tolist():
        step = recipe.features[j]
        middles = [model.clusters.centers[c][edges[j] : edges[j + 1]] for c in clusters]
        title, unit = words[step.name]
        here = _here(step, held[step.name], unit)
        typical, elsewhere = (_middle(step, middle, unit) for middle in middles)
        weight = float(weights[j])
        said = _words(title, here, (typical, elsewhere), weight)
        out.append(Contribution(step.name, title, here, typical, elsewhere, weight, said))
    return tuple(out)


def headings_of(model: SavedModel) -> dict[str, tuple[str, str | None]]:
    """Return words and unit of every feature by its name, as the profiles have them."""
    asked = inputs_of(model)
    titles = {column.name: column.meaning for column in asked if column.meaning}
    units = {column.name: column.unit for column in asked if column.unit}
    found = headings([column.name for column in asked], titles, units)
    return {name: (heading.words, heading.unit) for name, heading in found.items()}


def _here(step: Step, column: Column, unit: str | None) -> str:
    if bool(column.missing[0]):
        return "not known"
    if column.kind == "text":
        return column.categories[int(column.values[0])]
    value = float(column.values[0])
    return ("yes" if value else "no") if isinstance(step, NumberStep) and step.is_zero_one else number(value, unit)


def _middle(step: Step, encoded: np.ndarray, unit: str | None) -> str:
    """The middle of a segment in original units: a number, the share of yes, or the category that marks it most."""
    if isinstance(step, CategoryStep):
        return step.categories[int(np.argmax(encoded))]
    moved = float(encoded[0]) / step.factor * step.scale + step.center
    if step.is_zero_one:
        return f"{min(1.0, max(0.0, moved)):.0%} yes"
    value = step.invert(moved)
    return "" if value is None else number(value, unit)


def _words(title: str, here: str, middles: tuple[str, str], weight: float) -> str:
    side = "speaks for this segment" if weight > 0 else "speaks for the other" if weight < 0 else "says nothing"
    typical, elsewhere = middles
    told = f" (typical here {typical}, there {elsewhere})" if typical and elsewhere else ""
    return f"{title} {here} {side}{told}"
