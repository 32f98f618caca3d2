import numpy as np
import pytest

from clientage.data.table import Column
from clientage.segments.long_table import FRAME


def trait(segment, column, category=None):
    return next(t for t in segment.traits if (t.column, t.category) == (column, category))


def test_figures_are_of_the_values_present_and_the_missing_are_counted(studies):
    income = studies.number("income", [10.0, np.nan, 30.0, 20.0, 40.0, np.nan])
    found = studies.profiles_of(studies.customers_of([income]), [0, 0, 0, 1, 1, 1], 2)
    first = trait(found[1], "income")
    assert (first.n, first.missing, first.mean, first.median) == (2, 1, 20.0, 20.0)
    assert first.overall_mean == 25.0
    assert first.index == 80.0
    assert found.overall.columns[0].missing == 2


def test_shares_of_customers_and_value_add_up(studies):
    customers, labels = studies.four_corners()
    spend = studies.number("total_spend", labels * 100.0 + 50)
    found = studies.profiles_of(studies.customers_of([*customers.features, spend], value="total_spend"), labels, 5)
    assert sum(s.share for s in found.segments) == pytest.approx(1)
    assert sum(s.value_share for s in found.segments) == pytest.approx(1)
    assert found.overall.value_total == spend.values.sum()
    assert found[5].value_share == pytest.approx(spend.values[labels == 4].sum() / spend.values.sum())


def test_a_total_that_is_no_gain_has_no_shares_and_a_note(studies):
    customers = studies.customers_of([studies.number("monetary", [-5.0, -1.0, 2.0, 1.0])], value="monetary")
    found = studies.profiles_of(customers, [0, 0, 1, 1], 2)
    assert [s.value_share for s in found.segments] == [None, None]
    assert [n.code for n in found.notes] == ["no-value-share"]


def test_customers_without_a_segment_count_among_all(studies):
    customers, labels = studies.four_corners()
    labels = labels.copy()
    labels[:10] = -1
    found = studies.profiles_of(customers, labels, 5)
    assert found.unassigned == 10
    assert found.overall.n == len(labels)
    assert sum(s.size for s in found.segments) == len(labels) - 10
    overall = customers.features[0].values.mean()
    assert trait(found[2], "Annual Income (k$)").overall_mean == pytest.approx(overall)


def test_traits_are_ranked_and_said_in_words(studies):
    customers, labels = studies.four_corners()
    found = studies.profiles_of(customers, labels, 5)
    for segment in found.segments:
        sizes = [abs(t.effect) for t in segment.traits]
        assert sizes == sorted(sizes, reverse=True)
    words = trait(found[3], "Annual Income (k$)").words
    assert words.startswith("annual income $")
    assert "above the average of $" in words


def test_categories_have_shares_lifts_and_a_place_beside_numbers(studies):
    gender = studies.text("Gender", ["F"] * 30 + ["M"] * 10 + ["F"] * 20 + [None] * 20)
    found = studies.profiles_of(
        studies.customers_of([studies.number("age", np.arange(80.0))], (gender,)), np.repeat([0, 1], 40), 2
    )
    women = trait(found[1], "Gender", "F")
    assert (women.share, women.overall_share) == (0.75, pytest.approx(50 / 60))
    assert women.index == pytest.approx(90)
    assert women.role == "profile"
    assert women.words == "gender F: 75%, against 83% overall"
    assert trait(found[2], "Gender", "F").missing == 20


def test_medians_speak_for_skewed_columns(studies):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    spend = np.exp(rng.normal(0, 1.5, 400)) * np.where(labels == 0, 10, 100)
    found = trait(studies.profiles_of(studies.customers_of([studies.number("spend", spend)]), labels, 2)[2], "spend")
    assert found.skewed
    assert "(median)" in found.words
    assert found.delta > 0.5


def test_means_speak_where_medians_hide_the_difference(studies):
    orders = np.concatenate([np.ones(100), np.repeat([1.0, 2.0, 9.0], [60, 20, 20])])
    found = studies.profiles_of(studies.customers_of([studies.number("orders", orders)]), np.repeat([0, 1], 100), 2)
    once = trait(found[1], "orders")
    assert once.skewed
    assert once.effect < 0
    assert once.words == "orders 1, 47% below the average of 1.9"


def test_years_are_places_in_time(studies):
    birth = studies.number("Year_Birth", np.repeat([1960.0, 1980.0], 50))
    found = studies.profiles_of(studies.customers_of([birth]), np.repeat([0, 1], 50), 2)
    older = trait(found[1], "Year_Birth")
    assert older.words == "birth year 1960, 10 years earlier than the average of 1970"
    assert older.index is None


def test_dates_are_told_by_their_median_day(studies):
    days = np.array(["2013-01-01", "2013-01-11", "NaT", "2014-01-01", "2014-01-02", "2014-01-03"], "datetime64[us]")
    joined = Column("joined", "date", days + np.timedelta64(15, "h"))
    customers = studies.customers_of([studies.number("spend", [1, 2, 3, 9, 9, 9])], profile=(joined,))
    first, second = studies.profiles_of(customers, [0, 0, 0, 1, 1, 1], 2).segments
    trait = next(t for t in first.traits if t.column == "joined")
    assert (trait.kind, trait.date, trait.overall_date, trait.n, trait.missing) == (
        "date",
        "2013-01-06",
        "2014-01-01",
        2,
        1,
    )
    assert trait.effect < 0
    assert (trait.mean, trait.index) == (None, None)  # a date is no amount
    assert trait.words == "joined 2013-01-06 (median), 12 months earlier than the overall median of 2014-01-01"
    assert "joined 2014-01-02 (median), 1 day later" in " ".join(t.words for t in second.traits)


def test_a_yes_no_column_is_a_share(studies):
    said = Column("opened", "number", np.repeat([1.0, 0.0, 0.0, 0.0], 25), is_boolean=True)
    found = trait(studies.profiles_of(studies.customers_of([said]), np.repeat([0, 1], 50), 2)[1], "opened")
    assert (found.share, found.overall_share, found.unit) == (0.5, 0.25, "share")
    assert found.words == "opened 50%, against 25% overall"


def test_outcomes_are_rates_with_intervals_and_called_association(studies):
    labels = np.repeat([0, 1], 100)
    flat = studies.number("age", np.tile([1.0, 2.0], 100))
    said = studies.number(
        "Response", np.concatenate([np.repeat([1.0, 0.0], [30, 70]), np.repeat([1.0, 0.0], [10, 90])])
    )
    plan = studies.text("plan", ["a", "b", "c", "a"] * 50)
    spent = studies.number("later spend", labels * 10.0 + np.tile([1.0, 3.0], 100))
    found = studies.profiles_of(studies.customers_of([flat], outcome=(said, plan, spent)), labels, 2)
    rate = found[1].outcomes[0]
    assert (rate.value, rate.overall, rate.label, rate.differs) == (0.3, 0.2, "association", 1)
    assert rate.low < 0.3 < rate.high
    assert [o.category for o in found[1].outcomes if o.column == "plan"] == ["a", "b", "c"]
    mean = found[1].outcomes[-1]
    assert (mean.kind, mean.value, mean.overall) == ("mean", 2.0, 7.0)
    assert not any(t.role == "outcome" for t in found[1].traits)
    assert [c.role for c in found.overall.columns] == ["feature", "outcome", "outcome", "outcome"]


def test_drives_are_shares_of_what_separates_the_segments(studies):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    columns = [studies.number("a", labels * 10 + rng.normal(0, 1, 200)), studies.number("b", rng.normal(0, 1, 200))]
    found = studies.profiles_of(studies.customers_of(columns), labels, 2)
    drives = [c.drives for c in found.overall.columns]
    assert sum(drives) == pytest.approx(1)
    assert drives[0] > 0.95
    assert found.overall.columns[0].association > 0.9


def test_rare_categories_are_left_out_and_counted(studies):
    towns = studies.text("town", [f"t{i % 40}" for i in range(200)])
    found = studies.profiles_of(
        studies.customers_of([studies.number("age", np.arange(200.0))], (towns,)), np.repeat([0, 1], 100), 2
    )
    assert [(n.code, n.count) for n in found.notes] == [("rare-categories", 16)]
    assert len(found.overall.columns[1].shares) == 40


def test_the_frame_is_long_rectangular_and_holds_every_trait(studies):
    customers, labels = studies.four_corners()
    said = studies.number("Response", (labels == 1) * 1.0)
    found = studies.profiles_of(studies.customers_of(list(customers.features), outcome=(said,)), labels, 5)
    frame = found.frame()
    assert tuple(frame) == tuple(FRAME)
    assert {len(column) for column in frame.values()} == {5 * 2 + 5}
    assert all(frame[key].dtype == {int: "i8", float: "f8", str: "O"}[kind] for key, kind in FRAME.items())
    assert set(frame["segment"]) == {s.name for s in found.segments}
    assert frame["role"].tolist().count("outcome") == 5


def test_degenerate_customers_are_described_and_not_refused(studies):
    same = studies.number("x", [1.0, 1.0, 1.0])
    nobody = studies.number("y", [np.nan] * 3)
    none = studies.text("z", [None] * 3)
    date = Column("d", "date", np.array(["2020-01-01"] * 3, dtype="datetime64[us]"))
    found = studies.profiles_of(studies.customers_of([same, nobody], (none, date), (nobody, none)), [0, 1, 1], 2)
    assert [s.size for s in found.segments] == [1, 2]
    assert all(not t.marker for s in found.segments for t in s.traits)
    assert trait(found[1], "y").words == "y unknown"


def test_one_segment_is_everybody(studies):
    customers, labels = studies.four_corners()
    found = studies.profiles_of(customers, np.zeros_like(labels), 1)
    assert found[1].name == "Average customers"
    assert all(t.effect == pytest.approx(0, abs=1e-12) for t in found[1].traits)
