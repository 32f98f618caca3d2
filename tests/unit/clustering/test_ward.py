"""Ward's tree against scipy's."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, is_valid_linkage, linkage
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.ward import fit_ward


@pytest.mark.parametrize(("n", "p"), [(2, 1), (3, 2), (60, 2), (700, 5), (1500, 3)])
def test_heights_and_partitions_equal_scipy(n, p, skewed):
    x = skewed(n, p, seed=n)
    tree, theirs = fit_ward(x, np.ones(n)), linkage(x, "ward")
    np.testing.assert_allclose(tree.linkage[:, 2], theirs[:, 2], rtol=1e-9)
    np.testing.assert_array_equal(tree.linkage[:, 3], theirs[:, 3])
    for k in range(1, min(n, 12)):
        assert adjusted_rand_score(tree.cut(k), fcluster(theirs, k, "maxclust")) == 1.0


def test_the_tree_is_scipys_format(blobs):
    x, _ = blobs(300, 3)
    assert is_valid_linkage(fit_ward(x, np.ones(300)).linkage)


def test_weights_are_repetition(blobs):
    x, _ = blobs(80, 3, apart=1.0)
    weights = np.random.default_rng(0).integers(1, 5, 80)
    theirs = linkage(np.repeat(x, weights, axis=0), "ward")
    tree = fit_ward(x, weights.astype(float))
    np.testing.assert_allclose(tree.linkage[:, 2], theirs[-79:, 2], rtol=1e-9)
    assert tree.linkage[-1, 3] == weights.sum()
    for k in (2, 5, 9):
        assert adjusted_rand_score(np.repeat(tree.cut(k), weights), fcluster(theirs, k, "maxclust")) == 1.0


def test_equal_distances_do_not_stop_it():
    side = np.arange(12.0)
    x = np.array(np.meshgrid(side, side, side)).reshape(3, -1).T
    tree = fit_ward(x, np.ones(len(x)))
    assert is_valid_linkage(tree.linkage)
    assert (np.diff(tree.linkage[:, 2]) >= 0).all()
    assert np.bincount(tree.cut(7)).min() > 0


def test_cuts_are_nested_and_numbered_by_first_point(blobs):
    x, _ = blobs(200, 2)
    tree = fit_ward(x, np.ones(200))
    for k in range(1, 20):
        coarse, fine = tree.cut(k), tree.cut(k + 1)
        assert len({(a, b) for a, b in zip(coarse.tolist(), fine.tolist(), strict=True)}) == k + 1
        assert np.unique(coarse, return_index=True)[1].tolist() == sorted(np.unique(coarse, return_index=True)[1])


@pytest.mark.parametrize("k", [0, 4])
def test_an_impossible_cut_is_refused(k):
    with pytest.raises(ValueError, match="between 1 and 3"):
        fit_ward(np.arange(3.0)[:, None], np.ones(3)).cut(k)


def test_one_point_is_a_tree():
    assert fit_ward(np.zeros((1, 2)), np.ones(1)).cut(1).tolist() == [0]
