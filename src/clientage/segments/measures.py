"""What a column measures: recency, frequency, income …, found by the words of its heading.

Receives headings, returns keys of `measures.toml`; names and recommendations reason with them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clientage.segments.headings import Heading, humanise

FILE = Path(__file__).with_name("measures.toml")


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that columns measure.

    Parameters
    ----------
    key : str
        As in `measures.toml`.
    words : tuple of (whole, run)
        Runs of singular words; `whole` runs must be the entire heading.
    unless : tuple of str
        Words that rule the measure out.
    high, low : str or None
        What a name says of high and low values; None: "high …", "low …".
    upside : str or None
        ``"high"`` or ``"low"``: the side that is good for the shop.
    """

    key: str
    words: tuple[tuple[bool, tuple[str, ...]], ...]
    unless: tuple[str, ...]
    high: str | None
    low: str | None
    upside: str | None

    def matches(self, tokens: tuple[str, ...]) -> bool:
        """Whether a heading of these singular words names this measure."""
        if any(t in self.unless for t in tokens):
            return False
        return any(tokens == run if whole else _contains(tokens, run) for whole, run in self.words)


@cache
def measures() -> dict[str, Measure]:
    """Return every measure by key, in order of precedence.

    Examples
    --------
    >>> measures()["recency"].low
    'recent'
    """
    with open(FILE, "rb") as file:
        tables = tomllib.load(file)
    return {
        key: Measure(
            key,
            tuple((w.startswith("="), tuple(w.removeprefix("=").split())) for w in table["words"]),
            tuple(table.get("unless", ())),
            table.get("high"),
            table.get("low"),
            table.get("upside"),
        )
        for key, table in tables.items()
    }


def measure_of(column: str, heading: Heading) -> str | None:
    """Return the key of what a column measures, or None.

    Parameters
    ----------
    column : str
        Its name, asked first.
    heading : Heading
        Its words, which for derived columns say more than the name.

    Examples
    --------
    >>> measure_of("Year_Birth", humanise("Year_Birth")), measure_of("MntWines", humanise("MntWines"))
    ('birth', 'spend')
    >>> measure_of("last_purchase_amount", humanise("last_purchase_amount"))
    'basket'
    """
    own = humanise(column)
    for tokens in (own.tokens, heading.tokens):
        for measure in measures().values():
            if measure.matches(tokens):
                return measure.key
    return "spend" if own.family == "amount" else None


def _contains(tokens: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(tokens[i : i + len(run)] == run for i in range(len(tokens) - len(run) + 1))
