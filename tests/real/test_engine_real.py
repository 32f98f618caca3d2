"""The engine on public files whose groups are known."""

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.sweep import sweep
from clientage.grid import Grid


def columns(path: Path, *names: str) -> np.ndarray:
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[name]) for name in names] for row in rows])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return Grid.for_values(x).round(x)


@pytest.mark.parametrize("name", ["kmeans", "ward", "mixture"])
def test_jewellery_has_five_groups_of_known_size(shared_data: Path, name: str) -> None:
    x = columns(shared_data / "jewellery.csv", "Age", "Income", "SpendingScore", "Savings")
    labels = ALGORITHMS[name].fit(x, summarise(x), [5], FitOptions())[5].assign(x).labels
    assert sorted(np.bincount(labels).tolist(), reverse=True) == [157, 147, 126, 50, 25]


def test_mall_has_five_groups(shared_data: Path) -> None:
    x = columns(shared_data / "Mall_Customers.csv", "Annual Income (k$)", "Spending Score (1-100)")
    found = sweep(x)
    ward = ALGORITHMS["ward"].fit(x, summarise(x), [5], FitOptions())[5].assign(x).labels
    assert adjusted_rand_score(found.labels[5], ward) > 0.9
    drops = -np.diff([found.inertia[k] for k in range(2, 11)])
    assert drops[2] > 2 * drops[3]  # from four to five, and from five to six


def test_vacmot_partition_in_six_is_the_published_one(shared_data: Path) -> None:
    with open(shared_data / "vacmot.csv", encoding="utf-8") as file:
        motives = np.array([[float(v) for v in row] for row in list(csv.reader(file))[1:]])
    with open(shared_data / "vacmot6.csv", encoding="utf-8") as file:
        published = [row[-1] for row in list(csv.reader(file))[1:]]
    assert adjusted_rand_score(published, sweep(motives, [6]).labels[6]) > 0.7
