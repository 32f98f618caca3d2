"""Shares of one whole are found from the numbers alone, and nothing else is taken for them."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.null_tables.wholes import Whole, closed, wholes_of


def _rng() -> np.random.Generator:
    return np.random.default_rng(3)


def _found(amounts: np.ndarray) -> list[tuple[list[int], float, bool]]:
    return [(w.columns.tolist(), round(w.total, 6), w.closed) for w in wholes_of(amounts)]


def _shares(n: int = 400, alpha: tuple[float, ...] = (3.0, 2.0, 1.0, 0.5)) -> np.ndarray:
    return _rng().dirichlet(alpha, size=n)


def _beside(n: int = 400) -> np.ndarray:
    """A spend and an age, of other scales."""
    rng = np.random.default_rng(4)
    return np.column_stack([np.exp(rng.normal(8, 1, size=n)), rng.normal(45, 12, size=n)])


@pytest.mark.parametrize(
    ("unit", "digits"), [(1.0, 9), (1.0, 2), (100.0, 0), (2_500.0, 2)], ids=["exact", "two digits", "per cent", "money"]
)
def test_shares_are_found_in_any_unit_and_to_rounding(unit: float, digits: int) -> None:
    assert _found((unit * _shares()).round(digits)) == [([0, 1, 2, 3], unit, True)]


def test_they_are_found_beside_other_columns_and_two_wholes_are_told_apart() -> None:
    other = np.random.default_rng(5).dirichlet([1.0, 1.0, 1.0], size=400)
    spend, age = _beside().T
    table = np.column_stack([spend, _shares(), age, 100 * other])
    assert _found(table) == [([1, 2, 3, 4], 1.0, True), ([6, 7, 8], 100.0, True)]


def test_zeros_and_few_broken_rows_do_not_hide_them() -> None:
    rng = _rng()
    parts = rng.gamma(2.0, size=(400, 5)) * (rng.random((400, 5)) < 0.6)
    parts[:, 0] += 0.1
    table = closed(parts)
    table[:12, 1] = 0.3  # as filled gaps or bounded outliers leave it
    assert _found(table) == [([0, 1, 2, 3, 4], 1.0, True)]


def test_a_missing_share_is_noticed_where_the_sum_never_passes_the_whole() -> None:
    assert _found(_shares(alpha=(1.0, 1.0, 1.0))[:, :2]) == [([0, 1], 1.0, False)]
    assert _found(100 * _shares(alpha=(1.0, 1.0, 1.0))[:, :2]) == [([0, 1], 100.0, False)]


@pytest.mark.parametrize(
    "table",
    [
        _rng().random((400, 4)),
        _rng().normal(size=(400, 4)),
        _rng().integers(0, 4, size=(400, 6)),
        _rng().multivariate_normal(np.zeros(3) + 9, np.full((3, 3), 0.99) + 0.01 * np.eye(3), size=400),
        np.eye(3)[_rng().integers(0, 3, size=400)],
        np.column_stack([_beside(), _beside().sum(axis=1)]),
        np.full((400, 3), 2.0),
        _shares(n=10),
    ],
    ids=["uniform", "normal", "small counts", "nearly equal", "yes or no", "a total", "constant", "few rows"],
)
def test_nothing_else_is_taken_for_shares(table: np.ndarray) -> None:
    assert wholes_of(np.asarray(table, dtype=np.float64)) == ()


def test_columns_that_are_no_amounts_are_passed_over() -> None:
    table = np.column_stack([np.full(400, np.nan), _shares()])
    assert _found(table) == [([1, 2, 3, 4], 1.0, True)]


def test_the_missing_share_is_what_the_others_leave() -> None:
    whole = Whole(np.array([0, 1]), 100.0, closed=False)
    np.testing.assert_allclose(whole.shares(np.array([[20.0, 30.0], [100.0, 0.0]])), [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
