"""Two runs side by side; scikit-learn and SciPy are the judges of agreement and matching."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from clientage.history.centroids import centroids, distances
from clientage.history.comparing import compare
from clientage.history.pairing import movement, pairs_by_customers, pairs_by_distance
from clientage.runs.run import Run, save_run
from made_studies import CANARY, shop, shop_study, study

FEATURES = ["income", "store_visits", "total_spend"]


def saved(folder: Path, columns: dict[str, Any], k: int, **roles: Any) -> Run:
    given = {"features": FEATURES, **roles}
    return save_run(study(columns, roles=given, cluster={"k": k, "algorithm": "kmeans", "bootstraps": 5}), folder, {})


def some(columns: dict[str, Any], rows: np.ndarray) -> dict[str, Any]:
    return {name: [values[i] for i in rows] for name, values in columns.items()}


def assigned(run: Run) -> dict[str, int]:
    with (run.path / "assignments.csv").open(newline="") as file:
        return {row["id"]: int(row["segment_id"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    folder, made = tmp_path_factory.mktemp("runs"), shop(400)
    backwards = np.arange(399, 99, -1)
    return saved(folder, some(made, np.arange(300)), 4), saved(folder, some(made, backwards), 3)


def test_customers_are_matched_by_id_and_agreement_is_scikit_learns(overlapping: tuple[Run, Run]) -> None:
    a, b = map(assigned, overlapping)
    both = sorted(a.keys() & b.keys())
    made = compare(*overlapping)
    assert made.movement is not None
    assert (made.movement.shared, made.movement.only_a, made.movement.only_b) == (200, 100, 100)
    assert made.adjusted_rand == pytest.approx(adjusted_rand_score([a[i] for i in both], [b[i] for i in both]))
    assert any("100 customers are in the first run only" in note for note in made.notes)


def test_cross_table_and_jaccard_count_shared_customers(overlapping: tuple[Run, Run]) -> None:
    a, b = map(assigned, overlapping)
    both = a.keys() & b.keys()
    made = compare(*overlapping)
    assert made.movement is not None
    for pair in made.pairs:
        if pair.a and pair.b:
            in_a, in_b = {i for i in both if a[i] == pair.a}, {i for i in both if b[i] == pair.b}
            assert pair.shared == len(in_a & in_b) == made.movement.table[pair.a, pair.b]
            assert pair.jaccard == pytest.approx(len(in_a & in_b) / len(in_a | in_b))
    assert sum(pair.b is None for pair in made.pairs) == 1
    stayed = {(p.a, p.b) for p in made.pairs}
    assert made.moved == sum((a[i], b[i]) not in stayed for i in both)


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (6, 4), (1, 1)])
def test_matching_is_the_best_there_is(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(sum(shape))
    for _ in range(20):
        moved = movement(rng.integers(0, shape[0] + 1, 60), rng.integers(0, shape[1] + 1, 60), shape)
        jaccard = moved.jaccard()
        best = jaccard[linear_sum_assignment(jaccard, maximize=True)].sum()
        pairs = pairs_by_customers(moved)
        assert sum(p.jaccard or 0.0 for p in pairs) == pytest.approx(best)
        for side, k in (("a", shape[0]), ("b", shape[1])):
            ids = [getattr(p, side) for p in pairs if getattr(p, side) is not None]
            assert sorted(ids) == list(range(1, k + 1))


def test_settings_that_differ_and_criteria_of_both(overlapping: tuple[Run, Run]) -> None:
    made = compare(*overlapping)
    assert [(s.name, s.a, s.b) for s in made.settings] == [("cluster.k", 4, 3)]
    summaries = [run.summary() for run in overlapping]
    by_key = {c.key: c for c in made.criteria}
    assert (by_key["silhouette"].a, by_key["silhouette"].b) == tuple(s["silhouette"] for s in summaries)
    assert by_key["davies_bouldin"].better == "lower"
    assert set(summaries[0]["criteria"]) - {k for k, v in summaries[0]["criteria"].items() if v is None} <= set(by_key)
    other = compare(*overlapping[::-1])
    assert [(s.name, s.a, s.b) for s in other.settings] == [("cluster.k", 3, 4)]


def test_a_run_compared_with_itself_changes_nothing(overlapping: tuple[Run, Run]) -> None:
    made = compare(overlapping[0], overlapping[0])
    assert (made.adjusted_rand, made.moved, made.settings) == (1.0, 0, ())
    assert all(p.a == p.b and p.jaccard == 1.0 for p in made.pairs)


def test_without_shared_customers_segments_are_matched_by_their_middles(tmp_path: Path) -> None:
    made = shop(400)
    others = dict(made, customer_id=[f"D{i}" for i in range(400)])
    a, b = saved(tmp_path, made, 4), saved(tmp_path, others, 4)
    by_distance, by_customers = compare(a, b), compare(a, saved(tmp_path, made, 4))
    assert by_distance.movement is None
    assert by_distance.adjusted_rand is None
    assert {(p.a, p.b) for p in by_distance.pairs} == {(p.a, p.b) for p in by_customers.pairs}
    assert all(p.distance == 0.0 for p in by_distance.pairs), "the same figures under other ids"
    assert any("middles" in note for note in by_distance.notes)


def test_customers_without_ids_are_the_same_in_the_same_data_only(tmp_path: Path) -> None:
    made = {name: shop(300)[name] for name in FEATURES}
    a, b = saved(tmp_path, made, 4), saved(tmp_path, made, 3)
    assert (compare(a, b).movement or movement(np.array([]), np.array([]), (1, 1))).shared == 300
    other = {name: shop(300, seed=5)[name] for name in FEATURES}
    assert compare(a, saved(tmp_path, other, 4)).movement is None


def test_ids_are_texts(tmp_path: Path) -> None:
    made = shop(200)
    one = dict(made, customer_id=[f"{i:04d}" for i in range(200)])
    other = dict(made, customer_id=[f"{i}x" if i < 100 else f"{i:04d}" for i in range(200)])
    moved = compare(saved(tmp_path, one, 3, id="customer_id"), saved(tmp_path, other, 3, id="customer_id")).movement
    assert moved is not None
    assert moved.shared == 100


def test_features_of_one_run_only_are_named(tmp_path: Path) -> None:
    made = shop(200)
    a = saved(tmp_path, made, 3)
    b = saved(tmp_path, made, 3, features=["income", "city"])
    notes = compare(a, b).notes
    assert any("'store_visits', 'total_spend', 'city'" in note for note in notes)


def test_nothing_shared_at_all_matches_nothing(tmp_path: Path) -> None:
    made = shop(200)
    a = saved(tmp_path, {k: made[k] for k in ("customer_id", "income")}, 3, features=["income"])
    b = saved(tmp_path, {"who": [str(i) for i in range(200)], "spend": made["total_spend"]}, 2, features=["spend"])
    pairs = compare(a, b).pairs
    assert len(pairs) == 5
    assert all(p.a is None or p.b is None for p in pairs)


def test_middles_of_categories_and_yes_no_are_their_means(tmp_path: Path) -> None:
    """A segment's middle in encoded units is the mean of its encoded customers where encoding is linear."""
    rng = np.random.default_rng(4)
    group = rng.integers(0, 2, 300)
    colour = np.where(rng.random(300) < np.where(group == 0, 0.8, 0.1), "red", "blue")
    columns = {
        "spend": 20.0 + 60 * group + rng.normal(0, 3, 300),
        "colour": colour.tolist(),
        "loyal": rng.random(300) < 0.3 + 0.4 * group,
    }
    record = study(columns, cluster={"k": 2, "algorithm": "kmeans"}, roles={"features": ["spend", "colour", "loyal"]})
    run = save_run(record, tmp_path, {})
    from clientage.data.written import read_written_csv

    recipe = record.matrix.recipe
    middles = centroids(read_written_csv(run.read("profiles.csv")), 2, recipe, ("colour", "loyal"))
    linear = [i for i, name in enumerate(recipe.names) if not name.startswith("spend")]
    for segment in (1, 2):
        own = record.matrix.values[record.segment_ids == segment][:, linear]
        assert middles[segment - 1] == pytest.approx(own.mean(axis=0), abs=1e-5)


def test_a_segment_without_figures_is_matched_by_the_ones_it_has() -> None:
    a, b = np.array([[0.0, 0.0], [9.0, np.nan]]), np.array([[9.0, 5.0], [0.0, 0.1]])
    assert [(p.a, p.b) for p in pairs_by_distance(distances(a, b))] == [(1, 2), (2, 1)]


def test_no_customer_is_named(overlapping: tuple[Run, Run]) -> None:
    told = json.dumps(compare(*overlapping).as_dict(), allow_nan=False)
    assert CANARY not in told
    assert "C00" not in told


def test_a_damaged_run_is_refused(tmp_path: Path) -> None:
    from clientage.errors import ModelError

    run = save_run(shop_study(), tmp_path, {})
    with (run.path / "assignments.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=r"assignments\.parquet"):
        compare(run, run)
