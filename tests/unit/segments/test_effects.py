import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.feature_selection import f_classif

from clientage.segments import effects
from clientage.segments.everybody import Everybody, everybody_of, sorted_values
from clientage.segments.groups import SPREAD, Groups, number_figures
from clientage.segments.ranking import Ranking

few = st.lists(st.integers(0, 9).map(float), min_size=6, max_size=40)


@pytest.fixture
def skewed():
    rng = np.random.default_rng(3)
    values = np.round(rng.lognormal(2, 1, 400), 1)
    labels = rng.integers(0, 3, 400)
    values[labels == 2] *= 2
    return values, labels


def test_v_test_is_the_distance_of_a_draw_without_replacement(skewed):
    values, labels = skewed
    n, part = len(values), values[labels == 2]
    expected = (part.mean() - values.mean()) / math.sqrt((n - len(part)) / (n - 1) * values.var() / len(part))
    z = effects.standardised(np.array([part.mean() - values.mean()]), values.std())
    assert effects.v_test(z, np.array([len(part)]), n)[0] == pytest.approx(expected)


def test_v_test_of_ranks_is_the_wilcoxon_rank_sum_test_with_ties(skewed):
    values, labels = skewed
    figures = number_figures(values, Groups(labels, 3))
    assert figures.skewed
    v = effects.v_test(figures.effect, figures.part_n, figures.whole.n)
    for j in range(3):
        own, rest = values[labels == j], values[labels != j]
        p = stats.mannwhitneyu(own, rest, method="asymptotic", use_continuity=False).pvalue
        assert effects.two_sided_p(v[j : j + 1])[0] == pytest.approx(p, rel=1e-9)


def test_cliffs_delta_counts_pairs(skewed):
    values, labels = skewed
    figures = number_figures(values, Groups(labels, 3))
    for j in range(3):
        own, rest = values[labels == j], values[labels != j]
        pairs = np.sign(own[:, None] - rest[None, :])
        assert figures.delta[j] == pytest.approx(pairs.mean(), abs=1e-12)


def test_cliffs_delta_of_very_many_is_read_at_quantiles_and_stays_within_its_bound():
    rng = np.random.default_rng(0)
    everybody = np.sort(rng.exponential(1, 120_000))
    part = np.sort(rng.choice(everybody, 50_000, replace=False) * 1.0)
    exact = (np.searchsorted(everybody, part, "left") + np.searchsorted(everybody, part, "right")).mean() / 2 / 120_000
    assert Ranking.of(everybody).mean_rank(part) == pytest.approx(exact, abs=1 / 16_384)


def test_eta_squared_agrees_with_scikit_learns_f(skewed):
    values, labels = skewed
    f = f_classif(values[:, None], labels)[0][0]
    expected = f * 2 / (f * 2 + len(values) - 3)
    assert number_figures(values, Groups(labels, 3)).eta == pytest.approx(expected)


def test_cramers_v_agrees_with_scipy():
    table = np.array([[20, 5, 3], [4, 30, 9]])
    assert effects.cramers_v(table) == pytest.approx(stats.contingency.association(table, method="cramer"))
    assert effects.cramers_v(np.array([[3, 4]])) is None
    assert effects.cramers_v(np.array([[3, 0], [5, 0]])) is None


def test_wilson_agrees_with_scipy():
    for yes, n in ((0, 12), (3, 40), (40, 40), (334, 2240)):
        expected = stats.binomtest(yes, n).proportion_ci(0.95, "wilson")
        assert effects.wilson(yes, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert effects.wilson(0, 0) == (0.0, 1.0)


def test_moments_and_quantiles_agree_with_numpy_and_scipy(skewed):
    values, labels = skewed
    holed = values.copy()
    holed[::7] = np.nan
    figures = number_figures(holed, Groups(labels, 3))
    there = holed[~np.isnan(holed)]
    assert figures.whole.n == len(there)
    assert figures.whole.mean == pytest.approx(there.mean())
    assert figures.whole.median == np.quantile(there, 0.5)
    assert figures.whole.sd == pytest.approx(there.std())
    assert figures.whole.skew == pytest.approx(stats.skew(there))
    for j in range(3):
        part = holed[labels == j]
        assert figures.part_mean[j] == pytest.approx(np.nanmean(part))
        assert dataclasses.astuple(figures.spreads[j]) == tuple(np.nanquantile(part, SPREAD).tolist())


def test_holm_steps_down():
    p = np.array([0.01, 0.2, 0.02, 0.9])
    # sorted .01·4, .02·3, .2·2, .9·1, each at least as large as the one before
    assert effects.holm(p).tolist() == pytest.approx([0.04, 0.4, 0.06, 0.9])
    assert effects.holm(np.array([])).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_holm_never_lowers_a_p_keeps_their_order_and_ignores_sequence(ps, random):
    p = np.array(ps)
    corrected = effects.holm(p)
    assert np.all(corrected >= p)
    assert np.all(corrected <= 1)
    assert np.all(np.diff(corrected[np.argsort(p, kind="stable")]) >= 0)
    rows = list(range(len(p)))
    random.shuffle(rows)
    assert effects.holm(p[rows]).tolist() == corrected[rows].tolist()


def _without_ranks(whole: Everybody) -> tuple[float, ...]:
    return dataclasses.astuple(dataclasses.replace(whole, ranking=None))


@given(few, st.randoms())
def test_row_order_changes_no_bit(values, random):
    x = np.array(values) * 0.1
    labels = np.arange(len(x)) % 3
    rows = list(range(len(x)))
    random.shuffle(rows)
    first, second = number_figures(x, Groups(labels, 3)), number_figures(x[rows], Groups(labels[rows], 3))
    assert _without_ranks(first.whole) == _without_ranks(second.whole)
    assert (first.spreads, first.eta) == (second.spreads, second.eta)
    for field in ("part_mean", "effect", "delta"):
        assert getattr(first, field).tolist() == getattr(second, field).tolist()


@given(few, st.floats(0.5, 1000))
def test_effects_do_not_depend_on_the_unit(values, scale):
    x = np.array(values)
    groups = Groups(np.arange(len(x)) % 2, 2)
    first, second = number_figures(x, groups), number_figures(x * scale + 3, groups)
    if not (first.whole.binary or second.whole.binary) and abs(abs(first.whole.skew) - 1.0) > 1e-6:
        assert second.effect.tolist() == pytest.approx(first.effect.tolist(), abs=1e-7)


def test_a_constant_column_has_no_effect():
    figures = number_figures(np.full(9, 0.1), Groups(np.arange(9) % 3, 3))
    assert figures.effect.tolist() == [0, 0, 0]
    assert figures.delta.tolist() == [0, 0, 0]
    assert figures.eta is None


def test_a_column_without_values_and_an_empty_segment_are_unknown_and_not_an_error():
    figures = number_figures(np.full(4, np.nan), Groups(np.array([0, 0, 1, 1]), 3))
    assert figures.whole.n == 0
    assert math.isnan(figures.whole.mean)
    assert math.isnan(figures.whole.median)
    assert figures.spreads == (None, None, None)
    assert figures.part_n.tolist() == [0, 0, 0]
    assert figures.effect.tolist() == [0, 0, 0]


def test_marker_variables_follow_the_two_thresholds():
    assert effects.is_marker(0.25, 0.9, 1.0, 0.0)  # a quarter of the maximum
    assert effects.is_marker(0.05, 0.1, 1.0, 0.0)  # half of the mean
    assert not effects.is_marker(0.04, 0.1, 1.0, 0.0)
    assert not effects.is_marker(0.0, 0.0, 1.0, 0.0)
    # below zero half of a mean near 0 would mark everything
    assert not effects.is_marker(1.0, 0.5, 100.0, -100.0, sd=30.0)
    assert effects.is_marker(31.0, 0.5, 100.0, -100.0, sd=30.0)  # below zero nothing is half of a mean


def test_percentiles_of_each_segment_without_missing_values():
    values = np.array([1.0, 2.0, 3.0, np.nan, 10.0, 20.0])
    found = number_figures(values, Groups(np.array([0, 0, 0, 0, 1, -1]), 3)).spreads
    assert (found[0].low, found[0].lower, found[0].median) == (1.1, 1.5, 2.0)
    assert found[1].high == 10.0
    assert found[2] is None


@pytest.mark.parametrize("kinds", [5, 100_000])
def test_what_is_known_of_all_customers_changes_nothing(kinds):
    rng = np.random.default_rng(3)
    values, labels = rng.integers(0, kinds, 150_000) / 7.0, rng.integers(-1, 4, 150_000)
    values[rng.random(len(values)) < 0.1] = np.nan
    groups = Groups(labels, 4)
    plain, known = number_figures(values, groups), everybody_of(sorted_values(values))
    assert (known.ranking is None) == (kinds > 65_536)
    quick = number_figures(values, groups, known)
    assert _without_ranks(quick.whole) == _without_ranks(plain.whole)
    for field in dataclasses.fields(plain)[1:]:
        np.testing.assert_array_equal(getattr(plain, field.name), getattr(quick, field.name))
    exact = stats.rankdata(values[~np.isnan(values)])
    assert known.rank_sd == pytest.approx(exact.std() / len(exact), rel=1e-9)
    part = groups.sorted_parts(values)[0]
    assert Ranking.of(sorted_values(values)).mean_rank(part) == Ranking(sorted_values(values)).mean_rank(part)
