"""The page Overview: what kind of segments these are, the map, and the knobs that redraw everything at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from clientage.charts.figure import Figure
from clientage.dashboard.benches import bench_of, go_on_judging, stop_judging
from clientage.dashboard.drawing import PARTS, keep_place, show_figure, show_together
from clientage.dashboard.knobs_form import edit_knobs, put_back
from clientage.dashboard.messages import in_words, page_link, show_hint, show_no_segments, show_refusal
from clientage.dashboard.session import Session
from clientage.dashboard.small_cards import show_cards
from clientage.dashboard.sources import begin_study
from clientage.dashboard.trial_figures import figures_of_trial
from clientage.errors import ClientageError
from clientage.report.blocks import Block, Facts, SegmentCard
from clientage.report.saved import SavedReport
from clientage.report.trying import headline_of_summary, headline_of_trial, trial_blocks, trial_cards
from clientage.trial.bench import Bench
from clientage.trial.knobs import Knobs, knobs_of
from clientage.trial.trial import Trial

DRAWN = ("map", "sizes", "heatmap")  # what is redrawn with every turn of a knob


def show(session: Session) -> None:
    """Show the page."""
    report = session.report
    if report is None:
        show_no_segments("Overview")
        return
    st.title(report.document.title)
    bench = bench_of(session)
    if bench is None:
        _saved(report)
        return
    _live(session, report, bench)


def _saved(report: SavedReport) -> None:
    """A run of which only the folder is at hand: it is shown, and says why no knob can be turned."""
    _study_top(report, None)
    show_hint(
        "The knobs need the customers, and a run keeps none.",
        "Open its data on the page Data to try other settings; everything else here is as the run was saved.",
    )
    page_link("data", "To the data")
    figures = _figures(report)
    for name in DRAWN:
        if name in figures:
            show_figure(figures[name], key="overview")
    show_cards(_cards(report))


@st.fragment
def _live(session: Session, report: SavedReport, bench: Bench) -> None:
    """Everything that a knob changes; drawn again without the rest of the page, and so guarded by itself.

    Whatever is shown, it takes the same places in the same order. Streamlit may leave on the page what a drawing has
    fewer of than the one before, where a timer's drawing follows it at once (streamlit/streamlit#16708).
    """
    with in_words():
        _turn_and_draw(session, report, bench)


def _turn_and_draw(session: Session, report: SavedReport, bench: Bench) -> None:
    study = knobs_of(bench.sampled)
    # What changes its height stands to the left of the knobs or below them: no knob moves away while it is turned.
    shown, turned = st.columns([5, 2], gap="large")
    with turned, st.container(key="knobs"):
        knobs = _turned(session, bench, report.run_id, study)
    if knobs == study:
        stop_judging()
        with turned:
            _adopt(session, None)
        with shown:
            _study_top(report, session)
            keep_place()
        _draw(_figures(report), _cards(report), shown)
        return
    try:
        trial = bench.trial(knobs)
    except ClientageError as refusal:
        with turned:
            _adopt(session, None)
        with shown:
            show_refusal(refusal)
            keep_place()
        _draw({}, (), shown)
        return
    with turned:
        _adopt(session, trial)
    with shown:
        _trial_top(session, bench, trial, study)
    _draw(figures_of_trial(trial, DRAWN), trial_cards(trial), shown)


def _turned(session: Session, bench: Bench, run: str, study: Knobs) -> Knobs:
    """The knobs, at first where the address says, else where the visitor left them."""
    positions: dict[str, Knobs] = st.session_state.setdefault("_knobs", {})
    if run not in positions:
        asked = session.k
        positions[run] = replace(study, k=asked) if asked and study.k and asked <= 50 else study
    st.subheader("Try other settings")
    knobs = edit_knobs(bench, run, positions[run], bench.sampled.k)
    positions[run] = knobs
    session.k = knobs.k if knobs.k != study.k else None
    st.button(
        "Back to the study",
        icon=":material/undo:",
        on_click=_put_back,
        args=(run,),
        disabled=knobs == study,
        key="put_back",
        width="stretch",
    )
    return knobs


def _put_back(run: str) -> None:
    st.session_state["_knobs"].pop(run, None)
    st.session_state["_address"].pop("k", None)
    put_back(run)


def _study_top(report: SavedReport, session: Session | None) -> None:
    record = None if session is None else session.record
    blocks = _section(report, "verdict")
    first, others = blocks[:1], [b for b in blocks[1:] if not isinstance(b, Facts)]
    facts = headline_of_summary(report.summary, None if record is None else record.selection)
    show_together([*first, facts, *others])


def _trial_top(session: Session, bench: Bench, trial: Trial, study: Knobs) -> None:
    first, *others = trial_blocks(trial, bench.sampled, study)
    show_together([first, headline_of_trial(trial), *others])
    if trial.judged:
        keep_place()
    else:
        _judge(session, bench, trial.knobs)


def _adopt(session: Session, trial: Trial | None) -> None:
    """The button that makes the trial the real study; without a trial it waits for one."""
    source = session.source_of_run
    if source is None:
        return
    busy = session.job is not None
    told = "Runs the full study with the settings that are tried and opens it as a new run."
    if trial is not None:
        told = f"Runs the full study with these settings on all {trial.of:,} customers and opens it as a new run."
    off = busy or trial is None
    pressed = st.button("Make this the study", type="primary", help=told, disabled=off, key="adopt", width="stretch")
    if pressed and trial is not None:
        stop_judging()
        begin_study(session, source, trial.settings)
        st.rerun()


@st.fragment(run_every=0.5)
def _judge(session: Session, bench: Bench, knobs: Knobs) -> None:
    """Look now and then whether the trial is judged; the rest of the page is not drawn for that."""
    with in_words():
        refusal = go_on_judging(session, bench, knobs)
        if refusal is not None:
            show_refusal(refusal)
        elif bench.trial(knobs).judged:
            st.rerun()


def _draw(figures: Mapping[str, Figure], cards: Iterable[SegmentCard], shown: Any) -> None:
    with shown:
        for name in ("map", "sizes"):
            _figure(figures.get(name))
    show_cards(cards)
    _figure(figures.get("heatmap"))


def _figure(figure: Figure | None) -> None:
    if figure is None:
        keep_place(PARTS)
    else:
        show_figure(figure, key="live")


def _figures(report: SavedReport) -> dict[str, Figure]:
    blocks = (b for section in report.document.sections for b in section.blocks)
    return {b.name: b for b in blocks if isinstance(b, Figure)}


def _cards(report: SavedReport) -> list[SegmentCard]:
    return [b for b in _section(report, "segments") if isinstance(b, SegmentCard)]


def _section(report: SavedReport, key: str) -> list[Block]:
    return [b for s in report.document.sections if s.key == key for b in s.blocks]
