"""Whether a mixture whose components share one shape shows groups, where k-means may be blind.

Receives the mixtures of one shape for every k; returns the evidence. k-means measures all columns alike. Columns in
which groups do not differ, or that scaling has stretched, drown the groups; a mixture that learns the shape of a group
finds them. It also fits several components to one crooked heap, so its k alone says little. It is evidence when

1. its BIC is lowest with several components, fewer than the most tried, and rises clearly beyond, or has fallen
   steeply to there: a continuum takes ever more of them, or does not mind them;
2. that BIC is clearly below that of one component, and of customers spread evenly;
3. neighbouring components are at least two of their standard deviations apart: nearer, two of them are one heap;
4. no number is in steps: with less than ten different values, or with one value that more than a tenth of the
   customers share. Such heaps are there by construction (customers who bought once), and would be called groups.

Answers (two values, or one category of a nominal column) are heaps by construction too. They are no evidence: all of
this is asked of the numbers beside them (`clientage.clustering.one_shape_answers`).
The rule (`clientage.selection.rule`) then asks of it what it asks of k-means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.models import MixtureModel
from clientage.clustering.one_shape_answers import is_answer
from clientage.selection.dip import FEWEST_DISTINCT
from clientage.selection.sample import Sample

NAME = "one_shape"
BEYOND = 2  # numbers of components tried above the largest wanted, to see where the lowest BIC lies
EVIDENCE_ROWS = 2_048  # customers' worth of likelihood: with millions, any trifle is certain
CLEAR = 10.0  # of BIC: "very strong" (Kass and Raftery 1995, doi:10.1080/01621459.1995.10476572)
MOST_SHARED = 0.1  # of the customers may have the same value in a column
LEAST_RISE = 0.35  # of the price of its parameters, by which every further component must raise the BIC
STEEP = 4.0  # prices by which the last component must lower the BIC where it does not rise so; in a continuum 2.5
CONTINUUM = "ever more components describe the customers better, as a continuum asks for"
LEAST_APART = 2.0  # two equal normal heaps nearer than this have one mode (Ray and Lindsay 2005)


@dataclass(frozen=True, slots=True)
class ShapeEvidence:
    """What the mixtures of one shape say about groups.

    Parameters
    ----------
    k : int
        Components with the lowest BIC; 0: customers spread evenly over the range of every column.
    bic : mapping of int to float
        By components, from 0, for at most 2,048 customers' worth of likelihood.
    apart : float or None
        Smallest distance of a component to its nearest neighbour, in standard deviations of a component.
    why_not : str
        What speaks against groups; empty: nothing, so far.

    References
    ----------
    Ray, S. and Lindsay, B. G. (2005). The topography of multivariate normal mixtures. doi:10.1214/009053605000000417
    """

    k: int
    bic: Mapping[int, float]
    apart: float | None
    why_not: str

    @property
    def continuum(self) -> bool:
        """Whether ever more components describe the customers better."""
        return self.why_not == CONTINUUM

    @property
    def gain(self) -> float:
        """How far the lowest BIC lies below that of one component or none."""
        return min(self.bic[k] for k in (0, 1) if k in self.bic) - self.bic[self.k]

    def as_good(self, k: int) -> bool:
        """Whether k components do not describe the customers clearly worse than the best number."""
        return k in self.bic and self.bic[k] <= self.bic[self.k] + CLEAR


def shape_evidence(
    models: Mapping[int, MixtureModel], ks: Sequence[int], sample: Sample, stepped: bool, silent: Sequence[int] = ()
) -> ShapeEvidence | None:
    """Weigh the mixtures of one shape against one another.

    Parameters
    ----------
    models : mapping of int to MixtureModel
        By components: 1, those in `ks`, and `BEYOND` more.
    ks : sequence of int
        Numbers of segments that may be chosen.
    sample : Sample
        Customers that the choice is judged on.
    stepped : bool
        Whether a number is in steps, from `in_steps`.
    silent : sequence of int, default none
        Columns that say nothing, from `clientage.selection.silent`.

    Returns
    -------
    ShapeEvidence or None
        None without at least two mixtures.
    """
    if len(models) < 2:
        return None
    numbers = _telling(sample.points, silent)
    width = np.maximum(np.ptp(sample.points[:, numbers], axis=0), 1e-9)
    bic = {0: 2.0 * min(sample.n, EVIDENCE_ROWS) * float(np.log(width).sum())}
    bic |= {k: _bic(m, sample.n) for k, m in models.items()}
    best = min(bic, key=lambda k: (bic[k], k))
    apart = nearest_apart(models[best], numbers) if best > 1 else None
    evidence = ShapeEvidence(best, bic, apart, "")
    price = (int(numbers.sum()) + 2) * np.log(min(sample.n, EVIDENCE_ROWS))
    return ShapeEvidence(best, bic, apart, _against(evidence, ks, stepped, price))


def _bic(model: MixtureModel, n: int) -> float:
    rows = min(n, EVIDENCE_ROWS)
    return float(model.parameters * np.log(rows) - 2.0 * model.log_likelihood * (rows / n))


def _against(evidence: ShapeEvidence, ks: Sequence[int], stepped: bool, price: float) -> str:
    if stepped:
        return "a column is in steps, which are heaps by construction"
    if evidence.k < 1:
        return "an even spread describes the customers best"
    if evidence.k < 2:
        return "one component describes the customers best"
    last = max(evidence.bic)
    if evidence.k not in ks:
        return CONTINUUM
    fell = evidence.bic.get(evidence.k - 1, math.inf) - evidence.bic[evidence.k]
    rises = evidence.bic[last] - evidence.bic[evidence.k] >= LEAST_RISE * price * (last - evidence.k)
    if not rises and fell < STEEP * price:
        return "further components describe the customers hardly worse, so that no number of them is right"
    if evidence.gain < CLEAR:
        return "no component or one describes the customers about as well"
    if evidence.apart is not None and evidence.apart < LEAST_APART:
        return "neighbouring components are so near that they are one heap"
    return ""


def in_steps(sample: Sample) -> np.ndarray:
    """Return which columns (p,) are numbers in steps; where all are answers, all are.

    Parameters
    ----------
    sample : Sample
        Customers that the choice is judged on.
    """
    steps = ~is_answer(sample.points)
    steps[steps] = [stepped(column, sample.weights) for column in sample.points.T[steps]]
    return steps


def stepped(column: np.ndarray, weights: np.ndarray) -> bool:
    """Whether a number (m,) has fewer than ten different values, or one that too many customers share."""
    values, owner = np.unique(column, return_inverse=True)
    if len(values) < FEWEST_DISTINCT:
        return True
    return float(np.bincount(owner, weights=weights).max()) > MOST_SHARED * float(weights.sum())


def _telling(points: np.ndarray, silent: Sequence[int]) -> np.ndarray:
    """Which columns (p,) say how many groups there are: numbers that are not silent."""
    numbers = ~is_answer(points)
    numbers[list(silent)] = False
    return numbers


def nearest_apart(model: MixtureModel, numbers: np.ndarray) -> float:
    """Return the smallest distance between two components, in their standard deviations along the line.

    Parameters
    ----------
    model : MixtureModel
        Of at least two components with one shape, each with its own volume.
    numbers : bool ndarray of shape (p,)
        Columns that count.
    """
    # within a component answers do not go with numbers
    factors = [model.triangle(j)[np.ix_(numbers, numbers)] for j in range(model.n_clusters)]
    z = model.centers[:, numbers] @ factors[0]
    squared = ((z[:, None] - z) ** 2).sum(axis=2)
    # the determinants of the factors say how much wider than the first every component is
    logarithms = np.array([float(np.log(np.diag(f)).sum()) for f in factors])
    widths = np.exp((logarithms[0] - logarithms) / z.shape[1])
    distances = np.sqrt(squared) / ((widths[:, None] + widths) / 2)
    np.fill_diagonal(distances, np.inf)
    return float(distances.min())


def in_own_shape(points: np.ndarray, model: object) -> np.ndarray:
    """Return the numbers; of a mixture in the coordinates in which its components are round.

    A valley between answers is there by construction.

    Parameters
    ----------
    points : ndarray of shape (m, p)
    model : ClusterModel
    """
    numbers = ~is_answer(points)
    if not isinstance(model, MixtureModel):
        return np.asarray(points[:, numbers])
    if model.factors.ndim == 2:
        variances = model.weights @ (1.0 / model.factors**2)
        return np.asarray(points[:, numbers] * np.sqrt(1.0 / variances[numbers]))
    covariance = np.einsum("k,kij->ij", model.weights, np.linalg.inv(model.factors @ model.factors.transpose(0, 2, 1)))
    covariance = covariance[np.ix_(numbers, numbers)]
    return np.asarray(points[:, numbers] @ np.linalg.cholesky(np.linalg.inv(covariance)))
