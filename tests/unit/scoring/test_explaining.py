"""Why a customer is in a segment: the parts are the model's own arithmetic, and say what moves him."""

from __future__ import annotations

import numpy as np
import pytest

import made_studies
from clientage.clustering.models import CentreModel, DensityModel, MixtureModel
from clientage.data.table import Column
from clientage.runs.model import SavedModel, model_of
from clientage.scoring.explaining import evidence, explain
from clientage.study import StudyRecord

EACH = ("kmeans", "ward", "mixture", "dbscan")


def one(record: StudyRecord, row: int) -> list[Column]:
    return [c.take(np.array([row])) for c in record.customers.features]


def valued(column: Column, value: float) -> Column:
    return Column(column.name, "number", np.array([value]))


@pytest.fixture(scope="module")
def studied() -> tuple[StudyRecord, SavedModel]:
    record = made_studies.shop_study()
    return record, model_of(record)


def test_the_answer_is_the_study_s_own(studied: tuple[StudyRecord, SavedModel]) -> None:
    record, model = studied
    for row in range(0, record.customers.n, 37):
        told = explain(model, one(record, row))
        assert told.segment_id == record.segment_ids[row]
        assert told.confidence == record.segmentation.confidence[row]
        assert told.other_id == record.segmentation.runner_up[row] + 1
        assert told.name == record.profiles[told.segment_id].name


def test_parts_of_centres_add_up_to_the_difference_of_squared_distances() -> None:
    rng = np.random.default_rng(0)
    model = CentreModel(rng.normal(size=(3, 5)))
    x = rng.normal(size=5)
    parts = evidence(model, x, 0, 2, np.arange(5))
    squares = ((x - model.centers) ** 2).sum(axis=1)
    assert parts.sum() == pytest.approx(squares[2] - squares[0])


def test_parts_of_a_density_cluster_are_told_from_its_nearest_points() -> None:
    model = DensityModel(np.zeros((2, 2)), np.array([[0.0, 0], [9, 9], [5, 0]]), np.array([0, 0, 1]), np.ones(2))
    parts = evidence(model, np.array([1.0, 0.0]), 0, 1, np.arange(2))
    assert parts.tolist() == [15.0, 0.0]  # (5-1)² - (0-1)², not the far point of the same cluster


def test_without_correlation_the_parts_of_a_mixture_add_up_to_the_log_odds() -> None:
    rng = np.random.default_rng(1)
    spread = rng.uniform(0.5, 2.0, size=(2, 4))
    factors = np.stack([np.diag(1.0 / s) for s in spread])
    model = MixtureModel(np.array([0.5, 0.5]), rng.normal(size=(2, 4)), factors, np.zeros(3))
    x = rng.normal(size=4)
    joint = model.log_joint(x[None])[:, 0]
    assert evidence(model, x, 0, 1, np.arange(4)).sum() == pytest.approx(joint[0] - joint[1])


def test_a_feature_that_another_one_tells_already_adds_little_to_a_mixture() -> None:
    covariance = np.array([[1.0, 0.999], [0.999, 1.0]])
    factor = np.linalg.cholesky(np.linalg.inv(covariance))
    model = MixtureModel(np.full(2, 0.5), np.array([[0.0, 0.0], [2.0, 2.0]]), np.stack([factor, factor]), np.zeros(3))
    parts = evidence(model, np.array([0.0, 0.0]), 0, 1, np.arange(2))
    assert np.abs(parts).max() < 0.1  # either alone would have said 2.0
    assert evidence(model, np.array([0.0, 0.0]), 0, 1, np.zeros(2, dtype=int)).sum() == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("algorithm", EACH)
def test_every_algorithm_is_explained(algorithm: str) -> None:
    record = made_studies.study(
        made_studies.shop(240, k=3),
        roles={"features": ["income", "store_visits", "city"]},
        cluster={
            "algorithm": algorithm,
            "bootstraps": 0,
            "null_draws": 0,
            **({} if algorithm == "dbscan" else {"k": 3}),
        },
    )
    rows = np.flatnonzero(record.segment_ids > 0)
    told = explain(model_of(record), one(record, int(rows[0])))
    assert {c.feature for c in told.contributions} == {"income", "store_visits", "city"} or not told.other_id
    if told.contributions:
        weights = [abs(c.weight) for c in told.contributions]
        assert weights == sorted(weights, reverse=True)
        assert sum(weights) == pytest.approx(1.0)


def test_a_customer_at_the_middle_of_a_segment_has_the_typical_values(studied: tuple[StudyRecord, SavedModel]) -> None:
    record, model = studied
    told = explain(model, one(record, 0))
    by_name = {c.feature: c for c in told.contributions}
    for trait in record.profiles[told.segment_id].traits:
        if trait.column == "income" and trait.mean is not None:
            shown = float(by_name["income"].typical.replace(",", ""))
            assert shown == pytest.approx(trait.mean, rel=0.02)


def test_new_values_are_warned_of_and_gaps_are_told(studied: tuple[StudyRecord, SavedModel]) -> None:
    record, model = studied
    features = [valued(c, 1e9) if c.name == "income" else c for c in one(record, 0)]
    told = explain(model, features)
    assert [n.code for n in told.notes] == ["out-of-range"]
    gap = [valued(c, np.nan) if c.name == "income" else c for c in one(record, 0)]
    assert next(c for c in explain(model, gap).contributions if c.feature == "income").here == "not known"


def test_a_column_named_like_a_figure_of_purchases_keeps_its_own_unit() -> None:
    table = made_studies.shop(240, k=3)
    table["discount_share"] = table.pop("store_visits")
    record = made_studies.study(
        table, roles={"features": ["income", "discount_share"]}, cluster={"k": 3, "bootstraps": 0, "null_draws": 0}
    )
    assert not any("%" in c.here for c in explain(model_of(record), one(record, 0)).contributions)


def test_one_segment_alone_needs_no_reasons() -> None:
    record = made_studies.one_study()
    told = explain(model_of(record), one(record, 3))
    assert (told.segment_id, told.other_id, told.contributions) == (1, 0, ())


def test_a_customer_of_whom_nothing_is_known_has_no_segment(studied: tuple[StudyRecord, SavedModel]) -> None:
    record, model = studied
    told = explain(model, [valued(c, np.nan) for c in one(record, 0)])
    assert told.segment_id == 0
    assert [n.code for n in told.notes] == ["rows-without-features"]
