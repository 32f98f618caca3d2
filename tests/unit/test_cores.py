"""Work side by side: the same results in the same order, and threads where they are worth it alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from clientage import cores
from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features import encoding
from clientage.features.customers import Customers
from clientage.features.shape import in_order, middle, quantiles


def threads_of(rows: int) -> set[int]:
    both = threading.Barrier(2, timeout=5)

    def one(_: int) -> int:
        if rows >= cores.LARGE:
            both.wait()  # passes when two calls are at work at once
        return threading.get_ident()

    return set(cores.side_by_side(one, range(2), rows))


@pytest.mark.parametrize("rows", [0, 10, cores.LARGE - 1])
def test_few_rows_stay_in_this_thread(rows: int) -> None:
    assert threads_of(rows) == {threading.get_ident()}


@pytest.mark.skipif(cores.core_count() < 2, reason="one core")
def test_many_rows_are_worked_on_at_once() -> None:
    assert len(threads_of(cores.LARGE)) == 2


def test_results_come_in_order_and_refusals_come_through() -> None:
    assert cores.side_by_side(str, range(50), cores.LARGE) == [str(i) for i in range(50)]
    with pytest.raises(ZeroDivisionError):
        cores.side_by_side(lambda x: 1 / x, [1, 0, 2], cores.LARGE)


def test_threads_change_no_bit_of_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    columns = [Column(f"x{j}", "number", np.exp(rng.normal(size=500) * j)) for j in range(5)]
    columns.append(Column("g", "text", rng.integers(-1, 3, 500).astype(np.int32), ("a", "b", "c")))
    people = Customers(500, None, tuple(columns), (), (), None, "customers", np.arange(500), {}, {}, QualityReport({}))
    one = encoding.encode(people, FeatureSettings())
    monkeypatch.setattr(cores, "LARGE", 1)
    two = encoding.encode(people, FeatureSettings())
    assert one.values.tobytes() == two.values.tobytes()
    assert one.recipe == two.recipe


def test_quantiles_of_sorted_values_are_numpys_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    for n in [1, 2, 3, *rng.integers(4, 300, 60).tolist()]:
        x = rng.normal(size=n) * 10.0 ** rng.integers(-8, 9)
        x[rng.random(n) < 0.2] = np.nan
        there = in_order(x)
        np.testing.assert_array_equal(there, np.sort(x[np.isfinite(x)]))
        if len(there):
            shares = (0.0, 0.05, 0.25, 0.5, 0.75, 1.0, *rng.random(3).tolist())
            assert quantiles(there, shares) == np.quantile(there, shares).tolist()
            assert middle(there) == np.median(there)
