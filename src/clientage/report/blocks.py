"""What a document is made of: frozen blocks that say what is shown and nothing about how.

Receives nothing; every section builder returns these, and every renderer (page, slides) reads them.
Tables and figures are `clientage.charts.figure`'s.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from clientage.charts.figure import DataTable, Figure

Severity = Literal["good", "info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph.

    Parameters
    ----------
    text : str
        Whole sentences.
    terms : tuple of str
        Words in it that the glossary explains.
    tone : {"plain", "lead", "quiet"}
        The answer itself, ordinary text, or a remark.
    """

    text: str
    terms: tuple[str, ...] = ()
    tone: Literal["plain", "lead", "quiet"] = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences of equal rank."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with what it counts, and the glossary entry that explains it."""

    value: str
    label: str
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A row of key figures."""

    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Callout:
    """Something a reader must not miss: a finding of the checks, or a reason for confidence."""

    severity: Severity
    title: str
    text: str
    advice: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks for those who want to know more; closed on a screen, open on paper."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One segment in one line.

    Parameters
    ----------
    id, name, size, share, value_share
        As in the profiles; `value_share` is None where no column says what a customer is worth.
    traits : tuple of str
        What sets it apart, the strongest first.
    play : str
        What to do, in a few words; "" where nothing is recommended.
    """

    id: int
    name: str
    size: int
    share: float
    value_share: float | None
    traits: tuple[str, ...]
    play: str


@dataclass(frozen=True, slots=True)
class Glance:
    """All segments side by side, and the customers that are in none."""

    rows: tuple[GlanceRow, ...]
    unassigned: int
    value_title: str | None


@dataclass(frozen=True, slots=True)
class TraitRow:
    """One column of one segment: its words, both values as text, and the effect in standard deviations."""

    title: str
    here: str
    everybody: str
    effect: float
    marker: bool


@dataclass(frozen=True, slots=True)
class SegmentCard:
    """Everything about one segment.

    Parameters
    ----------
    id, name, size, share, value_share
        As in the profiles.
    lead : tuple of str
        The traits that mark the segment, as clauses.
    features, others : tuple of TraitRow
        Columns that made the segments, and columns that only describe them; the strongest first.
    outcomes : tuple of str
        How the segment responded, as sentences.
    trust : tuple of str
        Stability and confidence, as sentences.
    play, advice : str
        The recommendation; "" where there is none.
    evidence : tuple of str
        The figures it rests on.
    rule, rule_quality : str
        Who is in it, in original units, and how well that says it; "" where there is no rule.
    hidden : bool
        It is too small for its figures to be shown.
    reach : float
        Effect that fills the bars of its columns.
    """

    id: int
    name: str
    size: int
    share: float
    value_share: float | None
    lead: tuple[str, ...]
    features: tuple[TraitRow, ...]
    others: tuple[TraitRow, ...]
    outcomes: tuple[str, ...]
    trust: tuple[str, ...]
    play: str
    advice: str
    evidence: tuple[str, ...]
    rule: str = ""
    rule_quality: str = ""
    hidden: bool = False
    reach: float = 2.5


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of the glossary."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """The glossary."""

    items: tuple[Definition, ...]


Block = Text | Bullets | Facts | Callout | Heading | Fold | Glance | SegmentCard | Definitions | DataTable | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document with a heading.

    Parameters
    ----------
    key : str
        Stable name, also the anchor: ``verdict``, ``segments``, ``choice`` …
    title : str
        The heading.
    blocks : tuple
        In reading order.
    menu : str
        Its name in the table of contents.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    menu: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, before it has any form.

    Parameters
    ----------
    title : str
        Of the page or deck.
    subtitle : str
        What it is about: source, customers, date of the run when given.
    sections : tuple of Section
        In the order a reader asks.
    segments : tuple of (int, str)
        Ids and names, for legends; empty for an exploration.
    footer : str
        How the document was made.

    Examples
    --------
    >>> Document("Segments", "of shop.csv", (Section("a", "A", (Text("Yes."),), "A"),), (), "").section("a").title
    'A'
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    segments: tuple[tuple[int, str], ...]
    footer: str

    def section(self, key: str) -> Section:
        """Return the section of this name.

        Raises
        ------
        KeyError
            When there is none.
        """
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def as_dict(self) -> dict[str, Any]:
        """Return the document as JSON-ready values; every block names its kind."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value
