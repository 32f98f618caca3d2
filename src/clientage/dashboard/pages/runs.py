"""The page Runs: what was made before, two of them side by side, and files to take away."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import streamlit as st

from clientage.charts.figure import Cell, DataTable, TableColumn
from clientage.dashboard.finishing import goto
from clientage.dashboard.jobs import Job
from clientage.dashboard.messages import page_link, show_hint, show_refusal
from clientage.dashboard.session import Session
from clientage.dashboard.style import sheet
from clientage.dashboard.words import plain
from clientage.dashboard.worker import Task
from clientage.dashboard.working import start
from clientage.errors import ClientageError
from clientage.history.comparing import Comparison, compare
from clientage.history.listing import RunEntry, list_runs
from clientage.report.html import table_html
from clientage.report.markup import tag
from clientage.runs.run import open_run
from clientage.segments.wording import count, number

FORMS = {"html": "text/html", "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}


def show(session: Session) -> None:
    """Show the page."""
    st.title("Runs")
    entries = list_runs(session.launch.folder)
    if not entries:
        show_hint("No runs yet", f"Every study is kept as a run in the folder {session.launch.folder}.")
        page_link("data", "Choose data")
        return
    chosen = _history(entries)
    if not chosen:
        st.caption("Choose a run to open it, or two to compare them.")
        return
    if len(chosen) == 1:
        _one(session, chosen[0])
    else:
        _two(chosen[0], chosen[1])
        if len(chosen) > 2:
            st.caption("The first two that were chosen are compared.")


def _history(entries: tuple[RunEntry, ...]) -> list[RunEntry]:
    rows = [
        {
            "Made (UTC)": (e.made or "").replace("T", " ").rstrip("Z"),
            "Source": e.source,
            "Customers": e.n,
            "Segments": e.k,
            "Algorithm": e.algorithm,
            "Verdict": e.headline if e.damage is None else "damaged",
            "Stability": e.stability,
            "Run": e.id,
        }
        for e in entries
    ]
    state: Any = st.dataframe(
        rows,
        key="history",
        hide_index=True,
        width="stretch",
        height=min(420, 38 + 35 * len(rows)),
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Customers": st.column_config.NumberColumn(format="localized"),
            "Stability": st.column_config.NumberColumn(format="%.2f"),
        },
    )
    return [entries[i] for i in state["selection"]["rows"] if i < len(entries)]


def _one(session: Session, entry: RunEntry) -> None:
    if entry.damage is not None:
        show_hint("This run is damaged", entry.damage)
        return
    st.subheader(plain(entry.id))
    with st.container(horizontal=True):
        if st.button("Open", type="primary", icon=":material/folder_open:", key="open_run"):
            session.open_run(Path(entry.path))
            goto("overview", "segments")
        if session.job is None:
            _downloads(session, entry)


def _downloads(session: Session, entry: RunEntry) -> None:
    made = st.session_state.setdefault("_reports", {})
    for form, kind in FORMS.items():
        words = {"html": "report", "pptx": "slides"}[form]
        if (entry.id, form) in made:
            st.download_button(
                f"Download the {words}",
                made[entry.id, form].read_bytes,
                f"{entry.id}.{form}",
                kind,
                icon=":material/download:",
                on_click="ignore",
                key=f"get_{form}",
            )
        elif st.button(f"Make the {words}", key=f"make_{form}"):
            more = {"run": entry.path, "run_id": entry.id, "form": form}
            task = Task("report", "", session.settings, session.launch.scratch / uuid.uuid4().hex, more)
            start(session, Job(task, f"Making the {words} of {entry.id}"))
            st.rerun()
    st.download_button(
        "Download the assignments",
        lambda: open_run(entry.path).read("assignments.csv"),
        f"{entry.id}-assignments.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="get_assignments",
    )


def _two(a: RunEntry, b: RunEntry) -> None:
    try:
        found = compare(open_run(a.path), open_run(b.path))
    except ClientageError as refusal:
        show_refusal(refusal)
        return
    st.subheader("Side by side")
    sheet(*(tag("p", note) for note in found.notes))
    _agreement(found)
    heads = (TableColumn(""), TableColumn(f"A: {a.id}"), TableColumn(f"B: {b.id}"))
    settings = tuple((s.name, _said(s.a), _said(s.b)) for s in found.settings)
    sheet(
        table_html(DataTable(heads, settings, "Settings that differ"))
        if settings
        else tag("p", "Both were made with the same settings.", class_="quiet")
    )
    criteria = tuple((c.title, _said(c.a), _said(c.b)) for c in found.criteria)
    sheet(table_html(DataTable(heads, criteria, "Criteria")))
    _movement(found)


def _agreement(found: Comparison) -> None:
    if found.adjusted_rand is None or found.movement is None:
        return
    first, second, third = st.columns(3)
    first.metric("Agreement (adjusted Rand)", f"{found.adjusted_rand:.2f}", help="1: the same segments; 0: by chance.")
    second.metric("Customers in both", f"{found.movement.shared:,}")
    third.metric("Of these in another segment", f"{found.moved:,}")


def _movement(found: Comparison) -> None:
    """Who moved: segments of A down, of B across, customers in the cells."""
    if found.movement is None:
        return
    names_b = ["no segment", *found.names_b]
    columns = (TableColumn("A ↓  B →"), *(TableColumn(n, "count") for n in names_b))
    rows: list[tuple[Cell, ...]] = [
        (name, *(int(n) for n in row))
        for name, row in zip(["no segment", *found.names_a], found.movement.table.tolist(), strict=True)
    ]
    sheet(table_html(DataTable(columns, tuple(rows), "Who moved: customers of each pair of segments")))


def _said(value: Any) -> Cell:
    if value is None or value == []:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return count(value) if isinstance(value, int) else number(value)
    return str(value)
