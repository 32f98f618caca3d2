"""The population stability index against SciPy's χ², its null by simulation, and what a model stores of it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from clientage.checks.drift import Reference, chi_square_tail, histogram, shift
from clientage.data.table import Column
from clientage.errors import ModelError
from clientage.runs.model import model_files, model_of
from made_studies import shop_study
from made_tables import column


def numbers(values: np.ndarray) -> Column:
    return Column("x", "number", values)


@pytest.mark.parametrize("degrees", [1, 2, 5, 10, 31])
def test_tail_equals_scipy(degrees: int) -> None:
    for x in (0.01, 0.5, 3.0, 12.0, 60.0):
        assert chi_square_tail(x, degrees) == pytest.approx(chi2.sf(x, degrees), rel=1e-12)


def test_index_equals_its_definition() -> None:
    e, a = np.array([4_000, 3_000, 3_000]), np.array([200_000, 500_000, 300_000])
    shares = [(e + 0.5) / (e.sum() + 1.5), (a + 0.5) / (a.sum() + 1.5)]
    expected = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    assert shift(e, a).index == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(1_000, 100), (1_000, 5_000)])
def test_chance_is_rarely_taken_for_a_shift(n: int, m: int) -> None:
    rng = np.random.default_rng(0)
    p = []
    for _ in range(400):
        reference = histogram(numbers(rng.lognormal(size=n)))
        p.append(shift(reference.counts, reference.count(numbers(rng.lognormal(size=m)))).p)
    assert np.mean(np.array(p) < 0.01) < 0.03
    assert 0.3 < np.mean(p) < 0.7  # neither blind nor jumpy


def test_a_shift_is_seen_and_a_meaningless_one_is_not_notable() -> None:
    rng = np.random.default_rng(1)
    reference = histogram(numbers(rng.normal(size=5_000)))
    assert shift(reference.counts, reference.count(numbers(rng.normal(1, 1, 500)))).is_notable(20)
    large = histogram(numbers(rng.normal(size=500_000)))
    tiny = shift(large.counts, large.count(numbers(rng.normal(0.05, 1, 500_000))))
    assert tiny.p < 1e-6
    assert not tiny.is_notable(1)


def test_gaps_and_new_categories_have_bins_of_their_own() -> None:
    reference = histogram(column("city", ["Rome", "Oslo", "Rome", None]))
    assert reference.count(column("city", ["rome ", "Lima", None, None])).tolist() == [0, 1, 1, 2]
    gaps = histogram(numbers(np.array([1.0, 2.0, np.nan])))
    assert gaps.counts[-1] == 1
    assert sum(gaps.counts) == 3


@pytest.mark.parametrize("values", [np.arange(40.0) % 7, np.random.default_rng(3).normal(size=501)])
def test_training_counts_are_those_of_counting_again(values: np.ndarray) -> None:
    for column_values in (values, np.append(values, [np.nan, np.inf])):
        made = histogram(numbers(column_values))
        assert list(made.counts) == made.count_numbers(column_values).tolist()
        inside = column_values[np.isfinite(column_values)]
        assert set(made.edges) == set(np.quantile(inside, np.arange(1, 10) / 10, method="inverted_cdf"))


def test_a_column_of_gaps_and_a_constant_one_are_no_failure() -> None:
    assert sum(histogram(numbers(np.full(5, np.nan))).counts) == 5
    flat = histogram(numbers(np.full(5, 3.0)))
    assert shift(flat.counts, flat.count(numbers(np.full(9, 3.0)))) == shift([5], [9])


def test_a_model_stores_the_distribution_and_reads_models_without_one() -> None:
    reference = model_of(shop_study()).reference
    assert reference is not None
    assert Reference.from_dict(json.loads(json.dumps(reference.as_dict()))) == reference
    assert sum(reference.segments) == sum(reference.features[0].counts) == sum(reference.distance.counts) == 400
    assert Reference.from_dict({**reference.as_dict(), "version": 99}) is None
    with pytest.raises(ModelError, match="distribution of the training customers"):
        Reference.from_dict({"version": 1})
    model = model_of(shop_study())
    old = json.loads(model_files(replace(model, reference=None))["model/model.json"])
    new = json.loads(model_files(model)["model/model.json"])
    assert {**old, "reference": new["reference"]} == new  # older files differ in nothing else
