"""The elbow: found where the curve bends, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.elbow import elbow


@pytest.mark.parametrize("k", [3, 4, 5, 7])
def test_a_sharp_bend_is_found(k: int) -> None:
    curve = {j: 1000.0 - 120 * min(j, k) - 5 * max(0, j - k) for j in range(2, 11)}
    assert elbow(curve) == k


@pytest.mark.parametrize("power", [0.25, 0.5, 1.0])
def test_the_smooth_curve_of_uniform_data_has_no_elbow(power: float) -> None:
    # k-means on uniform data in p dimensions has W ∝ k^(−2/p)
    assert elbow({k: 1000.0 * k**-power for k in range(2, 11)}) is None


@pytest.mark.parametrize(
    "curve",
    [
        {k: 100.0 - 10 * k for k in range(2, 9)},
        dict.fromkeys(range(2, 9), 100.0),
        {k: 100.0 - 0.1 * k - (1 if k > 4 else 0) for k in range(2, 9)},
        dict.fromkeys(range(2, 9), 0.0),
        {2: 10.0, 3: 1.0},
    ],
    ids=["straight", "constant", "flat", "zero", "two points"],
)
def test_no_elbow_is_invented(curve: dict[int, float]) -> None:
    assert elbow(curve) is None


def test_it_does_not_depend_on_the_unit() -> None:
    curve = {2: 100.0, 3: 60.0, 4: 20.0, 5: 18.0, 6: 16.0}
    assert elbow({k: 1e6 * w for k, w in curve.items()}) == elbow(curve) == 4


def test_real_groups_bend_the_curve_where_they_are() -> None:
    from clientage.clustering.sweep import sweep

    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(c, 0.5, size=(50, 2)) for c in ((0, 0), (6, 0), (0, 6), (6, 6))])
    assert elbow(sweep(x).inertia) == 4
