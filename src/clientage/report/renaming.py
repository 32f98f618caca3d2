"""A document with other names for its segments: what a person wrote into `names.toml`, everywhere at once.

Receives a document and the names of all segments; returns the document with them. Names stand in known places:
the blocks about segments, tables by segment, labels in figures, and sentences that say "3 (Name)".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from clientage.charts.figure import DataTable, Figure, panel_grid, wrapped
from clientage.report.blocks import Document, GlanceRow, SegmentCard
from clientage.segments.own_names import retold

# Width and lines of the labels in a figure, where they differ from `segment_labels`' own.
LABELS: Mapping[str, tuple[int, int]] = {"heatmap": (14, 3), "boxes": (18, 2), "responses": (18, 2), "map": (60, 1)}
USUAL = (24, 2)
JOINED = " + "  # between the names of segments that were merged


def rename(document: Document, names: Sequence[str]) -> Document:
    """Return the document with these names for its segments.

    Parameters
    ----------
    document : Document
        From `build_document`.
    names : sequence of str
        One for each segment, segment 1 first.
    """
    before = [name for _, name in document.segments]
    if list(names) == before:
        return document
    renaming = _Renaming(tuple(before), tuple(names))
    segments = tuple((i, name) for (i, _), name in zip(document.segments, names, strict=True))
    sections = tuple(replace(s, blocks=tuple(renaming.block(b) for b in s.blocks)) for s in document.sections)
    return replace(document, segments=segments, sections=sections)


@dataclasses.dataclass(frozen=True)
class _Renaming:
    before: tuple[str, ...]
    after: tuple[str, ...]

    def block(self, value: Any) -> Any:
        """A block, or anything inside one."""
        if isinstance(value, Figure):
            return self._figure(value)
        if isinstance(value, DataTable):
            return self._table(value)
        if isinstance(value, (GlanceRow, SegmentCard)):
            return replace(value, name=self.after[value.id - 1])
        if isinstance(value, tuple):
            return tuple(self.block(v) for v in value)
        if isinstance(value, str):
            return self._sentence(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: self.block(getattr(value, f.name)) for f in dataclasses.fields(value)})
        return value

    def _name(self, text: str) -> str:
        """A text that is a name, or names of merged segments; any other as it is."""
        parts = text.split(JOINED)
        known = dict(zip(self.before, self.after, strict=True))
        return JOINED.join(known[p] for p in parts) if all(p in known for p in parts) else text

    def _sentence(self, text: str) -> str:
        return retold(text, self.before, self.after)

    def _table(self, table: DataTable) -> DataTable:
        columns = tuple(replace(c, label=self._name(c.label)) for c in table.columns)
        named = {i for i, c in enumerate(table.columns) if c.form == "text" and c.label.startswith("Segment")}
        rows = tuple(
            tuple(self._name(v) if i in named and isinstance(v, str) else v for i, v in enumerate(row))
            for row in table.rows
        )
        return replace(table, columns=columns, rows=rows)

    def _figure(self, figure: Figure) -> Figure:
        width, lines = LABELS.get(figure.name, USUAL)
        old, new = (
            wrapped([f"{i}. {name}" for i, name in enumerate(names, 1)], width, lines)
            for names in (self.before, self.after)
        )
        labels = dict(zip(old, new, strict=True))
        spec = _relabelled(figure.spec, labels)
        if "concat" in spec:  # names of another length need another room
            spec |= panel_grid(spec["concat"], spec["columns"])
        return replace(figure, spec=spec, table=self._table(figure.table))


def _relabelled(value: Any, labels: Mapping[str, str]) -> Any:
    """A specification with other labels, be they one text or the lines of a title."""
    if isinstance(value, str):
        return labels.get(value, value)
    if isinstance(value, Mapping):
        return {k: _relabelled(v, labels) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(v, str) for v in value) and "\n".join(value) in labels:
            return labels["\n".join(value)].split("\n")
        return [_relabelled(v, labels) for v in value]
    return value
