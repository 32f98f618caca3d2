"""The tree of customers: scipy's, cut where scipy would cut it."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

import made_studies
from clientage.charts.hierarchy import LEAVES, customer_tree, upper_part
from clientage.clustering.ward import Tree


def test_leaves_are_the_groups_that_scipy_cuts(rng: np.random.Generator) -> None:
    tree = linkage(rng.normal(size=(80, 3)), "ward")
    top = upper_part(tree, 12, 4)
    expected = fcluster(tree, 12, "maxclust")
    pairs = set(zip(top.group_of.tolist(), expected.tolist(), strict=True))
    assert len(pairs) == 12  # one to one
    np.testing.assert_allclose(top.linkage[:, 2:], tree[-11:, 2:])
    assert tree[-4, 2] < top.cut < tree[-3, 2]  # four groups are cut there


def test_the_upper_tree_can_be_cut_like_the_whole(rng: np.random.Generator) -> None:
    tree = linkage(rng.normal(size=(60, 2)), "ward")
    top = upper_part(tree, 10, 3)
    whole, upper = fcluster(tree, 3, "maxclust"), Tree(top.linkage).cut(3)
    assert len(set(zip(upper[top.group_of].tolist(), whole.tolist(), strict=True))) == 3


def test_every_customer_is_on_a_branch_and_groups_keep_to_theirs() -> None:
    record = made_studies.shop_study()
    figure = customer_tree(record.selection, record.coreset, record.segmentation, record.profiles)
    assert figure is not None
    rows = figure.table.rows
    assert len(rows) == LEAVES
    assert sum(row[1] for row in rows) == record.customers.n
    k = record.segmentation.k
    for j, segment in enumerate(record.profiles.segments):
        assert round(sum(row[1] * row[2 + j] for row in rows)) == segment.size
    assert all(len(row) == 2 + k for row in rows)


def test_separate_groups_are_what_the_tree_finds_too() -> None:
    columns = made_studies.shop()
    roles = {"features": ["income", "store_visits", "total_spend"]}
    record = made_studies.study(columns, roles=roles, cluster={"k": 4})
    figure = customer_tree(record.selection, record.coreset, record.segmentation, record.profiles)
    assert figure is not None
    assert figure.title == "Cut into four, the tree of customers gives these segments"


def test_one_segment_is_no_cut() -> None:
    record = made_studies.one_study()
    assert customer_tree(record.selection, record.coreset, record.segmentation, record.profiles) is None
