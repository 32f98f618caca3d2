"""The knobs on the page: algorithm, number of segments, features in and out with weights, transformation, outliers.

Receives the position a visitor left them in; returns the position they are in now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from clientage.charts.choice import algorithm_title
from clientage.clustering.catalogue import ALGORITHMS
from clientage.dashboard.drawing import keep_place
from clientage.dashboard.words import plain
from clientage.trial.bench import Bench
from clientage.trial.knobs import Knobs, columns_of

WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)
FEW = 14  # numbers of segments that fit beside each other


def edit_knobs(bench: Bench, run: str, held: Knobs, usual_k: int) -> Knobs:
    """Draw the knobs and return their position.

    Parameters
    ----------
    bench : Bench
        Of the open run.
    run : str
        Its id: another run has knobs of its own.
    held : Knobs
        Their position until now.
    usual_k : int
        The number of segments to take where an algorithm that finds its own is left.
    """
    algorithm = _algorithm(run, held)
    k = _k(bench, run, held.k or usual_k, algorithm)
    columns = columns_of(bench.sampled.prepared)
    used = _features(run, columns, held)
    key, on = _place(run, "skew", held.skew == "auto")
    told = "Off: features are compared as they are, and a few large values decide."
    skew = st.toggle("Skewed features on a log scale", on, key=key, help=told)
    key, on = _place(run, "outliers", held.outliers == "winsorise")
    told = "Off: far outliers count as they are. Customers are kept either way."
    outliers = st.toggle("Far outliers drawn in", on, key=key, help=told)
    weights = {name: (held.weight(name) if name in used else 0.0) for name in columns}
    box = st.expander("Weights of the features", icon=":material/tune:", key=f"weights_{run}", on_change="rerun")
    if box.open:  # closed, they would only make every other turn slower
        with box:
            weights |= {name: _weight(run, name, held, name in used) for name in columns}
    turned = replace(held, algorithm=algorithm, k=k, skew="auto" if skew else "none")
    return replace(turned, outliers="winsorise" if outliers else "keep").with_weights(weights)


def put_back(run: str) -> None:
    """Draw the knobs of a run anew, wherever they were; they begin at the position that is held then."""
    rounds = st.session_state.setdefault("_knob_rounds", {})
    rounds[run] = rounds.get(run, 0) + 1


def _place(run: str, name: str, value: Any) -> tuple[str, Any]:
    """Key of a knob and where it begins; the same beginning for as long as it is on the page.

    A knob's place is never written into the session: a browser that draws two answers at once would miss it.
    """
    key = f"knob_{run}_{st.session_state.setdefault('_knob_rounds', {}).get(run, 0)}_{name}"
    beginnings = st.session_state.setdefault("_knob_beginnings", {})
    if key not in st.session_state or key not in beginnings:
        beginnings[key] = value
    return key, beginnings[key]


def _algorithm(run: str, held: Knobs) -> str:
    names = list(ALGORITHMS)
    key, begin = _place(run, "algorithm", held.algorithm)
    return str(st.selectbox("Algorithm", names, names.index(begin), format_func=algorithm_title, key=key))


def _k(bench: Bench, run: str, k: int, algorithm: str) -> int | None:
    if not ALGORITHMS[algorithm].takes_k:
        st.caption(f"{plain(algorithm_title(algorithm))} finds the number of segments itself.")
        return None
    cluster = bench.sampled.settings.cluster
    options = [*([1] if k == 1 else []), *range(2, max(cluster.k_max, k, bench.sampled.k) + 1)]
    key, begin = _place(run, "k", k)
    label = "Number of segments"
    if len(options) > FEW:
        return int(st.number_input(label, 1, options[-1], begin, key=key))
    return int(st.segmented_control(label, options, default=begin, key=key, required=True, wrap=True) or k)


def _features(run: str, columns: tuple[str, ...], held: Knobs) -> list[str]:
    key, begin = _place(run, "features", list(held.features))
    label = "Features that make segments"
    return st.pills(label, columns, selection_mode="multi", default=begin, format_func=plain, key=key, wrap=True)


def _weight(run: str, name: str, held: Knobs, used: bool) -> float:
    if not used:
        keep_place()
        return 0.0
    key, begin = _place(run, f"w_{name}", held.weight(name))
    options = sorted({*WEIGHTS, begin})
    return float(st.select_slider(plain(name), options, begin, format_func=lambda w: f"× {w:g}", key=key))
