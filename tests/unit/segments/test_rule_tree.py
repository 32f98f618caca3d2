import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from clientage.segments.rule_tree import Node, grow_surrogate, grow_threshold_tree


def predict(node: Node, x: np.ndarray) -> np.ndarray:
    out = np.empty(len(x), dtype=int)
    pending = [(node, np.arange(len(x)))]
    while pending:
        here, rows = pending.pop()
        if here.split is None:
            out[rows] = here.label
            continue
        below = x[rows, here.split.axis] <= here.split.threshold
        pending += [(here.left, rows[below]), (here.right, rows[~below])]
    return out


def depth_first(node):
    yield node
    if node.left is not None:
        yield from depth_first(node.left)
        yield from depth_first(node.right)


@pytest.fixture
def blobs():
    rng = np.random.default_rng(0)
    centers = np.array([[0.0, 0, 0], [4, 0, 0], [0, 4, 0], [4, 4, 1]])
    labels = np.repeat(np.arange(4), 50)
    return centers[labels] + rng.normal(0, 0.7, (200, 3)), labels, centers


def test_the_surrogate_is_as_good_as_scikit_learns_best_first_tree(blobs):
    x, _, _ = blobs
    labels = (x[:, 0] + 2 * x[:, 1] > 5).astype(int) + (x[:, 2] > 0.5)
    for leaves in (2, 4, 6):
        ours = predict(grow_surrogate(x, labels, leaves), x)
        theirs = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(x, labels).predict(x)
        assert np.mean(ours == labels) >= np.mean(theirs == labels) - 0.011  # splits below half a percent are pruned


def test_every_centre_gets_a_leaf_and_thresholds_separate_them(blobs):
    x, labels, centers = blobs
    tree = grow_threshold_tree(x, labels, centers, 4)
    assert sorted(leaf.label for leaf in tree.leaves()) == [0, 1, 2, 3]
    assert predict(tree, centers).tolist() == [0, 1, 2, 3]
    assert np.mean(predict(tree, x) == labels) > 0.98


def test_a_threshold_makes_the_fewest_mistakes_there_are(blobs):
    x, labels, centers = blobs
    root = grow_threshold_tree(x, labels, centers, 4).split

    def mistakes(axis, t):
        return int(np.count_nonzero((x[:, axis] <= t) != (centers[labels, axis] <= t)))

    candidates = [
        mistakes(a, t) for a in range(3) for t in np.unique(x[:, a]) if centers[:, a].min() <= t < centers[:, a].max()
    ]
    assert mistakes(root.axis, root.threshold) == min(candidates)


def test_further_leaves_only_where_they_set_rows_right(blobs):
    x, labels, centers = blobs
    for leaves in (4, 5, 7):
        tree = grow_threshold_tree(x, labels, centers, leaves)
        assert sum(1 for _ in tree.leaves()) <= leaves
        for node in depth_first(tree):
            if node.left is not None and node.left.split is None and node.right.split is None:
                assert node.left.wrong + node.right.wrong < node.wrong


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 3))
def test_any_labels_give_a_tree_whose_leaves_share_out_the_rows(seed, k, p):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, (30, p)).astype(float)
    labels = rng.integers(0, k, 30)
    centers = rng.normal(1.5, 1, (k, p))
    for tree in (grow_surrogate(x, labels, k + 3), grow_threshold_tree(x, labels, centers, k + 3)):
        rows = np.concatenate([leaf.rows for leaf in tree.leaves()])
        assert sorted(rows.tolist()) == list(range(30))
        told = predict(tree, x)
        for leaf in tree.leaves():
            assert (told[leaf.rows] == leaf.label).all()
            assert leaf.wrong == np.count_nonzero(labels[leaf.rows] != leaf.label)


def test_rows_that_are_all_alike_stay_one_leaf():
    tree = grow_surrogate(np.ones((6, 2)), np.array([0, 0, 0, 0, 1, 1]), 5)
    assert tree.split is None
    assert (tree.label, tree.wrong) == (0, 2)
