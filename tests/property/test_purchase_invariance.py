"""Figures of purchases against a plain recomputation, in any order of the lines."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clientage.config import FeatureSettings, RoleSettings, Settings
from clientage.data.columns import assign_roles
from clientage.data.table import Table
from clientage.features.customers import Customers
from clientage.features.transactions import build_from_transactions
from made_tables import rows, table

START = np.datetime64("2024-01-01")
LINE = st.tuples(
    st.sampled_from("abcdef"),
    st.integers(0, 40),
    st.integers(-3, 9),
    st.integers(-100, 99_999),
    st.sampled_from("pqrt"),
)


def build(t: Table) -> Customers:
    roles = RoleSettings(
        kind="transactions", customer="who", date="when", quantity="pieces", price="each", product="what"
    )
    return build_from_transactions(t, assign_roles(t, roles, FeatureSettings()), Settings(roles=roles))


def made(lines: list[tuple[str, int, int, int, str]]) -> Table:
    who, day, pieces, cents, what = zip(*lines, strict=True)
    return table(who=who, when=[START + d for d in day], pieces=pieces, each=[c / 100 for c in cents], what=what)


def usable(lines: list[tuple[str, int, int, int, str]]) -> bool:
    return len({d for _, d, pieces, cents, _ in lines if pieces > 0 and cents > 0}) > 1


@settings(max_examples=120, deadline=None)
@given(st.lists(LINE, min_size=2, max_size=60))
def test_figures_agree_with_a_plain_recomputation(lines: list[tuple[str, int, int, int, str]]) -> None:
    assume(usable(lines))
    c = build(made(lines))
    good = [x for x in lines if x[3] > 0 and x[2] != 0]
    buyers = sorted({x[0] for x in good if x[2] > 0})
    assert c.ids is not None
    assert c.ids.as_text().tolist() == buyers
    as_of = max(x[1] for x in lines) + 1
    net: dict[str, Decimal] = defaultdict(Decimal)
    days: dict[str, set[int]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for who, day, pieces, cents, what in good:
        net[who] += pieces * Decimal(cents) / 100
        if pieces > 0:
            days[who].add(day)
            kinds[who].add(what)
    for i, who in enumerate(buyers):
        gaps = np.diff(sorted(days[who]))
        expected = {
            "monetary": float(net[who]),
            "frequency": len(days[who]),
            "recency": as_of - max(days[who]),
            "tenure": as_of - min(days[who]),
            "breadth": len(kinds[who]),
            "interpurchase": gaps.mean() if len(gaps) else math.nan,
            "interpurchase_cv": gaps.std(ddof=1) / gaps.mean() if len(gaps) > 1 else math.nan,
        }
        for name, value in expected.items():
            np.testing.assert_allclose(c.column(name).values[i], value, rtol=1e-12, atol=1e-9, err_msg=f"{who} {name}")


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_bit(lines: list[tuple[str, int, int, int, str]], random) -> None:
    assume(usable(lines))
    t = made(lines)
    order = list(range(len(lines)))
    random.shuffle(order)
    one, other = build(t), build(rows(t, order))
    for a, b in zip((*one.features, *one.profile), (*other.features, *other.profile), strict=True):
        assert a.as_text().tolist() == b.as_text().tolist()
    assert one.quality.counts == other.quality.counts
    np.testing.assert_array_equal(other.row_customer, one.row_customer[order])


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=2, max_size=60))
def test_every_line_is_accounted_for(lines: list[tuple[str, int, int, int, str]]) -> None:
    assume(usable(lines))
    c = build(made(lines))
    account = c.quality.accounts["transactions"]
    assert account.kept == np.count_nonzero(c.row_customer >= 0)
    assert account.kept + sum(account.rejected.values()) == len(lines)
