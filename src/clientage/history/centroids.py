"""Middles of the segments of two runs on one scale, for runs that have no customer in common.

Receives what runs say of their segments in original units, and one run's recipe; returns points whose distances are
in that recipe's scaled units. A median goes through every monotone step of a recipe, so that it stands for a segment
under any transformation; a category stands there by its shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clientage.data.table import Column
from clientage.features.encoding import CategoryStep, NumberStep, Recipe

# column of profiles.csv -> texts, as `read_written_csv` gives them
ProfileColumns = Mapping[str, Sequence[str | None]]


def shared_features(a: Recipe, b: Recipe) -> tuple[str, ...]:
    """Return the features that both recipes encode, and as the same kind, in the order of the first."""
    kinds = {step.name: type(step) for step in b.features}
    return tuple(step.name for step in a.features if kinds.get(step.name) is type(step))


def centroids(profiles: ProfileColumns, k: int, recipe: Recipe, features: Sequence[str]) -> np.ndarray:
    """Return the middle of every segment in the scaled units of a recipe.

    Parameters
    ----------
    profiles : mapping
        Columns of a run's `profiles.csv`: the run the segments belong to.
    k : int
        Its segments.
    recipe : Recipe
        Of either run; the same one for both.
    features : sequence of str
        Which features span the space.

    Returns
    -------
    ndarray of shape (k, columns)
        float64; NaN where a segment has no figure.
    """
    rows: dict[tuple[int, str], list[int]] = {}
    for row, (segment, role, name) in enumerate(
        zip(profiles["segment_id"], profiles["role"], profiles["column"], strict=True)
    ):
        if role == "feature":
            rows.setdefault((int(segment or 0), str(name)), []).append(row)
    steps = [step for step in recipe.features if step.name in set(features)]
    points = [
        [x for step in steps for x in _middle(profiles, rows.get((segment, step.name), []), step)]
        for segment in range(1, k + 1)
    ]
    return np.array(points, dtype=np.float64).reshape(k, -1)


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Euclidean distances (ka, kb); coordinates that a segment lacks are left out and made up for in proportion.

    Examples
    --------
    >>> distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [3.0, np.nan]])).round(3).tolist()
    [[5.0, 4.243]]
    """
    squares = (a[:, None, :] - b[None, :, :]) ** 2
    known = np.isfinite(squares)
    total = np.where(known, squares, 0.0).sum(axis=2)
    apart: np.ndarray = np.sqrt(total * squares.shape[2] / np.maximum(1, known.sum(axis=2)))
    return apart


def _middle(profiles: ProfileColumns, rows: Sequence[int], step: NumberStep | CategoryStep) -> list[float]:
    if isinstance(step, NumberStep):
        figure = "mean" if step.is_zero_one else "median"  # the median of yes and no says next to nothing
        value = np.array([_number(profiles[figure][row]) for row in rows[:1]] or [np.nan])
        return (
            [float(step.apply(Column(step.name, "number", value)).values[0][0])] if np.isfinite(value[0]) else [np.nan]
        )
    shares = np.array([_number(profiles["share"][row]) for row in rows])
    if not len(shares) or not np.isfinite(shares).all() or shares.sum() <= 0:
        return [float("nan")] * len(step.names)
    names = tuple(str(profiles["category"][row]) for row in rows)
    codes = np.arange(len(names), dtype=np.int32)
    encoded = step.apply(Column(step.name, "text", codes, names)).values
    return [float(shares @ column / shares.sum()) for column in encoded]


def _number(text: str | None) -> float:
    return float("nan") if text is None else float(text)
