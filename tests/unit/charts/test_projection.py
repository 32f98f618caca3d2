"""Principal components, against NumPy's singular values."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.charts import projection
from clientage.charts.projection import project


def test_points_and_shares_agree_with_a_singular_value_decomposition(rng: np.random.Generator) -> None:
    values = rng.normal(size=(300, 4)) @ np.diag([3.0, 2.0, 1.0, 0.5])
    found = project(values)
    centred = values - values.mean(axis=0)
    _, power, directions = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(found.loadings), np.abs(directions[:2].T), atol=1e-9)
    np.testing.assert_allclose(found.explained, (power**2 / (power**2).sum())[:2], atol=1e-6)
    np.testing.assert_allclose(np.abs(found.points), np.abs(centred @ directions[:2].T)[found.rows], atol=1e-9)


def test_a_matrix_looked_at_in_blocks_has_the_same_axes(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.asfortranarray(rng.normal(size=(1000, 4)) @ np.diag([3.0, 2.0, 1.0, 0.5]) + 7.0)
    whole = projection.loadings_of(values)
    monkeypatch.setattr(projection, "BLOCK", 64)
    for one, other in zip(projection.loadings_of(values), whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_the_largest_loading_is_positive_so_a_map_is_never_mirrored(rng: np.random.Generator) -> None:
    values = rng.normal(size=(100, 3)) * [1.0, 5.0, 2.0]
    found, mirrored = project(values), project(-values)
    assert np.all(found.loadings[np.abs(found.loadings).argmax(axis=0), [0, 1]] > 0)
    np.testing.assert_allclose(found.loadings, mirrored.loadings, atol=1e-12)


def test_one_column_and_equal_customers() -> None:
    one = project(np.arange(5.0)[:, None])
    assert one.explained == (1.0, 0.0)
    assert np.all(one.points[:, 1] == 0)
    alike = project(np.ones((5, 2)))
    assert np.isfinite(alike.points).all()


def test_a_large_table_is_sampled(rng: np.random.Generator) -> None:
    found = project(rng.normal(size=(5_000, 2)), most=700)
    assert found.points.shape == (700, 2)
    assert len(np.unique(found.rows)) == 700
