"""What is known about the real files, through encoding and choice as a study makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.selection import Selection
from clientage.study import StudyRecord

Choose = Callable[..., Selection]
CDNOW_SAMPLE: dict[str, Mapping[str, Any]] = {
    "read": {"header": False},
    "roles": {
        "kind": "transactions",
        "customer": "column_2",
        "date": "column_3",
        "quantity": "column_4",
        "amount": "column_5",
    },
}


@pytest.fixture
def choose(studies: Callable[..., StudyRecord]) -> Choose:
    return lambda name, tree=None: studies(name, tree).selection


def test_jewellery_has_five_natural_groups(choose: Choose) -> None:
    found = choose("jewellery.csv")
    assert found.verdict == "natural"
    assert sorted(found.chosen.sizes.tolist(), reverse=True) == [157, 147, 126, 50, 25]
    assert found.chosen.silhouette == pytest.approx(0.805, abs=0.001)
    assert found.elbow == 5


def test_mall_customers_have_five_natural_groups_in_income_and_score(choose: Choose) -> None:
    found = choose(
        "Mall_Customers.csv",
        {"roles": {"features": ["Annual Income (k$)", "Spending Score (1-100)"]}},
    )
    assert found.verdict == "natural"
    assert found.chosen.k == 5
    assert found.chosen.silhouette == pytest.approx(0.555, abs=0.001)
    assert found.null is not None
    assert found.null.mean == pytest.approx(0.41, abs=0.03)


@pytest.mark.parametrize("name", ["customer_segmentation_data.csv", "segmentation_data.csv"])
def test_independent_noise_is_constructive_and_said_to_have_no_groups(choose: Choose, name: str) -> None:
    found = choose(name)
    assert found.verdict == "constructive"
    assert "no groups" in found.reason or "better than chance" in found.reason
    assert found.null is not None
    assert found.null.observed == pytest.approx(found.null.mean, abs=0.02)


@pytest.mark.parametrize(
    ("name", "tree"), [("online_retail.csv.gz", {}), ("CDNOW_sample.txt", CDNOW_SAMPLE), ("CDNOW_master.txt", {})]
)
def test_buyers_are_reproducible_cuts_of_a_continuum(
    choose: Choose, name: str, tree: Mapping[str, Mapping[str, Any]]
) -> None:
    found = choose(name, tree)
    assert found.verdict == "reproducible"
    assert found.chosen.k >= 3  # two segments have the best silhouette, and nobody can market to them
    assert found.chosen.sizes.min() > 0.05 * found.chosen.sizes.sum()
    assert (found.chosen.stability or 0.0) > 0.85


def test_a_split_off_of_few_customers_is_marked_and_not_chosen(choose: Choose) -> None:
    raw = {"features": {"skew": "none", "outliers": "keep"}, "cluster": {"algorithm": "kmeans"}}
    found = choose("online_retail.csv.gz", raw)
    split_off = [c for c in found.candidates if c.sizes.min() < 0.01 * c.sizes.sum()]
    assert len(split_off) >= 3
    assert all(not c.usable and "too small to use" in c.marks[0] for c in split_off)
    assert all(found.chosen is not c for c in split_off)


def test_holiday_motives_come_near_the_published_partition(
    studies: Callable[..., StudyRecord], shared_data: Path
) -> None:
    record = studies("vacmot.csv", {"cluster": {"algorithm": "kmeans", "k": 6}})
    published = np.loadtxt(shared_data / "vacmot6.csv", skiprows=1, dtype=int)
    assert adjusted_rand(published, record.row_labels) >= 0.75
