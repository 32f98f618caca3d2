"""Names that say who is meant: a value tier and the largest effects, in the user's own column words.

Receives the traits of every segment, returns one name each, unique within the study. Names are computed from
profiles and never from cluster ids, so a refit that finds the same groups finds the same names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np

from clientage.segments.measures import measures
from clientage.segments.traits import Trait, spoken_unit
from clientage.segments.wording import capitalised, clipped, joined, number
from clientage.selection.matching import match

NO_SEGMENT = "No segment"
AVERAGE = "average customers"
EMPTY = "empty segment"
LONGEST = 60  # characters: fits a chart's legend
MARKED = 0.4  # standard deviations: less than this is no trait to be named after
FAINT = 0.1  # enough to tell two average segments apart
EVIDENT, FEW = 0.8, 30  # standard deviations that so few customers are named after, though no test can vouch for them
SEVERAL, THROUGHOUT = 5, 0.9  # a segment on one side in this share of so many columns or more is so throughout,
EVEN = 1.3  # unless its largest effect is so many times its middle one: then that says more
POOL = 6  # traits a name may be made of
HIGH_INDEX, LOW_INDEX = 130.0, 70.0  # value per customer against the average of 100
MOSTLY, ALWAYS = 0.5, 0.8
LAST_RESORT, IMPOSSIBLE = 50.0, 1e6  # losses
ANSWERS = frozenset({"yes", "no", "true", "false", "ja", "nein", "oui", "non", "si", "other", "none", "unknown"})
SUPERLATIVE = {
    "high": "highest",
    "low": "lowest",
    "many": "most",
    "few": "fewest",
    "high spend on": "highest spend on",
    "low spend on": "lowest spend on",
    "often": "most often",
    "rarely": "least often",
    # phrases that stand alone
    "older": "oldest",
    "younger": "youngest",
    "newer": "newest",
    "long-standing": "longest-standing",
    "recent": "most recent",
    "not seen lately": "longest not seen",
    "frequent": "most frequent",
    "infrequent": "least frequent",
    "big spenders": "biggest spenders",
    "small spenders": "smallest spenders",
    "large baskets": "largest baskets",
    "small baskets": "smallest baskets",
    "wide range": "widest range",
    "narrow range": "narrowest range",
    "discount buyers": "keenest discount buyers",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One trait as words of a name.

    Parameters
    ----------
    lead : str
        "high", "few" …; phrases with one lead are joined: "high income and savings". "" stands alone.
    noun : str
        The column's words, or all of the phrase.
    weight : float
        |effect|, rounded so that a refit's small changes leave the choice of traits alone.
    place : int
        Position of the column: names tell their traits in the order of columns, alike for all segments.
    """

    lead: str
    noun: str
    weight: float
    place: int = 0


@dataclass(frozen=True, slots=True)
class _Draft:
    """A possible name and how much it loses against the best one for its segment."""

    text: str
    loss: float


@dataclass(frozen=True, slots=True)
class _Scene:
    """All segments at once: a name is chosen in sight of the others."""

    features: list[tuple[Trait, ...]]
    further: list[tuple[Trait, ...]]
    tiers: tuple[str | None, ...]
    alone: frozenset[str]
    place: dict[str, int]
    value: str | None

    def phrases(self, j: int, floor: float) -> list[tuple[Trait, Phrase]]:
        """Traits of segment j that have words, one for each column, the largest effect first."""
        named = self._spoken(j, self.features[j], floor)
        return named if len(named) > 1 or floor < MARKED else named + self._spoken(j, self.further[j], floor)

    def _spoken(self, j: int, traits: Sequence[Trait], floor: float) -> list[tuple[Trait, Phrase]]:
        found: dict[str, tuple[Trait, Phrase]] = {}
        for trait in traits:
            if self.tiers[j] and (trait.measure == "monetary" or trait.column == self.value):
                continue  # the tier has said it
            phrase = phrase_of(trait, self.alone, floor=floor)
            if phrase and (trait.column not in found or phrase.weight > found[trait.column][1].weight):
                found[trait.column] = trait, replace(phrase, place=self.place.get(trait.column, 0))
        return sorted(found.values(), key=lambda pair: (-pair[1].weight, pair[1].place))

    def furthest(self, j: int, trait: Trait) -> bool:
        """Whether no other segment goes as far as segment j in this column, on this side."""
        side = 1.0 if trait.effect > 0 else -1.0
        rows = enumerate(self.features if trait.role == "feature" else self.further)
        rivals = [t for i, row in rows if i != j for t in row if t.column == trait.column]
        return all(side * trait.effect > side * r.effect for r in rivals)


def value_tier(index: float | None) -> str | None:
    """Return the tier of a segment whose customers are worth `index` (100: as everybody) on average.

    Examples
    --------
    >>> value_tier(240.0), value_tier(100.0), value_tier(30.0), value_tier(None)
    ('High value', 'Mid value', 'Low value', None)
    """
    if index is None:
        return None
    return "High value" if index >= HIGH_INDEX else "Low value" if index <= LOW_INDEX else "Mid value"


def name_segments(
    traits: Sequence[Sequence[Trait]],
    tiers: Sequence[str | None],
    columns: Sequence[str],
    *,
    value: str | None = None,
    derived: Collection[str] = (),
) -> tuple[str, ...]:
    """Return a unique name for every segment.

    Parameters
    ----------
    traits : sequence of sequence of Trait
        Of each segment; all columns, any order. Features are named, and derived columns where those do not suffice.
    tiers : sequence of str or None
        As `value_tier` gives them.
    columns : sequence of str
        All columns in the order in which names tell them.
    value : str, optional
        The column the tiers were made of; it is not named again.
    derived : collection of str
        Profile columns computed from purchases, which may stand where fewer than two features are marked.

    Returns
    -------
    tuple of str
        At most about 60 characters each. All names are chosen at once: where two segments share their two
        largest effects, the one that loses least takes other or further traits, or a comparative.
    """
    features = [tuple(t for t in row if t.role == "feature") for row in traits]
    further = [tuple(t for t in row if t.column in derived and t.role == "profile" and t.measure) for row in traits]
    measured = {t.column: t.measure for row in (features[:1], further[:1]) for t in chain(*row) if t.measure}
    alone = frozenset(m for m, times in Counter(measured.values()).items() if times == 1)
    scene = _Scene(features, further, tuple(tiers), alone, {name: i for i, name in enumerate(columns)}, value)
    drafts = [_drafts(j, scene) for j in range(len(features))]
    best = [d[0].text for d in drafts]
    if len({b.casefold() for b in best}) == len(best):
        return tuple(best)
    texts = list(dict.fromkeys(d.text.casefold() for row in drafts for d in row))
    column = {text: i for i, text in enumerate(texts)}
    spelled: list[dict[int, str]] = [{} for _ in drafts]
    cost = np.full((len(drafts), len(texts)), IMPOSSIBLE)
    for j, row in enumerate(drafts):
        for draft in row:
            at = column[draft.text.casefold()]
            if draft.loss < cost[j, at]:
                cost[j, at], spelled[j][at] = draft.loss, draft.text
    return tuple(spelled[j][int(at)] for j, at in enumerate(match(cost)))


def phrase_of(trait: Trait, alone: frozenset[str], *, floor: float = MARKED) -> Phrase | None:
    """Return the words for a trait, or None where it is not marked or has no words fit for a name.

    Parameters
    ----------
    trait : Trait
        Of one segment.
    alone : frozenset of str
        Measures that one feature alone has: "frequent" is clear only where there is one frequency.
    floor : float
        Smallest |effect|.
    """
    sure = trait.significant or (trait.n + trait.missing < FEW and abs(trait.effect) >= EVIDENT)
    if abs(trait.effect) < floor or not sure or trait.n == 0:
        return None
    weight, high = round(abs(trait.effect), 1), trait.effect > 0
    if trait.kind == "category":
        if not high or trait.share is None or trait.share < MOSTLY:
            return None
        return Phrase("", _category_words(trait), weight)
    if trait.binary:
        if not high:
            return Phrase("rarely", trait.title, weight * 0.7)  # what people do says more than what they do not
        return Phrase("" if (trait.share or 0.0) >= ALWAYS else "often", trait.title, weight)
    measure = measures().get(trait.measure or "")
    fixed = (measure.high if high else measure.low) if measure and measure.key in alone else None
    if fixed:
        return Phrase("", fixed.format(trait.title), weight)
    if trait.unit == "year":
        return Phrase("later" if high else "earlier", trait.title, weight)
    if trait.family == "count":
        return Phrase("many" if high else "few", trait.title, weight)
    if trait.family == "amount":
        return Phrase("high spend on" if high else "low spend on", trait.title, weight)
    return Phrase("high" if high else "low", trait.title, weight)


def spell(tier: str | None, phrases: Sequence[Phrase]) -> str:
    """Return a name from its parts, with the columns' words cut where it would grow too long.

    Examples
    --------
    >>> spell("High value", [Phrase("", "frequent", 1.0), Phrase("", "recent", 0.5)])
    'High value · frequent, recent'
    >>> spell(None, [Phrase("many", "web purchases", 2.0), Phrase("many", "store purchases", 1.0)])
    'Many web and store purchases'
    """
    text = ""
    for most in (34, 28, 22, 17, 12):
        text = ", ".join(_clauses(phrases, most)) or AVERAGE
        text = f"{tier} · {text}" if tier else capitalised(text)
        if len(text) <= LONGEST:
            break
    return clipped(text, LONGEST)


def _clauses(phrases: Sequence[Phrase], most: int) -> list[str]:
    by_lead: dict[str, list[str]] = {}
    leads: dict[str, str] = {}
    for phrase in sorted(phrases, key=lambda p: p.place):
        # what stands alone, or holds a list of its own, cannot be joined with others
        whole = not phrase.lead or " and " in phrase.noun or "," in phrase.noun
        key = f"\0{phrase.noun}" if whole else phrase.lead
        leads[key] = phrase.lead
        by_lead.setdefault(key, []).append(clipped(phrase.noun, most))
    return [f"{leads[key]} {joined(_factored(nouns))}".strip() for key, nouns in by_lead.items()]


def _factored(nouns: list[str]) -> list[str]:
    """Say a common last word once: "web and store purchases"."""
    words = [n.split() for n in nouns]
    if len(nouns) < 2 or min(len(w) for w in words) < 2 or len({w[-1] for w in words}) > 1:
        return nouns
    return [*(" ".join(w[:-1]) for w in words[:-1]), nouns[-1]]


def _category_words(trait: Trait) -> str:
    """A category says enough by itself unless it is a code or an answer."""
    category = str(trait.category).strip()
    plain = len(category) > 2 and not any(c.isdigit() for c in category) and category.casefold() not in ANSWERS
    return category if plain else f"{trait.title} {category}"


def _drafts(j: int, scene: _Scene) -> list[_Draft]:
    """Every name segment j could bear, best first; the last one is always free."""
    features, tier = scene.features[j], scene.tiers[j]
    if features and all(t.n == 0 and t.missing == 0 for t in features):
        drafts = [_Draft(capitalised(EMPTY), 0.0)]
    elif found := scene.phrases(j, MARKED)[:POOL]:
        drafts = _throughout(j, scene) + _combined([p for _, p in found], tier) + _superlatives(j, scene, found)
        drafts += _with_figures(drafts[0].text, [t for t, _ in found])
    else:
        drafts = [_Draft(spell(tier, ()), 0.0)]
        for _, phrase in scene.phrases(j, FAINT)[:POOL]:
            rather = Phrase("", " ".join(f"{AVERAGE}, rather {phrase.lead} {phrase.noun}".split()), phrase.weight)
            drafts.append(_Draft(spell(tier, [rather]), 1.0 - phrase.weight))
    last = clipped(drafts[0].text, LONGEST - 5)
    # the larger segment, which stands first, keeps the plain name
    return [*sorted(drafts, key=lambda d: d.loss), _Draft(f"{last} ({j + 1})", LAST_RESORT - 1e-3 * j)]


def _combined(pool: list[Phrase], tier: str | None) -> list[_Draft]:
    """Two traits, or three where two are not enough."""
    best = sum(p.weight for p in pool[:2])
    drafts = []
    for size in range(min(2, len(pool)), min(3, len(pool)) + 1):
        for chosen in combinations(pool, size):
            loss = best - sum(p.weight for p in chosen[:2]) + (0.25 if size == 3 else 0.0)
            drafts.append(_Draft(spell(tier, chosen), loss))
    return drafts


def _throughout(j: int, scene: _Scene) -> list[_Draft]:
    """One word where nearly every feature says the same, and any two of them would tell a part of it only."""
    numbers = [t for t in scene.features[j] if t.kind == "number" and not t.binary]
    if len(numbers) < max(SEVERAL, THROUGHOUT * len({t.column for t in scene.features[j]})):
        return []
    effects = np.sort([t.effect for t in numbers if phrase_of(t, frozenset()) is not None])
    for side, row in ("high", effects[effects > 0]), ("low", -effects[effects < 0]):
        if len(row) >= THROUGHOUT * len(numbers) and row.max() <= EVEN * float(np.median(row)):
            return [_Draft(spell(scene.tiers[j], [Phrase("", f"{side} throughout", 0.0)]), 0.0)]
    return []


def _with_figures(name: str, traits: list[Trait]) -> list[_Draft]:
    """The name with a figure behind it, where words alone do not tell segments apart."""
    drafts = []
    for i, trait in enumerate(t for t in traits if t.kind == "number"):
        figure = number(trait.told[0], spoken_unit(trait))
        text = f"{name} ({trait.title} {figure})"
        if len(text) <= LONGEST:
            drafts.append(_Draft(text, LAST_RESORT / 2 + i))
    return drafts


def _superlatives(j: int, scene: _Scene, found: list[tuple[Trait, Phrase]]) -> list[_Draft]:
    """Names with "highest" or "lowest" for columns in which no other segment goes as far."""
    tier, best = scene.tiers[j], sum(p.weight for _, p in found[:2])
    drafts = []
    for trait, phrase in found:
        said = phrase.lead or phrase.noun
        if said not in SUPERLATIVE or not scene.furthest(j, trait):
            continue
        most = SUPERLATIVE[said]
        top = replace(phrase, lead=most) if phrase.lead else replace(phrase, noun=most)
        drafts.append(_Draft(spell(tier, [top]), 1.0 + best - top.weight))
        for other, second in found:
            if other.column != trait.column:
                drafts.append(_Draft(spell(tier, [top, second]), 0.5 + best - top.weight - second.weight))
    return drafts
