"""The verdict: what kind of segmentation this is, in one sentence for a marketer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from clientage.selection.candidate import Candidate
    from clientage.selection.select import Selection


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of segmentation this is.

    Parameters
    ----------
    kind : {"natural", "reproducible", "constructive"}
        natural: separate groups exist. reproducible: cuts of a continuum that come back.
        constructive: a convenient division and no finding.
    sentence : str
        One plain sentence, with the observed silhouette beside that of customers without groups.
    figures : mapping of str to float
        The figures behind it.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """

    kind: Literal["natural", "reproducible", "constructive"]
    sentence: str
    figures: Mapping[str, float]


def verdict_of(selection: Selection) -> Verdict:
    """Put the verdict of a selection into words.

    Parameters
    ----------
    selection : Selection
        As `clientage.selection.select.select` returns it.
    """
    chosen = selection.chosen
    if chosen.k < 2:
        return Verdict(selection.verdict, "Everybody is in one segment: nothing was divided.", _figures(selection))
    separated = _separation(selection)
    if chosen.stability is None:
        sentence = f"Whether these {chosen.k} segments would be found again was not measured{separated}."
    elif selection.repeated is not None:
        sentence = (
            f"These customers are of only a few kinds ({selection.repeated:.0%} are one of ten rows that repeat): the "
            f"{chosen.k} segments sort repeated rows, which is convenient and no finding."
        )
    elif selection.verdict == "natural":
        sentence = (
            f"The {chosen.k} segments are separate groups of customers{separated}, and they come back in repeated "
            f"samples{_agreement(chosen)}."
        )
    elif selection.verdict == "reproducible":
        sentence = (
            f"Customers form a continuum and no separate groups{separated}, but the same {chosen.k} segments come back "
            f"in repeated samples{_agreement(chosen)}: reliable cuts, not discoveries."
        )
    else:
        sentence = (
            f"There are no groups here that could be relied on{separated}: the {chosen.k} segments are a convenient "
            f"division, and another sample of customers would be divided differently{_agreement(chosen)}."
        )
    return Verdict(selection.verdict, sentence, _figures(selection))


def _separation(selection: Selection) -> str:
    """The chosen silhouette beside that of customers without groups, at the same number of segments."""
    chosen, null = selection.chosen, selection.null
    if chosen.silhouette is None:
        return ""
    expected = null.expected(chosen.k) if null is not None else None
    without = "" if expected is None else f"; customers without groups would show {expected[0]:.2f}"
    apart = selection.apart
    if apart is None:
        return f" (silhouette {chosen.silhouette:.2f}{without})"
    return (
        f" (in the columns that tell them apart, the nearest two are {apart:.1f} standard deviations apart; silhouette "
        f"over all columns {chosen.silhouette:.2f}{without})"
    )


def _agreement(chosen: Candidate) -> str:
    return "" if chosen.stability is None else f" (agreement {chosen.stability:.2f} of 1)"


def _figures(selection: Selection) -> dict[str, float]:
    chosen, null = selection.chosen, selection.null
    figures: dict[str, float | None] = {
        "silhouette": chosen.silhouette,
        "stability": chosen.stability,
        "valley": chosen.valley,
        "apart": selection.apart,
        "repeated": selection.repeated,
    }
    if null is not None:
        expected = null.expected(chosen.k)
        figures |= {
            "best_silhouette": null.observed,
            "null_silhouette_mean": null.mean,
            "null_silhouette_max": null.maximum,
            "null_silhouette_at_k": expected[0] if expected else None,
            "p_value": null.p_value,
        }
    return {name: value for name, value in figures.items() if value is not None}
