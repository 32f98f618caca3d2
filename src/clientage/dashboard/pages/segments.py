"""The page Segments: all of them side by side, one at a time, renamed in place, and their customers to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from clientage.charts.figure import Figure
from clientage.charts.picking import in_frame, in_segments, picked_segments
from clientage.dashboard.chosen_customers import show_chosen, show_chosen_of_run
from clientage.dashboard.drawing import show_block, show_figure
from clientage.dashboard.messages import show_hint, show_no_segments, show_refusal
from clientage.dashboard.session import Session
from clientage.dashboard.style import sheet
from clientage.dashboard.words import plain
from clientage.errors import ClientageError
from clientage.report.blocks import Document, Glance, SegmentCard
from clientage.report.html import table_html
from clientage.report.saved import SavedReport
from clientage.report.statistics import FIGURES, statistics_tables

ALL = 0


def show(session: Session) -> None:
    """Show the page."""
    report = session.report
    if report is None:
        show_no_segments("Segments")
        return
    st.title("Segments")
    segment = _choose(session, report)
    if segment == ALL:
        _all(session, report)
    else:
        _one(session, report, segment)


def _choose(session: Session, report: SavedReport) -> int:
    """All segments, or one: kept in the address, so that a link leads to it."""
    names = {ALL: "All segments"} | {i: f"{i}. {name}" for i, name in report.document.segments}
    now = session.segment if session.segment in names else None
    chosen = st.pills(
        "Which segment?",
        list(names),
        default=now or ALL,
        format_func=lambda i: plain(names[i]),
        required=True,
        label_visibility="collapsed",
        key=f"segment_{session.run_name}_{hash(tuple(names.values()))}",
    )
    session.segment = chosen or None
    return int(chosen or ALL)


def _all(session: Session, report: SavedReport) -> None:
    document = report.document
    for block in _blocks(document, Glance):
        show_block(block)
    _tabs(
        "all",
        {
            "Sizes": lambda: _sizes(session, report),
            "Figures": lambda: _statistics(session, report),
            "What sets them apart": lambda: _figures(document, "profiles", "heatmap"),
            "Spread": lambda: _figures(document, "boxes"),
            "Categories": lambda: _figures(document, "categories"),
            "Responses": lambda: _responses(document),
            "Map": lambda: _map(session, report),
        },
    )


def _tabs(key: str, content: Mapping[str, Callable[[], None]]) -> None:
    """Tabs of which only the open one is drawn."""
    for tab, draw in zip(st.tabs(list(content), key=f"tabs_{key}", on_change="rerun"), content.values(), strict=True):
        if tab.open:
            with tab:
                draw()


@st.fragment
def _sizes(session: Session, report: SavedReport) -> None:
    figure = _figure(report.document, "sizes")
    if figure is None:
        return
    segments = picked_segments(show_figure(figure, key=f"pick_{session.run_name}", pick=True))
    if segments:
        _customers(session, segments)


@st.fragment
def _map(session: Session, report: SavedReport) -> None:
    figure = _figure(report.document, "map")
    if figure is None:
        st.markdown("There is no map: the segments were made of a single feature.")
        return
    record = session.record
    if record is None:
        show_figure(figure, key="map_only")
        st.caption("To choose customers on the map, make the segments anew from their file: a run keeps no customers.")
        return
    rows = in_frame(record, show_figure(figure, key=f"pick_{session.run_name}", pick=True))
    if len(rows):
        show_chosen(record, rows, "map")


@st.fragment
def _statistics(session: Session, report: SavedReport) -> None:
    run = session.run
    if run is None:
        return
    figure = st.segmented_control("Numbers as", FIGURES, default=FIGURES[0], required=True, key="statistics_figure")
    for table in statistics_tables(run, [name for _, name in report.document.segments], figure or FIGURES[0]):
        sheet(table_html(table))


def _responses(document: Document) -> None:
    """How the segments responded, as the report tells it; a way on where nothing says so."""
    shown = False
    for block in document.section("segments").blocks:
        if type(block).__name__ == "Heading":
            shown = True
        elif shown and isinstance(block, Figure):
            break
        if shown and type(block).__name__ in {"Heading", "DataTable", "Text", "Callout"}:
            show_block(block)
    if not shown:
        show_hint(
            "No column says how customers responded",
            "Where a file has one, for example whether a campaign was answered, give it the use “outcome” on the page "
            "Data.",
        )


def _one(session: Session, report: SavedReport, segment: int) -> None:
    card = next((c for c in _blocks(report.document, SegmentCard) if c.id == segment), None)
    if card is None:
        return
    _rename(session, report, card)
    show_block(card)
    document = report.document
    _tabs(
        "one",
        {
            "Its customers": lambda: _customers(session, (segment,)),
            "Beside the others": lambda: _figures(document, "sizes", "heatmap", focus=segment),
            "Spread": lambda: _figures(document, "boxes", focus=segment),
            "Categories": lambda: _figures(document, "categories", focus=segment),
        },
    )


def _rename(session: Session, report: SavedReport, card: SegmentCard) -> None:
    computed = next(s["computed_name"] for s in report.summary["segments"] if s["id"] == card.id)
    with st.form(f"rename_{session.run_name}_{card.id}", border=False):
        field, keep, back = st.columns([4, 1, 1.4], vertical_alignment="bottom")
        name = field.text_input("Your own name for this segment", value=card.name, max_chars=120)
        kept = keep.form_submit_button("Rename", width="stretch")
        undone = back.form_submit_button("Computed name", width="stretch", disabled=card.name == computed)
    if not (kept or undone):
        return
    names = {i: n for i, n in session.names.items() if i != card.id}
    if kept and name.strip() and name.strip() != computed:
        names[card.id] = name
    try:
        session.rename(names)
    except ClientageError as refusal:
        show_refusal(refusal)
        return
    st.rerun()


def _customers(session: Session, segments: Sequence[int]) -> None:
    record, run = session.record, session.run
    if record is not None:
        show_chosen(record, in_segments(record, segments), "_".join(map(str, segments)))
    elif run is not None:
        show_chosen_of_run(run, segments)


def _figures(document: Document, *names: str, focus: int = 0) -> None:
    drawn = [figure for name in names if (figure := _figure(document, name)) is not None]
    for figure in drawn:
        show_figure(figure, key=f"focus_{focus}", focus=focus)
    if not drawn:
        st.markdown("There is nothing of this kind in these data.")


def _figure(document: Document, name: str) -> Figure | None:
    return next((f for f in _blocks(document, Figure) if f.name == name), None)


def _blocks(document: Document, kind: type) -> Iterator[Any]:
    return (block for block in document.section("segments").blocks if isinstance(block, kind))
