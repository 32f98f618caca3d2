"""The silhouette of every customer, against scikit-learn's, and that of customers without groups."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

import made_studies
from clientage.charts.knife import silhouette_knife
from clientage.charts.separation import separation


def test_silhouettes_agree_with_scikit_learn(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 3, 240)
    x = np.rint((rng.normal(size=(240, 2)) + 2.0 * labels[:, None]) * 1024) / 1024
    found = separation(x, labels, 3, np.arange(2))
    expected = silhouette_samples(x, labels)
    for j, part in enumerate(found.own):
        np.testing.assert_allclose(part, np.sort(expected[labels == j])[::-1], atol=1e-9)
    assert found.rows == 240
    assert not found.sampled


def test_groups_stand_out_from_chance_and_noise_does_not() -> None:
    gaps = {}
    for name, record in (("groups", made_studies.shop_study()), ("noise", made_studies.noise_study())):
        matrix, labels = record.matrix, record.segmentation.labels
        found = separation(matrix.values, labels, record.segmentation.k, np.asarray(matrix.feature_of))
        gaps[name] = float(np.concatenate(found.own).mean() - np.concatenate(found.null).mean())
    assert gaps["groups"] > 0.2
    assert gaps["noise"] < 0.05


def test_the_mean_of_all_blades_is_the_silhouette_of_the_study() -> None:
    record = made_studies.shop_study()
    figure = silhouette_knife(record.matrix, record.segmentation, record.profiles)
    assert figure is not None
    sizes = np.array([s.size for s in record.profiles.segments])
    means = np.array([row[1] for row in figure.table.rows[: len(sizes)]])
    assert float((sizes * means).sum() / sizes.sum()) == pytest.approx(record.selection.chosen.criteria["silhouette"])
    assert figure.table.rows[-1][0] == "Simulated customers without groups"


def test_bars_fill_the_height_and_carry_the_colours_of_their_segments() -> None:
    record = made_studies.twelve_study()
    figure = silhouette_knife(record.matrix, record.segmentation, record.profiles)
    assert figure is not None
    bars = figure.spec["concat"][0]["layer"][0]["data"]["values"]
    assert bars[0]["from"] == 0
    assert bars[-1]["to"] == pytest.approx(1, abs=1e-3)
    assert len({bar["id"] for bar in bars}) == 12
    for segment in range(1, 13):
        own = [bar["s"] for bar in bars if bar["id"] == segment]
        assert own == sorted(own, reverse=True)
        assert len(own) >= 6


def test_one_segment_has_no_silhouette() -> None:
    record = made_studies.one_study()
    assert silhouette_knife(record.matrix, record.segmentation, record.profiles) is None
