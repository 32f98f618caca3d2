from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientage.segments.segmentation import in_order, to_segments


def assignment(labels):
    labels = np.asarray(labels, dtype=np.int32)
    return SimpleNamespace(
        labels=labels,
        runner_up=np.where(labels < 0, -1, (labels + 1) % 3).astype(np.int32),
        confidence=np.linspace(0, 1, len(labels)),
        distance=np.linspace(1, 2, len(labels)),
    )


def model(centers):
    return SimpleNamespace(n_clusters=len(centers), centers=np.asarray(centers, dtype=np.float64))


def test_segments_stand_in_order_of_falling_size():
    seg = to_segments(assignment([2, 2, 2, 0, 1, 1, -1]), model([[0.0], [1.0], [2.0]]))
    assert seg.order.tolist() == [2, 1, 0]
    assert seg.labels.tolist() == [0, 0, 0, 2, 1, 1, -1]
    assert seg.sizes.tolist() == [3, 2, 1]
    assert (seg.k, seg.unassigned) == (3, 1)


def test_clusters_of_one_size_are_ordered_by_their_centres_first_coordinate_first():
    centres = [[1.0, 5.0], [1.0, 2.0], [0.0, 9.0]]
    assert to_segments(assignment([0, 1, 2]), model(centres)).order.tolist() == [2, 1, 0]


def test_runner_up_counts_segments_and_keeps_none():
    seg = to_segments(assignment([2, 2, 0, -1]), model([[0.0], [1.0], [2.0]]))
    # clusters 2, 0, 1 are segments 0, 1, 2
    assert seg.runner_up.tolist() == [1, 1, 2, -1]


def test_a_cluster_without_customers_is_the_last_segment():
    seg = to_segments(assignment([1, 1, 2]), model([[0.0], [1.0], [2.0]]))
    assert seg.sizes.tolist() == [2, 1, 0]


def test_scoring_in_a_known_order_does_not_count_the_new_customers():
    seg = in_order(assignment([0, 0, 0, 1]), np.array([1, 0, 2]))
    assert seg.labels.tolist() == [1, 1, 1, 0]


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=60), st.permutations(range(4)), st.randoms())
def test_cluster_ids_and_row_order_change_nothing(labels, renaming, random):
    labels = np.array(labels, dtype=np.int32)
    centres = np.array([[0.5, 1.0], [0.5, 0.0], [3.0, 2.0], [-1.0, 4.0]])
    renamed = np.where(labels < 0, -1, np.array(renaming)[labels])
    moved = np.empty_like(centres)
    moved[list(renaming)] = centres
    rows = list(range(len(labels)))
    random.shuffle(rows)
    first = to_segments(assignment(labels), model(centres))
    second = to_segments(assignment(renamed[rows]), model(moved))
    assert second.labels.tolist() == first.labels[rows].tolist()
    assert np.array_equal(moved[second.order], centres[first.order])
