"""Why the winner won, in a few plain sentences with their figures.

Receives a selection without its reason, and what the winner was compared with; returns text for a marketer.
"""

from __future__ import annotations

from collections.abc import Sequence

from clientage.selection.candidate import Candidate
from clientage.selection.null import NullTest
from clientage.selection.selection import Selection
from clientage.selection.stability import COMES_BACK
from clientage.selection.trade_off import TITLES, capital, titled, trade_off


def reason_for(found: Selection, pool: Sequence[Candidate], plain: Candidate | None = None) -> str:
    """Return the reason for the choice.

    Parameters
    ----------
    found : Selection
        All but its reason is read.
    pool : sequence of Candidate
        The candidates the rule chose from.
    plain : Candidate or None
        What the rule would take by k-means, where a person asked for another algorithm.
    """
    chosen, recommended = found.chosen, found.recommended
    if chosen.k < 2:
        one = "You asked for one segment: everybody is in it, so there is nothing to separate and no silhouette."
        return one if recommended is None else f"{one} The rule would take {recommended.k}."
    parts = [
        _given_up(chosen, recommended) if plain is None else _beside_kmeans(chosen, recommended, plain),
        _separation(found, pool),
        _return(chosen),
        _would_return(chosen, pool) if recommended is None else [],
        _highest(found, pool) if recommended is None else [],
    ]
    texts = [sentence for part in parts for sentence in part]
    if not chosen.usable:
        texts.append(f"Use with care: {'; '.join(chosen.marks)}.")
    return " ".join(texts)


def _given_up(chosen: Candidate, recommended: Candidate | None) -> list[str]:
    if recommended is None:
        return []
    asked = f"You asked for {chosen.k} segment{'s' if chosen.k > 1 else ''}; the rule would take {recommended.k}."
    return [asked, trade_off(chosen, recommended).sentence]


def _beside_kmeans(chosen: Candidate, recommended: Candidate | None, plain: Candidate) -> list[str]:
    """What the algorithm that a person asked for costs and brings beside the plainest one."""
    name = TITLES.get(chosen.algorithm, chosen.algorithm.upper())
    asked = f"You asked for {name if recommended is None else titled(chosen)}"
    texts = [f"{asked}; k-means, which is looked at first where nothing is asked for, would take {plain.k}."]
    if recommended is not None and recommended.k != plain.k:
        texts.append(f"Of {name} the rule would take {recommended.k}.")
    return [*texts, trade_off(chosen, plain).sentence]


def _explained(c: Candidate) -> float | None:
    return c.criteria.get("explained")


def _separation(found: Selection, pool: Sequence[Candidate]) -> list[str]:
    chosen, null, ground = found.chosen, found.null, found.bare
    value = chosen.silhouette
    if value is None:
        return []
    expected = null.expected(chosen.k) if null else None
    beside = f" (data without groups: {expected[0]:.2f})" if expected else ""
    captured = f"capture {_explained(chosen) or 0.0:.0%} of the differences between customers"
    if found.apart is not None:
        return [
            f"{capital(titled(chosen))} describe these customers best: more components say no more than they cost, and "
            f"the nearest two are {found.apart:.1f} standard deviations apart in the columns that tell them apart, "
            f"with thinner ground between them.",
            f"Over all columns, which k-means and the silhouette count alike, the silhouette is {value:.2f}{beside}; "
            f"they {captured}.",
        ]
    if ground is not None:
        return [
            f"Between {titled(chosen)} lies bare ground: from one to the next it is {ground.width:.1f} times as far as "
            f"it usually is from customer to customer, and in data without groups at most {ground.chance:.1f} times.",
            f"They need not be round, as the silhouette asks ({value:.2f}{beside}); they {captured}.",
        ]
    if not found.groups:
        chosen_for = f"So the number was chosen for use: {titled(chosen)} {captured}, with a silhouette of"
        none = _no_groups(chosen, null) if found.repeated is None else _repetition(found.repeated)
        return [none, f"{chosen_for} {value:.2f}{beside}."]
    tried = [c.silhouette for c in pool if c.silhouette is not None and c.usable]
    best = value >= max(tried, default=value) - 1e-9
    how = "have the best silhouette of the usable solutions," if best else "have a silhouette of"
    if found.verdict != "natural":  # a person asked for segments that join or cut the groups
        return [f"{titled(chosen)} {how} {value:.2f}{beside}{',' if best else ''} and {captured}."]
    return [f"{titled(chosen)} {how} {value:.2f}{beside}, {captured}, and have thinner ground between them."]


def _repetition(share: float) -> str:
    return (
        f"There are no groups to find: {share:.0%} of customers are one of ten rows that repeat, and dividing repeated "
        f"rows is perfect by construction."
    )


def _no_groups(chosen: Candidate, null: NullTest | None) -> str:
    if null is None:
        return "Whether these customers fall into separate groups was not tested."
    figures = f"the best silhouette is {null.observed:.2f}, and data without groups reach {null.maximum:.2f}"
    if null.rejected and chosen.stability is None:
        return f"Whether what looks separated comes back in other samples was not measured ({figures})."
    if null.rejected and chosen.stability is not None and chosen.stability < COMES_BACK:
        return f"There are no groups: what looks separated does not come back in other samples ({figures})."
    if null.rejected:
        return f"There is no thinner ground between segments that would make them groups ({figures})."
    return f"No number of segments separates these customers better than chance would: {figures}."


def _return(chosen: Candidate) -> list[str]:
    if chosen.stability is None:
        return ["Whether the segments come back in another sample was not measured."]
    text = f"In repeated samples the solutions agree to {chosen.stability:.2f} (1 is the same, 0 is chance)"
    if chosen.segment_stability is not None:
        text += f"; the weakest segment is found again to {float(chosen.segment_stability.min()):.0%}"
    return [text + "."]


def _held(chosen: Candidate, pool: Sequence[Candidate]) -> Candidate | None:
    """The most useful solution that comes back, where the chosen one does not: a person may rather have that."""
    if chosen.stability is None or chosen.stability >= COMES_BACK:
        return None
    held = [c for c in pool if c.usable and c.k >= 2 and c.stability is not None and c.stability >= COMES_BACK]
    return max(held, key=lambda c: (c.usefulness, -c.k), default=None)


def _would_return(chosen: Candidate, pool: Sequence[Candidate]) -> list[str]:
    best = _held(chosen, pool)
    if best is None:
        return []
    differences = f"{_explained(best) or 0.0:.0%} of the differences"
    return [f"{best.k} segments would come back (agreement {best.stability:.2f}) and capture {differences}."]


def _highest(found: Selection, pool: Sequence[Candidate]) -> list[str]:
    """Say why the highest silhouette did not win, where it did not and should have been a reason."""
    if found.apart is not None or found.bare is not None:
        return []
    chosen = found.chosen
    rated = [c for c in pool if c.silhouette is not None]
    top = max(rated, key=lambda c: c.silhouette or -1.0, default=chosen)
    if top.k == chosen.k or (top.silhouette or 0.0) <= (chosen.silhouette or 0.0) + 0.005:
        return []
    if top is _held(chosen, pool):
        return []  # named already
    text = f"{top.k} segments have the highest silhouette ({top.silhouette:.2f})"
    if top.marks:
        return [f"{text}, but {top.marks[0]}."]
    if top.k < chosen.k:
        return [f"{text}, but capture only {_explained(top) or 0.0:.0%} of the differences."]
    return [f"{text}, but are less useful once their return and {top.k - chosen.k} more to look after are counted."]
