"""The dendrogram of the segments."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import linkage

import made_studies
from clientage.charts.tree import dendrogram


def test_heights_are_those_of_ward_for_equal_segments() -> None:
    roles = {"features": ["income", "store_visits", "total_spend"]}
    record = made_studies.study(made_studies.shop(), roles=roles, cluster={"algorithm": "kmeans"})
    figure = dendrogram(record.selection, record.segmentation, record.profiles)
    assert figure is not None
    heights = [row[1] for row in figure.table.rows]
    assert heights == sorted(heights)
    assert len(heights) == record.segmentation.k - 1
    # segments of about one size: scipy's tree of the centres has the same shape, its heights √size smaller
    centers = np.asarray(record.selection.chosen.model.centers)
    ratio = np.array(heights) / linkage(centers, "ward")[:, 2]
    np.testing.assert_allclose(ratio, np.sqrt(record.customers.n / record.segmentation.k), rtol=0.1)


def test_two_segments_need_no_tree() -> None:
    record = made_studies.one_study()
    assert dendrogram(record.selection, record.segmentation, record.profiles) is None


def test_every_segment_has_a_branch_in_its_own_colour() -> None:
    record = made_studies.twelve_study()
    figure = dendrogram(record.selection, record.segmentation, record.profiles)
    assert figure is not None
    lines = figure.spec["layer"][0]["data"]["values"]
    assert len({line["colour"] for line in lines if line["from"] == 0}) == 12
    assert len(lines) == 3 * 11
