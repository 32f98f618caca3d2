"""How one feature becomes numbers: what is learned from the training customers, and how it is applied.

Receives one `Column`; returns encoded columns of shape (n, width) and counts of what was filled, unseen
or out of range. Every figure learned is the same whatever the order of the rows, and applying is done
value by value, so that one row alone equals the same row in a batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from clientage.config import FeatureSettings
from clientage.data.table import PART, Column
from clientage.errors import ColumnError
from clientage.features.applied import Applied, Levels
from clientage.features.categories import as_categories, fold
from clientage.features.shape import far_fences, fit_power, in_order, middle, skewness, yeo_johnson

SKEWED = 1.0
RARE_SHARE = 0.02  # a yes/no or a category rarer than this is scaled as if it were not
UNIT_SHARE = 0.01  # quantile of the positive values that is the unit of the logarithm
MOST_CATEGORIES = 30
MISSING = "(missing)"
OTHER = "(other)"


@dataclass(frozen=True, slots=True)
class NumberStep:
    """A number: filled, transformed, bounded, scaled, weighted.

    Parameters
    ----------
    name : str
        Feature name.
    fill : float
        Used where the value is missing: the median, in original units.
    transform : {"none", "log", "yeo-johnson"}
        log is ``log(1 + x/unit)``, with negative values taken as 0.
    unit : float
        The value is divided by it before the transformation, so that a change of units changes nothing.
    power : float
        Of the Yeo-Johnson transformation.
    lower, upper : float or None
        Bounds on the transformed scale; None where nothing is bounded.
    center, scale : float
        Subtracted and divided by, on the transformed scale.
    factor : float
        Square root of the feature's weight.
    minimum, maximum : float
        Range seen in training, in original units.
    missing, winsorised : int
        Counts in training.
    reason : str
        Why this transformation.
    is_zero_one : bool, default False
        No other values than 0 and 1 were seen.

    Examples
    --------
    >>> step = fit_number(Column("x", "number", np.array([1.0, 2.0, 4.0])), FeatureSettings(), 1.0)
    >>> step.fill, step.transform
    (2.0, 'none')
    """

    name: str
    fill: float
    transform: Literal["none", "log", "yeo-johnson"]
    unit: float
    power: float
    lower: float | None
    upper: float | None
    center: float
    scale: float
    factor: float
    minimum: float
    maximum: float
    missing: int
    winsorised: int
    reason: str
    is_zero_one: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the encoded columns."""
        return (self.name,)

    def apply(self, column: Column, into: np.ndarray | None = None) -> Applied:
        """Encode a column of the same meaning, into a given array (n,) where there is one.

        Raises
        ------
        ColumnError
            When it holds texts or dates and not numbers.
        """
        raw = _numbers(column)
        out = np.empty(len(raw)) if into is None else into
        gaps = outside = 0
        for low in range(0, len(raw), PART):  # blocks that stay in the processor's cache
            part = raw[low : low + PART]
            there = np.isfinite(part)
            few = int(np.count_nonzero(there)) < len(part)
            gaps += len(part) - int(np.count_nonzero(there))
            outside += int(np.count_nonzero((part < self.minimum) | (part > self.maximum)))
            x = transformed(np.where(there, part, self.fill) if few else part, self.transform, self.unit, self.power)
            if self.lower is not None and self.upper is not None:
                x = np.clip(x, self.lower, self.upper)
            encoded = np.subtract(x, self.center, out=out[low : low + PART])
            encoded /= self.scale
            encoded *= self.factor
        return Applied((out,), gaps, 0, outside)

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest encoded value of training: every part of the encoding keeps the order."""
        ends = Column(self.name, "number", np.array([self.minimum, self.maximum]))
        low, high = self.apply(ends).values[0].tolist()
        return low, high

    def describe(self) -> dict[str, Any]:
        """Return what is done to the feature, in words and figures."""
        words = {"none": "as it is", "log": f"log(1 + x/{self.unit:.6g})", "yeo-johnson": "Yeo-Johnson"}
        return {
            "column": self.name,
            "kind": "number",
            "missing": self.missing,
            "filled_with": self.fill,
            "transformation": words[self.transform],
            "reason": self.reason,
            "bounds": None if self.lower is None else [self.invert(self.lower), self.invert(self.upper or 0.0)],
            "winsorised": self.winsorised,
            "weight": self.factor**2,
        }

    def invert(self, value: float) -> float | None:
        """Return a value of the transformed scale in original units; None where none corresponds."""
        if self.transform == "none":
            return value
        if self.transform == "log":
            return math.expm1(value) * self.unit if 0 <= value < 700 else (0.0 if value < 0 else None)
        base = self.power if value >= 0 else 2.0 - self.power
        sign = 1.0 if value >= 0 else -1.0
        inner = math.log1p(base * abs(value)) / base if base * abs(value) > -1 and base else None
        if base == 0:
            inner = abs(value)
        return None if inner is None or inner > 700 else sign * math.expm1(inner) * self.unit


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """A nominal feature: one column for each category, scaled as in multiple correspondence analysis.

    The indicator of a category with share p is divided by √p and centred (Pagès 2004), and by √(J − 1)
    for J categories: the feature then has total variance 1 as a number has, whatever its number of
    categories. Without that a column of ten categories would weigh like nine numbers in every distance.
    An unseen category is encoded as the average customer, all zeros: it neither attracts nor repels.

    Parameters
    ----------
    name : str
        Feature name.
    categories : tuple of str
        Sorted; may hold ``"(missing)"`` and ``"(other)"`` as the last ones.
    shares : tuple of float
        Share of each category in training.
    factor : float
        Square root of the feature's weight.
    missing, lumped : int
        Counts in training: rows without a value, rows put into ``"(other)"``.

    References
    ----------
    Pagès, J. (2004), Analyse factorielle de données mixtes, Revue de Statistique Appliquée 52(4), 93–111.

    Examples
    --------
    >>> step = fit_category(Column("g", "text", np.array([0, 1, 1, 0], dtype=np.int32), ("f", "m")), 1.0)
    >>> step.names
    ('g=f', 'g=m')
    """

    name: str
    categories: tuple[str, ...]
    shares: tuple[float, ...]
    factor: float
    missing: int
    lumped: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the encoded columns."""
        return tuple(f"{self.name}={c}" for c in self.categories)

    def apply(self, column: Column) -> Applied:
        """Encode a column of the same meaning; spellings that differ in case and space only are matched."""
        texts = as_categories(column)
        place = {fold(c): i for i, c in enumerate(self.categories)}
        nowhere = len(self.categories)
        other = place.get(OTHER, nowhere) if OTHER in self.categories else nowhere
        gap = place[MISSING] if MISSING in self.categories else nowhere
        lookup = np.array([*(place.get(fold(c), other) for c in texts.categories), gap], dtype=np.int8)
        values = texts.values
        codes = lookup[values]
        filled = int(np.count_nonzero(values < 0))
        unseen = int(np.count_nonzero((codes == nowhere) & (values >= 0)))
        return Applied(Levels([self._level(j, nowhere) for j in range(nowhere)], codes), filled, unseen, 0)

    @property
    def extremes(self) -> tuple[float, float]:
        """The smallest and the largest encoded value there can be."""
        levels = np.concatenate([self._level(j, len(self.categories)) for j in range(len(self.categories))])
        return float(levels.min()), float(levels.max())

    def _level(self, j: int, nowhere: int) -> np.ndarray:
        """Encoded value of column j for every category, with the unseen one last."""
        root = math.sqrt(max(self.shares[j], RARE_SHARE))
        spread = math.sqrt(max(1, nowhere - 1))
        level = np.full(nowhere + 1, -self.shares[j] / root / spread * self.factor)
        level[j] = (1.0 - self.shares[j]) / root / spread * self.factor
        level[nowhere] = 0.0
        return level

    def describe(self) -> dict[str, Any]:
        """Return what is done to the feature, in words and figures."""
        return {
            "column": self.name,
            "kind": "category",
            "missing": self.missing,
            "filled_with": MISSING if self.missing else None,
            "transformation": f"{len(self.categories)} indicators scaled to weigh as one number",
            "reason": "it is a category: its values have no order and no distance",
            "bounds": None,
            "winsorised": self.lumped,
            "weight": self.factor**2,
        }


Step = NumberStep | CategoryStep


def fit_number(column: Column, settings: FeatureSettings, weight: float) -> NumberStep | None:
    """Learn how a number feature is encoded, or return None when it has no spread.

    Parameters
    ----------
    column : Column
        Training values in original units.
    settings : FeatureSettings
        `outliers`, `skew` and `scale`.
    weight : float
        Relative weight of its squared differences; 2 counts like the column twice.
    """
    ordered = in_order(column.values)
    if not len(ordered) or ordered[0] == ordered[-1]:
        return None
    transform, unit, power, reason = _choose_transform(ordered, settings)
    moved = transformed(ordered, transform, unit, power)
    lower, upper = None, None
    binary = _is_binary(ordered)
    if settings.outliers == "winsorise" and not binary:
        fences = far_fences(moved)
        if fences is None:
            return None
        lower, upper = fences
    inside = lower is None or upper is None or bool(lower <= moved[0] and moved[-1] <= upper)
    bounded = moved if inside else np.clip(moved, lower, upper)
    center, scale = _center_scale(bounded, binary) if settings.scale == "standard" else (0.0, 1.0)
    if not scale > 0.0:
        return None
    return NumberStep(
        name=column.name,
        fill=middle(ordered),
        transform=transform,
        unit=unit,
        power=power,
        lower=lower,
        upper=upper,
        center=center,
        scale=scale,
        factor=math.sqrt(weight),
        minimum=float(ordered[0]),
        maximum=float(ordered[-1]),
        missing=len(column) - len(ordered),
        winsorised=0 if inside else int(np.count_nonzero(bounded != moved)),
        reason=reason,
        is_zero_one=binary and float(ordered[0]) == 0.0 and float(ordered[-1]) == 1.0,
    )


def fit_category(column: Column, weight: float) -> CategoryStep | None:
    """Learn how a nominal feature is encoded, or return None when all customers are of one category."""
    texts = as_categories(column)
    counts = np.bincount(texts.values + 1, minlength=len(texts.categories) + 1).tolist()
    missing, n = counts[0], max(1, len(texts))
    ranked = sorted((-count, c) for count, c in zip(counts[1:], texts.categories, strict=True) if count)
    kept = ranked if len(ranked) <= MOST_CATEGORIES else ranked[: MOST_CATEGORIES - 1]
    lumped = -sum(count for count, _ in ranked[len(kept) :])
    levels = sorted((c, -count / n) for count, c in kept)
    levels += [(OTHER, lumped / n)] if lumped else []
    levels += [(MISSING, missing / n)] if missing else []
    if len(levels) < 2:
        return None
    names, shares = zip(*levels, strict=True)
    return CategoryStep(column.name, names, shares, math.sqrt(weight), missing, lumped)


def step_from_dict(data: Mapping[str, Any]) -> Step:
    """Return the step that ``asdict`` wrote, with its kind under ``"kind"``."""
    fields: dict[str, Any] = {k: v for k, v in data.items() if k != "kind"}
    if data["kind"] == "number":
        return NumberStep(**fields)
    fields |= {"categories": tuple(fields["categories"]), "shares": tuple(fields["shares"])}
    return CategoryStep(**fields)


def step_to_dict(step: Step) -> dict[str, Any]:
    """Return a step as JSON-ready values."""
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(step).items()}
    return {"kind": "number" if isinstance(step, NumberStep) else "category", **plain}


def transformed(x: np.ndarray, transform: str, unit: float, power: float) -> np.ndarray:
    """Return values on the transformed scale."""
    if transform == "none":
        return x
    if transform == "log":
        logs: np.ndarray = np.log1p(np.maximum(x, 0.0) / unit)
        return logs
    return yeo_johnson(x / unit, power)


def _choose_transform(
    ordered: np.ndarray, settings: FeatureSettings
) -> tuple[Literal["none", "log", "yeo-johnson"], float, float, str]:
    if settings.skew == "none":
        return "none", 1.0, 1.0, "the settings ask for no transformation"
    if _is_binary(ordered):
        return "none", 1.0, 1.0, "it has two values"
    fences = far_fences(ordered)
    # One slip of the pen makes any column skewed; what counts is the shape of the rest.
    skew = skewness(_between(ordered, fences))
    if skew <= SKEWED:
        return "none", 1.0, 1.0, f"its skewness is {skew:.2f}, not above {SKEWED:g}"
    if ordered[0] >= 0:
        positive = ordered[np.searchsorted(ordered, 0.0, side="right") :]
        unit = float(positive[math.floor(UNIT_SHARE * (len(positive) - 1))])
        return "log", unit, 0.0, f"its skewness is {skew:.2f} and no value is negative"
    usual = _between(ordered, fences)
    unit = float(np.std(usual))
    power = fit_power(usual / unit)
    return "yeo-johnson", unit, power, f"its skewness is {skew:.2f} and some values are negative"


def _between(ordered: np.ndarray, fences: tuple[float, float] | None) -> np.ndarray:
    """Sorted values bounded by fences; no copy where all are inside."""
    if fences is None or (fences[0] <= ordered[0] and ordered[-1] <= fences[1]):
        return ordered
    bounded: np.ndarray = np.clip(ordered, *fences)
    return bounded


def _is_binary(ordered: np.ndarray) -> bool:
    inner = np.searchsorted(ordered, ordered[0], side="right")
    return bool(ordered[inner] == ordered[-1])


def _center_scale(ordered: np.ndarray, binary: bool) -> tuple[float, float]:
    """Mean and standard deviation; of two values no rarer than 2 %, so that few customers cannot lead alone."""
    center = float(ordered.mean())
    if not binary:
        deviation = ordered - center
        return center, math.sqrt(float(np.mean(deviation * deviation)))
    width = float(ordered[-1] - ordered[0])
    share = min(max((center - float(ordered[0])) / width, RARE_SHARE), 1.0 - RARE_SHARE)
    return center, width * math.sqrt(share * (1.0 - share))


def _numbers(column: Column) -> np.ndarray:
    if column.kind == "number":
        return column.values
    if column.n_missing == len(column):
        return np.full(len(column), np.nan)
    example = as_categories(column).categories[0] if column.kind == "text" and len(column.name) else "a date"
    raise ColumnError(
        f"numbers in the column '{column.name}'",
        f"{column.kind} values such as '{example}'",
        "Bring the column into the form it had when the segments were made.",
    )
