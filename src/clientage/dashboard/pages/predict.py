"""The page Predict: one customer by hand, or a file of new ones."""

from __future__ import annotations

import uuid

import streamlit as st

from clientage.charts.figure import DataTable, TableColumn
from clientage.dashboard.customer_form import customer_form
from clientage.dashboard.drawing import show_block
from clientage.dashboard.finishing import Classified
from clientage.dashboard.jobs import Job
from clientage.dashboard.launch import UPLOAD_MB
from clientage.dashboard.messages import show_no_segments
from clientage.dashboard.session import Session
from clientage.dashboard.sources import ENDINGS, keep_upload
from clientage.dashboard.style import sheet
from clientage.dashboard.words import plain
from clientage.dashboard.worker import Task
from clientage.dashboard.working import start
from clientage.report.blocks import SegmentCard
from clientage.report.html import table_html
from clientage.report.html_segments import chip
from clientage.report.markup import tag
from clientage.runs.model import SavedModel
from clientage.scoring.explaining import Explanation, explain
from clientage.segments.wording import percent

MOST_REASONS = 6


def show(session: Session) -> None:
    """Show the page."""
    run = session.run
    if run is None:
        show_no_segments("Predict")
        return
    st.title("Predict")
    one, many = st.tabs(["One customer", "A file of customers"], key="predict_way", on_change="rerun")
    if one.open:
        with one:
            _one(session, run.model())
    if many.open:
        with many:
            _many(session, session.run_name, str(run.path), transactions=len(run.model().roles) > 1)


@st.fragment
def _one(session: Session, model: SavedModel) -> None:
    answer, form = st.columns([1, 1.1], gap="large")  # the answer first, also where one stands below the other
    with form:
        features = customer_form(model, f"{session.run_name}{model.names}")
    with answer:
        explained = explain(model, features)
        _answer(explained)
        _reasons(explained)
        _traits(session, explained.segment_id)


def _answer(explained: Explanation) -> None:
    """Segment, confidence and nearest alternative, first."""
    if not explained.segment_id:
        text = "This customer is in no segment" + (f"; the nearest is {explained.other}." if explained.other else ".")
        sheet(tag("div", tag("p", "No segment", class_="callout-title"), tag("p", text), class_="callout warning"))
    else:
        other = f"Nearest other segment: {explained.other}." if explained.other else "There is no other segment."
        sheet(
            tag("h3", chip(explained.segment_id), explained.name, class_="answer"),
            tag("p", f"Confidence {percent(explained.confidence)}, from 0% halfway between two segments to 100%."),
            tag("p", other, class_="quiet"),
        )
    for note in explained.notes:
        if note.severity == "warning":
            sheet(tag("div", tag("p", note.text), class_="callout warning"))


def _reasons(explained: Explanation) -> None:
    if not explained.contributions:
        return
    rows = tuple(
        (c.title, c.here, c.typical, c.elsewhere, 100 * c.weight) for c in explained.contributions[:MOST_REASONS]
    )
    heads = ("Feature", "This customer", "Typical here", "Typical of the other")
    columns = (*(TableColumn(h) for h in heads), TableColumn("Weight, %", "points"))
    sheet(
        tag("h4", "Why this segment and not the nearest other"),
        table_html(DataTable(columns, rows)),
        tag(
            "p",
            "Weight above 0 speaks for the segment, below 0 for the other one; without their signs, the weights of all "
            "features add up to 100%.",
            class_="quiet",
        ),
    )


def _traits(session: Session, segment: int) -> None:
    report = session.report
    if report is None or not segment:
        return
    cards = (b for b in report.document.section("segments").blocks if isinstance(b, SegmentCard))
    card = next((c for c in cards if c.id == segment), None)
    if card is not None:
        with st.expander("Who is in this segment", icon=":material/group:"):
            show_block(card)


def _many(session: Session, run_id: str, path: str, *, transactions: bool) -> None:
    round_ = st.session_state.setdefault("_score_round", 0)
    busy = session.job is not None
    lines = None
    if transactions:
        lines = st.file_uploader("First their invoice lines", ENDINGS, key=f"score_lines_{round_}", disabled=busy)
    file = st.file_uploader(
        f"New customers, with the columns the segments were made of, in any order; at most {UPLOAD_MB // 1024} GB",
        ENDINGS,
        key=f"score_{round_}",
        disabled=busy or (transactions and lines is None),
    )
    if file is not None:
        beside = "" if lines is None else str(keep_upload(session, lines))
        source = keep_upload(session, file)
        st.session_state["_score_round"] = round_ + 1
        folder = session.launch.scratch / uuid.uuid4().hex
        more = {"run": path, "run_id": run_id, "name": source.name, "transactions": beside}
        start(session, Job(Task("score", str(source), session.settings, folder, more), f"Classifying {source.name}"))
        st.rerun()
    done: Classified | None = st.session_state.get("_classified")
    if done is not None and done.run_id == run_id:
        _classified(done)


def _classified(done: Classified) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(done.name)}**: {done.n:,} customers classified.")
        for note in done.notes:
            if note.severity != "info":
                kind = "warning" if note.severity == "warning" else "info"
                sheet(tag("div", tag("p", note.text), class_=f"callout {kind}"))
        st.download_button(
            "Download them classified",
            done.file.read_bytes,
            f"classified_{done.name.partition('.')[0]}.csv",
            "text/csv",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key="download_classified",
        )
