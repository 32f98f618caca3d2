"""Work side by side: the same results in the same order, and threads where they are worth it alone."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from clientage import cores
from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features import encoding
from clientage.features.customers import Customers
from clientage.features.shape import in_order, middle, quantiles
from patience import PATIENCE


def threads_of(rows: int) -> set[int]:
    both = threading.Barrier(2, timeout=PATIENCE)

    def one(_: int) -> int:
        if rows >= cores.LARGE:
            both.wait()  # passes when two calls are at work at once
        return threading.get_ident()

    return set(cores.side_by_side(one, range(2), rows))


@pytest.mark.parametrize("rows", [0, 10, cores.LARGE - 1])
def test_few_rows_stay_in_this_thread(rows: int) -> None:
    assert threads_of(rows) == {threading.get_ident()}


two_cores = pytest.mark.skipif(cores.core_count() < 2, reason="one core")


@two_cores
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


@two_cores
def test_the_next_item_is_made_while_the_last_is_worked_on() -> None:
    both = threading.Barrier(2, timeout=PATIENCE)

    def items() -> Iterator[int]:
        yield 0
        both.wait()  # passes when the caller is at work on the first at that time
        yield 1

    found = []
    for item in cores.one_ahead(items(), cores.LARGE):
        if item == 0:
            both.wait()
        found.append(item)
    assert found == [0, 1]


@pytest.mark.parametrize("rows", [10, cores.LARGE])
def test_what_ends_the_items_ends_those_made_ahead(rows: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    ahead = cores.one_ahead(items(), rows)
    assert next(ahead) == 1
    with pytest.raises(ZeroDivisionError):
        next(ahead)
    assert list(cores.one_ahead(iter([None, None]), rows)) == [None, None]
    left = cores.one_ahead(iter(range(9)), rows)
    assert next(left) == 0
    left.close()  # waits for the one that is being made, and for no other


@two_cores
def test_two_calls_at_once() -> None:
    met = threading.Barrier(2, timeout=PATIENCE)
    assert cores.both(lambda: (met.wait(), 1)[1], lambda: (met.wait(), "b")[1], cores.LARGE) == (1, "b")
    with pytest.raises(ZeroDivisionError):
        cores.both(lambda: 1, lambda: 1 / 0, cores.LARGE)


@two_cores
def test_what_is_asked_ahead_is_made_in_one_other_thread() -> None:
    def alone(rows: int) -> set[int]:
        return set(cores.side_by_side(lambda _: threading.get_ident(), range(4), rows))

    ahead = cores.Ahead([alone, str], cores.LARGE, rows=cores.LARGE)
    threads = ahead.get(alone)
    assert threads is not None
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    assert ahead.take(str) == str(cores.LARGE)
    assert ahead.get(str) is None
    assert ahead.get(abs) is None
    assert cores.Ahead([str], 7, rows=cores.LARGE - 1).get(str) is None


@two_cores
def test_a_refusal_ahead_comes_where_the_result_is_asked_for_and_results_travel() -> None:
    ahead = cores.Ahead([str, bool], "x", rows=cores.LARGE)
    sent = pickle.loads(pickle.dumps(ahead))
    assert (sent.get(str), sent.get(bool)) == ("x", True)
    failing = cores.Ahead([int], "x", rows=cores.LARGE)
    with pytest.raises(ValueError, match="invalid literal"):
        failing.get(int)
