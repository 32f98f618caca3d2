"""Encoded numbers come back in the units of the file."""

from __future__ import annotations

import numpy as np

from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features.amounts import amounts_by
from clientage.features.customers import Customers
from clientage.features.encoding import encode


def test_amounts_are_those_of_the_file_whatever_was_done_to_them() -> None:
    rng = np.random.default_rng(0)
    plain, skewed = rng.normal(40, 9, size=300), np.round(np.exp(rng.normal(3, 1, size=300)), 2)
    skewed[:20] = 0.0
    losses = np.exp(rng.normal(0, 1.5, size=300)) - 3
    kind = rng.integers(0, 3, size=300).astype(np.int32)
    columns = (
        Column("plain", "number", plain),
        Column("skewed", "number", skewed),
        Column("kind", "text", kind, ("a", "b", "c")),
        Column("losses", "number", losses),
    )
    people = Customers(300, None, columns, (), (), None, "customers", np.arange(300), {}, {}, QualityReport({}))
    matrix = encode(people, FeatureSettings(weights={"plain": 4.0}))
    assert [s.transform for s in matrix.recipe.features if hasattr(s, "transform")] == ["none", "log", "yeo-johnson"]
    found = amounts_by(matrix)(matrix.values)
    np.testing.assert_allclose(found[:, 0], plain, rtol=1e-5)
    np.testing.assert_allclose(found[:, 1], skewed, rtol=1e-4, atol=1e-4)
    assert np.isnan(found[:, 2:]).all()
