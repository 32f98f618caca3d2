import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from clientage.selection.matching import match

shapes = st.tuples(st.integers(1, 7), st.integers(0, 6)).map(lambda s: (s[0], s[0] + s[1]))


@given(shapes.flatmap(lambda s: arrays(np.float64, s, elements=st.integers(-5, 20).map(float))))
def test_the_total_is_the_least_there_is(cost):
    found = match(cost)
    assert len(set(found.tolist())) == len(cost)
    rows, columns = linear_sum_assignment(cost)
    assert cost[np.arange(len(cost)), found].sum() == pytest.approx(cost[rows, columns].sum())


def test_more_rows_than_columns_is_refused():
    with pytest.raises(ValueError, match="3 rows"):
        match(np.zeros((3, 2)))


def test_no_rows_need_no_columns():
    assert match(np.zeros((0, 4))).tolist() == []
