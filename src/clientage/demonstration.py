"""The demonstration: simulate a shop, segment it, and say how well the planted groups came back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clientage.config import settings_from
from clientage.data.reading import read
from clientage.data.samples import write_shop
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.study import OnStep, make_study


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A run on the simulated shop beside the truth.

    Parameters
    ----------
    run : Run
        The run directory.
    recovered : float
        Adjusted Rand index between the segments found and the groups planted.
    sentence : str
        The same in words.
    """

    run: Run
    recovered: float
    sentence: str


def demonstrate(folder: Path, customers: int, seed: int, on_step: OnStep | None = None) -> Demonstration:
    """Write the simulated shop into `folder`, segment its customer table, and compare.

    Parameters
    ----------
    folder : Path
        Made when absent; the shop goes to ``folder/shop``, the run to ``folder/runs``.
    customers : int
        Number of customers.
    seed : int
        Of the shop and of the study.
    on_step : callable, optional
        As for `make_study`.
    """
    shop = folder / "shop"
    write_shop(shop, customers, seed)
    settings = settings_from({"cluster": {"seed": seed}})
    record = make_study(shop / "customers.csv", settings, on_step=on_step)
    truth = read(shop / "truth.csv")
    planted = dict(zip(truth.column("customer_id").as_text(), truth.column("segment").as_text(), strict=True))
    ids = record.customers.ids
    if ids is None:
        raise ValueError("the simulated shop has an id column")
    expected = np.array([planted[i] for i in ids.as_text()])
    recovered = adjusted_rand(np.unique(expected, return_inverse=True)[1], record.segmentation.labels)
    sentence = (
        f"The shop was made with {len(set(planted.values()))} groups of customers; the {record.selection.chosen.k} "
        f"segments found agree with them to an adjusted Rand index of {recovered:.2f} (1 is perfect, 0 is chance)."
    )
    return Demonstration(publish(record, folder / "runs"), recovered, sentence)
