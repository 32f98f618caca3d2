"""The knobs on the page: algorithm, number of segments, features in and out with weights, transformation, outliers.

Receives the position a visitor left them in; returns the position they are in now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from clientage.charts.choice import algorithm_title
from clientage.clustering.catalogue import ALGORITHMS
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
    skew = st.toggle(
        "Skewed features on a log scale",
        key=_key(run, "skew", held.skew == "auto"),
        help="Off: features are compared as they are, and a few large values decide.",
    )
    outliers = st.toggle(
        "Far outliers drawn in",
        key=_key(run, "outliers", held.outliers == "winsorise"),
        help="Off: far outliers count as they are. Customers are kept either way.",
    )
    weights = {name: (held.weight(name) if name in used else 0.0) for name in columns}
    box = st.expander("Weights of the features", icon=":material/tune:", key=f"weights_{run}", on_change="rerun")
    if box.open:  # closed, they would only make every other turn slower
        with box:
            weights |= {name: _weight(run, name, held) for name in columns if name in used}
    turned = replace(held, algorithm=algorithm, k=k, skew="auto" if skew else "none")
    return replace(turned, outliers="winsorise" if outliers else "keep").with_weights(weights)


def put_back(run: str) -> None:
    """Forget where the knobs of a run were; they are drawn at the study's position again."""
    for key in [k for k in st.session_state if str(k).startswith(f"knob_{run}_")]:
        del st.session_state[key]


def _key(run: str, name: str, value: object) -> str:
    """Name of a knob, which stands where it was held when it is drawn for the first time or drawn again."""
    key = f"knob_{run}_{name}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _algorithm(run: str, held: Knobs) -> str:
    chosen: str = st.selectbox(
        "Algorithm", list(ALGORITHMS), format_func=algorithm_title, key=_key(run, "algorithm", held.algorithm)
    )
    return chosen


def _k(bench: Bench, run: str, k: int, algorithm: str) -> int | None:
    if not ALGORITHMS[algorithm].takes_k:
        st.caption(f"{plain(algorithm_title(algorithm))} finds the number of segments itself.")
        return None
    cluster = bench.sampled.settings.cluster
    options = [*([1] if k == 1 else []), *range(2, max(cluster.k_max, k, bench.sampled.k) + 1)]
    key = _key(run, "k", k)
    if len(options) > FEW:
        return int(st.number_input("Number of segments", 1, options[-1], key=key))
    return int(st.segmented_control("Number of segments", options, key=key, required=True, wrap=True) or k)


def _features(run: str, columns: tuple[str, ...], held: Knobs) -> list[str]:
    return st.pills(
        "Features that make segments",
        columns,
        selection_mode="multi",
        format_func=plain,
        key=_key(run, "features", list(held.features)),
        wrap=True,
    )


def _weight(run: str, name: str, held: Knobs) -> float:
    options: Mapping[float, None] = dict.fromkeys(sorted({*WEIGHTS, held.weight(name)}))
    return float(
        st.select_slider(
            plain(name), list(options), format_func=lambda w: f"× {w:g}", key=_key(run, f"w_{name}", held.weight(name))
        )
    )
