"""Scores with ties, and a map that covers every cell once."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.errors import SettingsError
from clientage.features.rfm import RFM_MAP, read_map, rfm_columns, score


def test_scores_are_fifths_of_the_customers() -> None:
    assert np.bincount(score(np.arange(1_000.0)))[1:].tolist() == [200] * 5
    np.testing.assert_array_equal(score(np.arange(1_000.0), reverse=True), score(np.arange(1_000.0))[::-1])


def test_identical_customers_get_identical_scores() -> None:
    frequency = np.r_[np.ones(700), np.full(200, 2.0), np.arange(3, 103)]
    scores = score(frequency)
    assert set(scores[frequency == 1]) == {1}
    assert set(scores[frequency == 2]) == {4}  # 70 % have less: 1 + floor(5 × .7)


def test_a_score_is_defined_by_how_many_have_less() -> None:
    x = np.random.default_rng(0).integers(0, 20, 997).astype(float)
    expected = [1 + int(5 * np.count_nonzero(x < v)) // len(x) for v in x]
    assert score(x).tolist() == expected


def test_the_map_names_every_cell_once() -> None:
    cells = read_map()
    assert len(cells) == 125
    assert sum(len(text.split()) for text in RFM_MAP.values()) == 125
    assert (cells["555"], cells["111"], cells["155"], cells["511"]) == ("Champions", "Lost", "Cannot Lose", "New")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Lost": "112 121 131 141 151"}, "no segment for '111'"),
        ({"Lost": "111 112 121 131 141 151 555"}, "cell 555 in 'Champions' and in 'Lost'"),
        ({"Lost": "111 112 121 131 141 161"}, "'161' in the segment 'Lost'"),
    ],
)
def test_a_map_with_holes_overlaps_or_slips_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_map({**RFM_MAP, **change})


def test_columns_say_score_and_segment_of_each_customer() -> None:
    days = np.arange(1.0, 126.0)
    scores, segments = rfm_columns(days, days[::-1], days[::-1])
    cells = read_map()
    assert segments.as_text().tolist() == [cells[s] for s in scores.as_text()]
    assert scores.as_text()[0] == "555"
