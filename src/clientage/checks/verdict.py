"""The verdict: what kind of segmentation this is, in one sentence for a marketer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from clientage.checks.too_few import FEWEST
from clientage.selection.valley import LEAST_VALLEY

if TYPE_CHECKING:
    from clientage.selection.candidate import Candidate
    from clientage.selection.selection import Selection


CLEAR = 2.0  # standard deviations above the null from which a silhouette is more than chance shows


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of segmentation this is.

    Parameters
    ----------
    kind : {"natural", "reproducible", "constructive"}
        natural: separate groups exist. reproducible: cuts of a continuum that come back.
        constructive: a convenient division and no finding.
    headline : str
        The same in a few words.
    sentence : str
        One plain sentence, with the observed silhouette beside that of customers without groups.
    figures : mapping of str to float
        The figures behind it.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """

    kind: Literal["natural", "reproducible", "constructive"]
    headline: str
    sentence: str
    figures: Mapping[str, float]


HEADLINES = {
    "natural": "Real groups",
    "reproducible": "Useful cuts, no gaps between them",
    "constructive": "No groups, arbitrary cuts",
}


def verdict_of(selection: Selection) -> Verdict:
    """Put the verdict of a selection into words.

    Parameters
    ----------
    selection : Selection
        As `clientage.selection.select.select` returns it.
    """
    headline, sentence = _words(selection)
    return Verdict(selection.verdict, headline, sentence, _figures(selection))


def headline_of(summary: Mapping[str, Any]) -> str:
    """Return the headline that a stored summary has; the first runs have none, and tell the kind.

    Examples
    --------
    >>> headline_of({"verdict": "natural", "verdict_headline": "Real groups"}), headline_of({"verdict": "natural"})
    ('Real groups', 'Natural')
    """
    return str(summary.get("verdict_headline") or summary["verdict"].capitalize())


def _words(selection: Selection) -> tuple[str, str]:
    """Headline and sentence; what was not measured or not tested is neither claimed nor denied."""
    chosen, kind = selection.chosen, selection.verdict
    if chosen.k < 2:
        return "Nothing was divided", "Everybody is in one segment: nothing was divided."
    if chosen.stability is None:
        sentence = f"Whether these {chosen.k} segments would be found again was not measured{_separation(selection)}."
        return "Not tested in other samples", sentence
    if selection.repeated is not None:
        return "Repeated rows, sorted", (
            f"These customers are of only a few kinds ({selection.repeated:.0%} are one of ten rows that repeat): the "
            f"{chosen.k} segments sort repeated rows, which is convenient and no finding."
        )
    if kind != "natural" and selection.groups:
        return "Groups exist, but not these", _other_groups(selection)
    told = {"natural": _natural, "reproducible": _reproducible, "constructive": _constructive}[kind]
    return told(selection)


def _natural(selection: Selection) -> tuple[str, str]:
    chosen, separated, agreement = selection.chosen, _separation(selection), _agreement(selection.chosen)
    if selection.recommended is not None:
        return "Real groups, in the number you asked for", (
            f"These customers fall into separate groups, and the {chosen.k} segments follow them{separated} and come "
            f"back in repeated samples{agreement}; the rule would take {selection.recommended.k}, where they show best."
        )
    if selection.in_heaps:
        return HEADLINES["natural"], (
            f"The {chosen.k} segments are separate groups of customers: the values of single columns lie in heaps"
            f"{separated}, and these groups come back in repeated samples{agreement}."
        )
    return HEADLINES["natural"], (
        f"The {chosen.k} segments are separate groups of customers{separated}, and they come back in repeated "
        f"samples{agreement}."
    )


def _reproducible(selection: Selection) -> tuple[str, str]:
    chosen, separated, agreement = selection.chosen, _separation(selection), _agreement(selection.chosen)
    back = f"The same {chosen.k} segments come back in repeated samples{agreement}"
    if selection.null is None:
        return "Cuts that come back", f"{back}; whether they are separate groups was not tested{separated}."
    against = against_groups(selection)
    if against:
        return ("Cuts that come back" if chosen.marks else HEADLINES["reproducible"]), (
            f"{back} and are more separated than chance{separated}, but they are not called groups: {against}."
        )
    return HEADLINES["reproducible"], (
        f"Customers form a continuum and no separate groups{separated}, but the same {chosen.k} segments come back "
        f"in repeated samples{agreement}: reliable cuts, not discoveries."
    )


def _constructive(selection: Selection) -> tuple[str, str]:
    chosen, separated, agreement = selection.chosen, _separation(selection), _agreement(selection.chosen)
    n = int(chosen.sizes.sum()) + chosen.noise
    if n < FEWEST:
        return "Too few customers to tell", (
            f"{n} customers are too few to show groups{separated}: the {chosen.k} segments are a convenient division, "
            f"and other customers would be divided differently{agreement}."
        )
    none = "of customers" if _like_chance(selection) else "here that could be relied on"
    return HEADLINES["constructive"], (
        f"There are no groups {none}{separated}: the {chosen.k} segments are a convenient division, and another sample "
        f"of customers would be divided differently{agreement}."
    )


def against_groups(selection: Selection) -> str:
    """Return why segments that chance does not give are not called groups all the same; "" where chance does."""
    chosen = selection.chosen
    if _like_chance(selection):
        return ""
    if chosen.marks:
        return chosen.marks[0]
    return "there is no thinner ground between them" if (chosen.valley or 0.0) < LEAST_VALLEY else ""


def _other_groups(selection: Selection) -> str:
    """The data have groups, and a person asked for segments that are not these."""
    chosen, advised = selection.chosen, selection.recommended
    back = "come back in repeated samples" if selection.verdict == "reproducible" else "do not come back reliably"
    rule = "" if advised is None else f"; the rule would take {advised.k}"
    return (
        f"These customers fall into separate groups, and the {chosen.k} segments are not they"
        f"{_separation(selection)}: they join or cut groups, and {back}{_agreement(chosen)}{rule}."
    )


def _separation(selection: Selection) -> str:
    """The chosen silhouette beside that of customers without groups, at the same number of segments."""
    chosen, null = selection.chosen, selection.null
    if chosen.silhouette is None:
        return ""
    expected = null.expected(chosen.k) if null is not None else None
    without = "" if expected is None else f"; {_beside(selection, chosen.silhouette, *expected)}"
    apart, bare = selection.apart, selection.bare
    if bare is not None:
        return (
            f" (the bare ground between them is {bare.width:.1f} times as wide as the usual step from customer to "
            f"customer; among customers without groups it would be at most {bare.chance:.1f} times as wide)"
        )
    if apart is None:
        return f" (silhouette {chosen.silhouette:.2f}{without})"
    return (
        f" (in the columns that tell them apart, the nearest two are {apart:.1f} standard deviations apart; silhouette "
        f"over all columns {chosen.silhouette:.2f}{without})"
    )


def _like_chance(selection: Selection) -> bool:
    """Whether the data are no more separated than chance, or at least this solution is not."""
    if selection.null is None:
        return False
    expected, value = selection.null.expected(selection.chosen.k), selection.chosen.silhouette
    alike = expected is not None and value is not None and value <= expected[0] + CLEAR * expected[1]
    return alike or not selection.null.rejected


def _beside(selection: Selection, value: float, mean: float, sd: float) -> str:
    """What the simulated customers show, and where that is the point, that it is as much or more."""
    if selection.in_heaps:
        return f"simulated customers, who keep these heaps, show {mean:.2f}"
    if selection.verdict == "natural" or value > mean + CLEAR * sd:
        return f"customers without groups would show {mean:.2f}"
    return f"customers without groups would show {'as much' if value >= mean - CLEAR * sd else 'more'}, {mean:.2f}"


def _agreement(chosen: Candidate) -> str:
    return "" if chosen.stability is None else f" (agreement {chosen.stability:.2f} of 1)"


def _figures(selection: Selection) -> dict[str, float]:
    chosen, null = selection.chosen, selection.null
    figures: dict[str, float | None] = {
        "silhouette": chosen.silhouette,
        "stability": chosen.stability,
        "valley": chosen.valley,
        "apart": selection.apart,
        "bare_ground": None if selection.bare is None else selection.bare.width,
        "null_bare_ground": None if selection.bare is None else selection.bare.chance,
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
