"""The figures of a trial, by name.

Receives a `Trial`; returns figures of `clientage.charts`.
"""

from __future__ import annotations

from collections.abc import Iterable

from clientage.charts.catalogue import draw
from clientage.charts.exploration import explore
from clientage.charts.figure import Figure
from clientage.trial.trial import Trial


def figures_of_trial(trial: Trial, names: Iterable[str]) -> dict[str, Figure]:
    """Return those of the figures that the trial has something to show in."""
    customers = trial.customers
    parts = {
        "selection": trial.selection,
        "profiles": trial.profiles,
        "customers": customers,
        "segmentation": trial.segmentation,
        "matrix": trial.matrix,
        "coreset": trial.coreset,
        "exploration": explore(customers.features),  # the figures of a trial ask it for a sample alone
    }
    drawn = {name: draw(name, parts) for name in names}
    return {name: figure for name, figure in drawn.items() if figure is not None}
