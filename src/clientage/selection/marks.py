"""What speaks against a candidate, in words.

Receives a judged candidate; returns it with `usable` and `marks` set. None of this looks at how high
a criterion is: these are the ways in which a solution scores well and is of no use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from clientage.selection.candidate import Candidate
from clientage.selection.judging import Judged
from clientage.selection.sample import Sample
from clientage.selection.shape_groups import in_own_shape
from clientage.selection.stability import TRUSTED, Stability
from clientage.selection.valley import borders

LEAST_SHARE = 0.01
LEAST_CUSTOMERS = 10
MOST_NOISE = 0.10
SAME_AS_CATEGORY = 0.95  # Jaccard of a segment and a category
VALLEY_ROWS = 4_000  # customers on which the ground between segments is judged


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories of the nominal and two-valued features.

    Parameters
    ----------
    members : bool ndarray of shape (c, m)
        Which rows of the sample belong to each category.
    feature : int ndarray of shape (c,)
        Feature of each category.
    """

    members: np.ndarray
    feature: np.ndarray


def categories_of(sample: Sample, feature_of: np.ndarray) -> Categories:
    """Find the categories among encoded columns.

    Parameters
    ----------
    sample : Sample
        Judged customers.
    feature_of : int ndarray of shape (p,)
        Several columns of one feature are a nominal one; a single column of two values is binary.
    """
    members: list[np.ndarray] = []
    feature: list[int] = []
    for f in np.unique(feature_of):
        block = sample.points[:, feature_of == f]
        if block.shape[1] == 1 and not _two_valued(block[:, 0]):
            continue
        _, code = np.unique(block, axis=0, return_inverse=True)
        code = code.ravel()
        for c in range(int(code.max()) + 1):
            members.append(code == c)
            feature.append(int(f))
    stacked = np.array(members) if members else np.zeros((0, len(sample.points)), dtype=bool)
    return Categories(stacked, np.array(feature, dtype=np.int64))


def _two_valued(column: np.ndarray) -> bool:
    low, high = column.min(), column.max()
    return bool(low < high and ((column == low) | (column == high)).all())


def least_size(n: int) -> int:
    """Return the fewest customers a usable segment may have: 1 % and 10, or 5 % of a very small table.

    Examples
    --------
    >>> least_size(100_000), least_size(800), least_size(60)
    (1000, 10, 3)
    """
    return max(math.ceil(LEAST_SHARE * n), min(LEAST_CUSTOMERS, math.ceil(0.05 * n)))


def marked(judged: Judged, sample: Sample, categories: Categories, stability: Stability | None) -> Candidate:
    """Return the candidate with its marks, whether it is usable and, where stability was measured, that and its valley.

    Parameters
    ----------
    judged : Judged
        The candidate and its labels.
    sample : Sample
        The customers it was judged on.
    categories : Categories
        Of the same sample.
    stability : Stability or None
        None where it was not measured.
    """
    c = judged.candidate
    marks = [m for m in (_tiny(c, sample.n), _unassigned(c, sample.n), _single(c)) if m]
    marks += [m for m in (_repeated(judged), _category(judged, sample, categories)) if m]
    if stability is None:
        return replace(c, usable=not marks, marks=tuple(marks))
    near = sample.spread_rows(VALLEY_ROWS)
    ground = borders(in_own_shape(sample.points[near], c.model), judged.labels[near], c.k)
    weakest = float(stability.segments.min())
    if weakest < TRUSTED:
        marks.append(f"a segment comes back only {weakest:.0%} in other samples (60% is needed)")
    return replace(
        c,
        stability=stability.mean,
        stability_sd=stability.sd,
        segment_stability=stability.segments,
        valley=float(np.mean(ground)) if ground else None,
        least_valley=min(ground, default=None),
        usable=not marks,
        marks=tuple(marks),
    )


def _tiny(c: Candidate, n: int) -> str | None:
    size = int(c.sizes.min()) if len(c.sizes) else 0
    least = least_size(n)
    if size >= least:
        return None
    return f"a segment of {size:,} customers ({size / n:.1%}) is too small to use (at least {least:,})"


def _unassigned(c: Candidate, n: int) -> str | None:
    return f"{c.noise:,} customers ({c.noise / n:.0%}) are in no segment" if c.noise > MOST_NOISE * n else None


def _single(c: Candidate) -> str | None:
    return "nothing is divided" if c.k < 2 else None


def _repeated(judged: Judged) -> str | None:
    """All rows of a segment being the same is repetition, which every criterion calls perfect."""
    part = judged.partition
    alike = float(part.sizes[(part.scatter <= 1e-9 * part.sizes) & (part.sizes > 1)].sum())
    if alike < 0.5 * max(part.total, 1.0):
        return None
    share = alike / part.total
    return f"{share:.0%} of customers are in segments whose members are all the same: repetition, not a group"


def _category(judged: Judged, sample: Sample, categories: Categories) -> str | None:
    if not len(categories.feature):
        return None
    w = sample.weights
    segments = judged.labels == np.arange(judged.partition.k)[:, None]
    both = (categories.members * w) @ segments.T
    union = (categories.members @ w)[:, None] + (segments @ w) - both
    if float((both / np.maximum(union, 1e-300)).max(initial=0.0)) < SAME_AS_CATEGORY:
        return None
    return "a segment is one category of one column and nothing else"
