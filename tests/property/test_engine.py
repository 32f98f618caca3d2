"""What holds of the engine for any table."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clientage.clustering.coreset import summarise
from clientage.clustering.density import fit_dbscan
from clientage.clustering.sweep import sweep
from clientage.clustering.ward import fit_ward
from clientage.grid import Grid

SHAPES = st.tuples(st.integers(2, 60), st.integers(1, 5))
TABLES = arrays(np.float64, SHAPES, elements=st.floats(-1e3, 1e3, allow_nan=False))
CODES = arrays(np.float64, SHAPES, elements=st.integers(0, 3).map(float))
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(TABLES | CODES, st.randoms(use_true_random=False))
def test_a_sweep_of_any_table_is_valid_and_knows_no_order(x, random):
    x = np.round(x, 3)  # rows nearer than that would be one row on the grid
    ks = range(1, min(3, len(np.unique(x, axis=0))) + 1)
    order = np.array(random.sample(range(len(x)), len(x)))
    found = sweep(x, ks)
    again = sweep(x[order], ks, threads=2)
    for k in ks:
        np.testing.assert_array_equal(found.centers[k], again.centers[k])
        np.testing.assert_array_equal(found.labels[k][order], again.labels[k])
        assert set(found.labels[k].tolist()) == set(range(k))
        assert found.inertia[k] == again.inertia[k] >= 0
    values = [found.inertia[k] for k in ks]
    assert values == sorted(values, reverse=True)


@QUICK
@given(TABLES | CODES)
def test_a_coreset_accounts_for_every_row(x):
    z = Grid.for_values(x).round(x)
    core = summarise(z)
    assert core.exact
    assert core.weights.sum() == len(x)
    np.testing.assert_allclose(core.weights @ core.points, z.sum(axis=0), rtol=1e-12, atol=1e-9)


@QUICK
@given(TABLES | CODES)
def test_a_ward_tree_rises_and_cuts_into_k(x):
    core = summarise(Grid.for_values(x).round(x))
    tree = fit_ward(core.points, core.weights)
    assert (np.diff(tree.linkage[:, 2]) >= 0).all()
    for k in range(1, len(core.points) + 1):
        assert len(np.unique(tree.cut(k))) == k


@QUICK
@given(CODES, st.floats(0.5, 3.0), st.integers(1, 6))
def test_dbscan_keeps_its_definition(x, eps, smallest):
    core = summarise(x)
    dense = fit_dbscan(core.points, core.weights, smallest, eps)
    near = ((core.points[:, None] - core.points) ** 2).sum(axis=2) <= eps * eps
    np.testing.assert_array_equal(dense.core, near @ core.weights >= smallest)
    linked = near & dense.core[:, None] & dense.core
    assert (dense.labels[np.nonzero(linked)[0]] == dense.labels[np.nonzero(linked)[1]]).all()
    np.testing.assert_array_equal(dense.labels >= 0, (near & dense.core).any(axis=1))
