"""The page Choosing k: why this number of segments, what speaks for others, and one click to take another."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from clientage.charts.choice import algorithm_title
from clientage.charts.figure import Figure
from clientage.clustering.catalogue import ALGORITHMS
from clientage.dashboard.benches import bench_of, stop_judging
from clientage.dashboard.drawing import show_block, show_blocks, show_figure
from clientage.dashboard.finishing import goto
from clientage.dashboard.knobs_form import put_back
from clientage.dashboard.messages import in_words, show_no_segments
from clientage.dashboard.session import Session
from clientage.dashboard.sources import begin_study
from clientage.dashboard.trial_figures import figures_of_trial
from clientage.dashboard.words import plain
from clientage.report.blocks import Block, Bullets, Heading, Text
from clientage.report.saved import SavedReport
from clientage.selection.candidate import Candidate
from clientage.selection.selection import Selection
from clientage.selection.trade_off import capital, cost_of, titled
from clientage.trial.bench import Bench
from clientage.trial.knobs import Knobs, knobs_of


def show(session: Session) -> None:
    """Show the page."""
    report = session.report
    if report is None:
        show_no_segments("Choosing k")
        return
    section = next(s for s in report.document.sections if s.key == "choice")
    st.title(section.title)
    record, bench = session.record, bench_of(session)
    if record is None or bench is None:
        show_blocks(section.blocks, key="choice")
        return
    lead = [b for b in section.blocks if isinstance(b, Text) and b.tone == "lead"]
    show_blocks(lead, key="lead")
    st.header("Take another")
    _others(session, bench, report, record.selection)
    st.header("What speaks for which")
    show_blocks(_figures_first(section.blocks, lead), key="choice")


def _figures_first(blocks: tuple[Block, ...], lead: list[Text]) -> list[Block]:
    """The rest of the section, without what stands above: the reason, the tree and what others would cost."""
    out: list[Block] = []
    for block in blocks:
        costs = isinstance(block, Bullets) or (isinstance(block, Heading) and "another choice" in block.text)
        commands = isinstance(block, Text) and "--k" in block.text
        tree = isinstance(block, Figure) and block.name == "dendrogram"
        if not (costs or commands or tree or block in lead):
            out.append(block)
    return out


@st.fragment
def _others(session: Session, bench: Bench, report: SavedReport, selection: Selection) -> None:
    """Any candidate: where it cuts the tree, what it costs and brings, and the click that takes it."""
    with in_words():
        _one_of(session, bench, report, selection)
        _runners_up(session, bench, selection)


def _one_of(session: Session, bench: Bench, report: SavedReport, selection: Selection) -> None:
    chosen = selection.chosen
    ways = list(dict.fromkeys(c.algorithm for c in selection.candidates))
    left, right = st.columns([2, 5], gap="large")
    with left:
        way = st.selectbox(
            "Algorithm",
            ways,
            index=ways.index(chosen.algorithm),
            format_func=algorithm_title,
            key=f"way_{report.run_id}",
        )
        numbers = [c.k for c in selection.candidates if c.algorithm == way]
        k = _number(report.run_id, way, numbers, session.k or chosen.k)
        other = next(c for c in selection.candidates if (c.algorithm, c.k) == (way, k))
        st.markdown(plain(_sentence(selection, other)))
        if other is not chosen:
            session.k = k if k != chosen.k else None
            _take(session, bench, other, "other")
            if st.button("Look at it on the map", icon=":material/map:", key="try_other", width="stretch"):
                _try_it(bench, report.run_id, other)
    with right:
        _tree(bench, report, selection, other)


def _number(run: str, way: str, numbers: list[int], usual: int) -> int:
    """The cut line: which of an algorithm's numbers of segments to look at."""
    start = usual if usual in numbers else numbers[0]
    if len(numbers) == 1:
        st.caption(f"{plain(algorithm_title(way))} finds the number itself: {start}.")
        return start
    label = "Cut into this many segments"
    return int(
        st.segmented_control(label, numbers, default=start, required=True, wrap=True, key=f"cut_{run}_{way}") or start
    )


def _sentence(selection: Selection, other: Candidate) -> str:
    if other is selection.chosen:
        return f"{capital(titled(other))} {'are' if other.k != 1 else 'is'} what this study is made of."
    return cost_of(selection, other).sentence


def _runners_up(session: Session, bench: Bench, selection: Selection) -> None:
    """The next best, each with its cost and its button."""
    others = [c for c in selection.runners_up if c.k > 1]
    if not others:
        return
    st.subheader("The next best")
    for place, other in enumerate(others):
        words, button = st.columns([5, 2], vertical_alignment="center")
        words.markdown(plain(cost_of(selection, other).sentence))
        with button:
            _take(session, bench, other, f"next_{place}")


def _take(session: Session, bench: Bench, other: Candidate, key: str) -> None:
    """The one click: the study again, with this algorithm and this number of segments."""
    source = session.source_of_run
    busy = session.job is not None or source is None
    told = "Runs the study again with this choice and opens it as a new run; this one stays as it is."
    label = f"Take {plain(titled(other))}"
    if st.button(label, key=f"take_{key}", type="primary", help=told, disabled=busy, width="stretch") and source:
        stop_judging()
        cluster = replace(bench.sampled.settings.cluster, algorithm=other.algorithm, k=_asked(other))
        begin_study(session, source, replace(bench.sampled.settings, cluster=cluster))
        st.rerun()


def _try_it(bench: Bench, run: str, other: Candidate) -> None:
    """Turn the knobs of the Overview to a candidate and go there."""
    put_back(run)
    st.session_state.setdefault("_knobs", {})[run] = _position(bench, other)
    goto("overview")


def _tree(bench: Bench, report: SavedReport, selection: Selection, other: Candidate) -> None:
    """The tree of customers with the line that cuts it into as many groups."""
    figure: Figure | None
    if other is selection.chosen:
        blocks = (b for s in report.document.sections for b in s.blocks)
        figure = next((b for b in blocks if isinstance(b, Figure) and b.name == "dendrogram"), None)
    else:
        figure = figures_of_trial(bench.trial(_position(bench, other)), ["dendrogram"]).get("dendrogram")
    if figure is None:
        show_block(Text("There is no tree to cut: it takes two segments, and no more than 24.", (), "quiet"))
        return
    show_figure(figure, key="cut")
    if not bench.sampled.everybody and other is not selection.chosen:
        n, of = bench.sampled.customers.n, bench.sampled.of
        st.caption(f"Drawn from {n:,} of the {of:,} customers.")


def _position(bench: Bench, other: Candidate) -> Knobs:
    return replace(knobs_of(bench.sampled), algorithm=other.algorithm, k=_asked(other))


def _asked(other: Candidate) -> int | None:
    return other.k if ALGORITHMS[other.algorithm].takes_k else None
