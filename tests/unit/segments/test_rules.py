import sqlite3
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.config import FeatureSettings
from clientage.data.table import Column
from clientage.features.encoding import encode
from clientage.segments.conditions import CategoryCondition, NumberCondition, round_between
from clientage.segments.rules import learn_rules

NASTY = 'a"; DROP TABLE t;--'


def learned(customers, labels, k, *, kind="centres"):
    matrix = encode(customers, FeatureSettings())
    labels = np.asarray(labels, dtype=np.int32)
    centers = np.array([matrix.values[labels == j].mean(axis=0) for j in range(k)])
    selection = SimpleNamespace(chosen=SimpleNamespace(model=SimpleNamespace(kind=kind, centers=centers)))
    segmentation = SimpleNamespace(labels=labels, k=k, order=np.arange(k))
    return learn_rules(customers, matrix, segmentation, selection)


@pytest.fixture(scope="module")
def mixed(studies):
    """Numbers with gaps, a category with gaps and quotes, a hostile name."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 100)
    income = rng.normal(np.array([20, 60, 60])[labels], 5).round(2)
    income[::11] = np.nan
    town = np.array(["Bonn", "Men's", "Köln"], dtype=object)[(labels + (rng.random(300) < 0.05)) % 3]
    town[::13] = None
    visits = rng.poisson(np.array([3, 3, 15])[labels]).astype(float)
    columns = [studies.number(NASTY, income), studies.text("Town", town.tolist()), studies.number("visits", visits)]
    return studies.customers_of(columns), labels


@pytest.mark.parametrize("kind", ["centres", "mixture"])
def test_sql_says_the_same_as_the_rules_on_duckdb_and_sqlite(mixed, kind):
    customers, labels = mixed
    rules = learned(customers, labels, 3, kind=kind)
    told = rules.apply(customers.features)
    rows = list(
        zip(*([v if v == v and v != "" else None for v in c.as_text()] for c in customers.features), strict=True)
    )
    rows = [(i, None if a is None else float(a), b, None if c is None else int(c)) for i, (a, b, c) in enumerate(rows)]
    quoted = '"a""; DROP TABLE t;--"'
    make = f'CREATE TABLE t (id INTEGER, {quoted} DOUBLE PRECISION, "Town" VARCHAR, visits INTEGER)'
    query = f"SELECT {rules.sql()} FROM t ORDER BY id"
    lite = sqlite3.connect(":memory:")
    lite.execute(make)
    lite.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    assert [r[0] for r in lite.execute(query)] == told.tolist()
    lite.close()
    duck = duckdb.connect()
    duck.execute(make)
    duck.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    assert [r[0] for r in duck.execute(query).fetchall()] == told.tolist()
    duck.close()


def test_every_customer_is_in_exactly_one_rule(mixed):
    customers, labels = mixed
    rules = learned(customers, labels, 3)
    by_name = {c.name: c for c in customers.features}
    assert (np.sum([r.holds(by_name) for r in rules.rules], axis=0) == 1).all()


def test_clear_segments_are_told_with_few_conditions(studies):
    customers, labels = studies.four_corners()
    rules = learned(customers, labels, 5)
    assert rules.method == "threshold tree"
    assert rules.fidelity > 0.98
    assert rules.thresholds <= 5 + 2
    assert [r.segment_id for r in rules.rules] == [1, 2, 3, 4, 5]
    assert all(r.precision > 0.9 and r.recall > 0.9 for r in rules.rules)
    text = rules.text(["A", "B", "C", "D", "E"])
    assert "annual income above $" in text
    assert "of held-out customers" in text


def test_fidelity_is_of_customers_the_rules_were_not_learned_from(studies):
    rng = np.random.default_rng(0)
    noise = studies.customers_of([studies.number(c, rng.normal(0, 1, 300)) for c in "abcde"])
    rules = learned(noise, rng.integers(0, 3, 300), 3, kind="mixture")
    assert rules.fidelity < 0.45  # labels are random: nothing can be learned, and nothing is claimed


def test_row_order_changes_no_rule(studies):
    customers, labels = studies.four_corners()
    rows = np.random.default_rng(1).permutation(len(labels))
    shuffled = studies.customers_of([c.take(rows) for c in customers.features])
    assert learned(customers, labels, 5) == learned(shuffled, labels[rows], 5)


def test_customers_without_a_segment_are_left_out(studies):
    customers, labels = studies.four_corners()
    labels = labels.copy()
    labels[:30] = -1
    rules = learned(customers, labels, 5, kind="density")
    assert rules.method == "surrogate tree"
    assert rules.judged_on == len(labels) - 30


def test_one_segment_has_no_rules(studies):
    customers, labels = studies.four_corners()
    assert learned(customers, np.zeros_like(labels), 1) is None


def test_words_mention_the_unknown_only_where_there_is_any(mixed, studies):
    customers, labels = mixed
    told = " ".join(r.words for r in learned(customers, labels, 3).rules)
    assert "unknown" in told
    complete, labels = studies.four_corners()
    assert "unknown" not in learned(complete, labels, 5).text(list("ABCDE"))


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.booleans())
def test_a_round_threshold_stays_between(low, gap, whole):
    if whole:
        low, gap = float(round(low)), float(max(1, round(gap)))
    high = low + gap
    t = round_between(low, high, whole=whole)
    assert low <= t < high
    assert not whole or t == int(t)


def test_round_thresholds_are_round():
    assert [round_between(*pair) for pair in [(37.2, 43.9), (99_120, 101_450), (0.501, 0.748)]] == [40, 100_000, 0.6]
    assert round_between(18, 19, whole=True) == 18


values = st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=20)
bounds = st.one_of(st.none(), st.integers(-5, 5).map(float))


@given(values, bounds, bounds, st.booleans(), bounds, st.booleans())
def test_merged_number_conditions_hold_where_both_do(drawn, low, high, missing, low2, missing2):
    column = Column("x", "number", np.array([np.nan if v is None else v for v in drawn], dtype=float))
    a = NumberCondition("x", "x", low, high, missing)
    b = NumberCondition("x", "x", low2, None, missing2)
    assert a.merged(b).holds(column).tolist() == (a.holds(column) & b.holds(column)).tolist()
    assert a.merged(NumberCondition("y", "y", None, 1.0)) is None


kinds = st.lists(st.sampled_from("abcd"), unique=True, max_size=3).map(tuple)


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12), kinds, kinds, *[st.booleans()] * 4)
def test_merged_category_conditions_hold_where_both_do(codes, one, two, outside, outside2, missing, missing2):
    column = Column("x", "text", np.array(codes, dtype=np.int32), tuple("abcd"))
    a = CategoryCondition("x", "x", one, outside, missing)
    b = CategoryCondition("x", "x", two, outside2, missing2)
    merged = a.merged(b)
    assert merged.holds(column).tolist() == (a.holds(column) & b.holds(column)).tolist()


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12), kinds, st.booleans(), st.booleans())
def test_category_sql_says_the_same(codes, named, outside, missing):
    column = Column("x", "text", np.array(codes, dtype=np.int32), tuple("abcd"))
    condition = CategoryCondition("x", "x", named, outside, missing)
    lite = sqlite3.connect(":memory:")
    lite.execute("CREATE TABLE t (id INTEGER, x TEXT)")
    lite.executemany("INSERT INTO t VALUES (?, ?)", [(i, None if c < 0 else "abcd"[c]) for i, c in enumerate(codes)])
    found = [r[0] == 1 for r in lite.execute(f"SELECT CASE WHEN {condition.sql} THEN 1 ELSE 0 END FROM t ORDER BY id")]
    lite.close()
    assert found == condition.holds(column).tolist()
