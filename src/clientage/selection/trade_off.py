"""What another candidate costs and brings, in figures and in one sentence, for whoever overrides the choice.

Receives two candidates; returns a `TradeOff`. It is measured against what the rule recommends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clientage.selection.candidate import Candidate

if TYPE_CHECKING:
    from clientage.selection.selection import Selection

LEAST = 0.005  # a difference that two decimals would not show is none
SMALL = 0.05  # the smallest segment is worth a word where it has a smaller share than this
TITLES = {
    "kmeans": "k-means",
    "ward": "Ward's hierarchy",
    "mixture": "the Gaussian mixture",
    "one_shape": "the mixture of one shape",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two candidates.

    Parameters
    ----------
    key : str
        ``silhouette``, ``stability``, ``weakest_segment``, ``explained`` or ``smallest_share``.
    title : str
        The same for a person.
    theirs, recommended : float
        Of the other candidate and of the recommended one; higher is better in all of them.
    """

    key: str
    title: str
    theirs: float
    recommended: float

    @property
    def change(self) -> float:
        """What is gained; negative: what is given up."""
        return self.theirs - self.recommended


@dataclass(frozen=True, slots=True)
class TradeOff:
    """What taking another candidate than the recommended one means.

    Parameters
    ----------
    given_up, gained : tuple of Difference
        Figures that are worse, and better, by more than rounding hides.
    unknown : tuple of str
        Titles of figures that one of the two candidates lacks.
    segments : int
        How many more segments there are to look after; negative: fewer.
    sentence : str
        All of it for a person; says what speaks against an unusable candidate.
    """

    given_up: tuple[Difference, ...]
    gained: tuple[Difference, ...]
    unknown: tuple[str, ...]
    segments: int
    sentence: str


def cost_of(selection: Selection, other: Candidate) -> TradeOff:
    """Return what somebody gives up, and gains, who takes `other` in place of what the rule recommends.

    Parameters
    ----------
    selection : Selection
        The choice it is compared with.
    other : Candidate
        Any candidate of it.

    Examples
    --------
    >>> from clientage.clustering.coreset import summarise
    >>> from clientage.config import ClusterSettings
    >>> from clientage.selection.select import select
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(c, 0.25, size=(60, 2)) for c in (-2, 0, 2)]).round(3)
    >>> found = select(x, summarise(x), ClusterSettings(k_max=4))
    >>> cost = cost_of(found, found.candidates[0])
    >>> found.candidates[0].k, cost.segments, [d.key for d in cost.given_up]
    (2, -1, ['silhouette', 'stability', 'weakest_segment', 'explained'])
    """
    return trade_off(other, selection.recommended or selection.chosen)


def trade_off(other: Candidate, recommended: Candidate) -> TradeOff:
    """Compare two candidates; see `cost_of`."""
    pairs = [(key, title, _figure(other, key), _figure(recommended, key)) for key, title in FIGURES.items()]
    known = [Difference(key, title, a, b) for key, title, a, b in pairs if a is not None and b is not None]
    told = [d for d in known if abs(d.change) > LEAST and _number(d, d.theirs) != _number(d, d.recommended)]
    told = [d for d in told if d.key != "smallest_share" or min(d.theirs, d.recommended) < SMALL]
    lost = tuple(d for d in told if d.change < 0)
    gained = tuple(d for d in told if d.change > 0)
    unknown = tuple(title for _, title, a, b in pairs if (a is None) != (b is None))
    return TradeOff(lost, gained, unknown, other.k - recommended.k, _sentence(other, recommended, lost, gained))


FIGURES = {
    "silhouette": "separation (silhouette)",
    "stability": "agreement between samples",
    "weakest_segment": "the return of the weakest segment",
    "explained": "the share of customers' differences captured",
    "smallest_share": "the size of the smallest segment",
}


def _figure(c: Candidate, key: str) -> float | None:
    if key == "silhouette":
        return c.silhouette
    if key == "stability":
        return c.stability
    if key == "weakest_segment":
        return None if c.segment_stability is None else float(c.segment_stability.min())
    if key == "explained":
        return c.criteria.get("explained")
    everybody = float(c.sizes.sum()) + c.noise
    return float(c.sizes.min()) / everybody if len(c.sizes) and everybody else None


def titled(c: Candidate) -> str:
    """Return a candidate's name in a sentence: ``4 segments by k-means``."""
    return f"{c.k} segment{'s' if c.k != 1 else ''} by {TITLES.get(c.algorithm, c.algorithm.upper())}"


def _sentence(
    other: Candidate, recommended: Candidate, lost: tuple[Difference, ...], gained: tuple[Difference, ...]
) -> str:
    if other is recommended:
        return f"{capital(titled(other))} {'are' if other.k != 1 else 'is'} what the rule recommends."
    if other.k < 2:
        return f"With {titled(other)} everybody is together: nothing is divided, and there is nothing to compare."
    same = other.algorithm == recommended.algorithm
    text = f"{titled(other)} instead of {recommended.k if same else titled(recommended)}: "
    parts = []
    if lost:
        parts.append(f"you give up {_listed(lost)}")
    if gained:
        parts.append(f"you gain {_listed(gained)}")
    text += "; ".join(parts) if parts else "no figure differs by more than rounding"
    more = other.k - recommended.k
    if more > 0:
        text += f"; there {'is' if more == 1 else 'are'} {more} more to look after"
    if other.stability is None and recommended.stability is not None:
        text += "; whether they come back in other samples was not measured"
    text = f"{capital(text)}."
    return text if other.usable else f"{text} Not usable: {'; '.join(other.marks)}."


def _listed(differences: tuple[Difference, ...]) -> str:
    texts = [f"{d.title}, {_number(d, d.theirs)} instead of {_number(d, d.recommended)}" for d in differences]
    return texts[0] if len(texts) == 1 else f"{'; '.join(texts[:-1])}; and {texts[-1]}"


def _number(d: Difference, value: float) -> str:
    if d.key in ("silhouette", "stability"):
        return f"{value:.2f}"
    return f"{value:.1%}" if d.key == "smallest_share" and value < 0.1 else f"{value:.0%}"


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
