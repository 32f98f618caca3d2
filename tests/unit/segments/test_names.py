from dataclasses import replace

import numpy as np
import pytest

from clientage.segments.names import LONGEST, Phrase, name_segments, spell, value_tier


def names(profiles):
    return [s.name for s in profiles.segments]


def test_names_say_what_the_means_say(studies):
    customers, labels = studies.four_corners()
    assert names(studies.profiles_of(customers, labels, 5)) == [
        "Average customers",
        "High annual income and spending score",
        "High annual income, low spending score",
        "Low annual income and spending score",
        "Low annual income, high spending score",
    ]


def test_row_order_changes_no_name_and_no_figure(studies):
    customers, labels = studies.four_corners()
    rows = np.random.default_rng(5).permutation(len(labels))
    shuffled = studies.customers_of([c.take(rows) for c in customers.features])
    first, second = studies.profiles_of(customers, labels, 5), studies.profiles_of(shuffled, labels[rows], 5)
    assert first.segments == second.segments
    assert first.overall == second.overall


def test_a_resample_of_the_customers_finds_the_same_names(studies):
    customers, labels = studies.four_corners()
    expected = names(studies.profiles_of(customers, labels, 5))
    for seed in range(5):
        rows = np.random.default_rng(seed).integers(0, len(labels), len(labels))
        drawn = studies.customers_of([c.take(rows) for c in customers.features])
        assert names(studies.profiles_of(drawn, labels[rows], 5)) == expected


def rfm(studies, n=80):
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2], n)
    recency = np.concatenate([rng.normal(m, 3, n) for m in (10, 100, 100)])
    frequency = np.concatenate([rng.normal(m, 1, n) for m in (20, 4, 4)])
    monetary = np.concatenate([rng.normal(m, 10, n) for m in (900, 500, 100)])
    columns = [
        studies.number("recency", recency),
        studies.number("frequency", frequency),
        studies.number("monetary", monetary),
    ]
    titles = {"recency": "days since last purchase", "frequency": "orders", "monetary": "total spend"}
    return studies.customers_of(columns, value="monetary", titles=titles, units={"recency": "days"}), labels


def test_value_comes_first_and_is_not_said_twice(studies):
    customers, labels = rfm(studies)
    assert names(studies.profiles_of(customers, labels, 3)) == [
        "High value · recent, frequent",
        "Mid value · not seen lately, infrequent",
        "Low value · not seen lately, infrequent",
    ]


def test_without_a_value_column_there_is_no_tier(studies):
    customers, labels = rfm(studies)
    customers.value = None
    profiles = studies.profiles_of(customers, labels, 3)
    assert all(s.tier is None and s.value_share is None for s in profiles.segments)
    assert not any("value" in n.lower() for n in names(profiles))


def test_tiers():
    tiers = [value_tier(i) for i in (130.0, 129.9, 70.1, 70.0)]
    assert tiers == ["High value", "Mid value", "Mid value", "Low value"]


def test_segments_that_share_their_largest_effects_are_told_apart(studies):
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2, 3], 60)
    a = np.concatenate([rng.normal(m, 1, 60) for m in (10, 10, 30, 36)])
    b = np.concatenate([rng.normal(m, 1, 60) for m in (10, 10, 30, 36)])
    c = np.concatenate([rng.normal(m, 1, 60) for m in (6, 4, 5, 5)])
    found = names(
        studies.profiles_of(
            studies.customers_of([studies.number("wealth", a), studies.number("luck", b), studies.number("zeal", c)]),
            labels,
            4,
        )
    )
    assert len(set(found)) == 4
    assert "zeal" in found[0] or "zeal" in found[1]
    assert found[3].startswith("Highest")


def test_identical_segments_still_get_names_of_their_own(studies):
    values = np.tile([1.0, 2.0, 3.0, 4.0], 50)
    labels = np.repeat([0, 1], 100)
    found = names(studies.profiles_of(studies.customers_of([studies.number("age", values)]), labels, 2))
    assert found[0].startswith("Average customers")
    assert len(set(found)) == 2


def test_an_empty_segment_says_so(studies):
    customers, labels = studies.four_corners()
    found = names(studies.profiles_of(customers, labels, 7))
    assert found[5:] == ["Empty segment", "Empty segment (7)"]


def test_long_and_foreign_headers_fit(studies):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 60)
    header = "how often the household bought anything at all from the spring catalogue {} during the year"
    wild = [header.format(i) for i in range(3)]
    for titles in (wild, ["年間収入合計", "支出スコア", "会員年数"], ["Доход", "Возраст", "Покупки"]):
        columns = [
            studies.number(t, np.concatenate([rng.normal(m == i, 0.1, 60) for m in range(3)]))
            for i, t in enumerate(titles)
        ]
        found = names(studies.profiles_of(studies.customers_of(columns), labels, 3))
        assert len(set(found)) == 3
        assert all(len(n) <= LONGEST for n in found)
    assert "доход" in found[0].casefold()


def test_twelve_segments_on_two_columns_have_twelve_names(studies):
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(12), 30)
    x = labels % 4 * 10 + rng.normal(0, 1, 360)
    y = labels // 4 * 10 + rng.normal(0, 1, 360)
    found = names(
        studies.profiles_of(studies.customers_of([studies.number("x", x), studies.number("y", y)]), labels, 12)
    )
    assert len({n.casefold() for n in found}) == 12


def test_categories_and_yes_no_answers_are_named_as_people_would(studies):
    labels = np.repeat([0, 1], 50)
    goods = studies.text("preferred_category", ["Groceries"] * 50 + ["Sports"] * 50)
    channel = studies.text("Channel", ["1"] * 50 + ["2"] * 50)
    found = names(studies.profiles_of(studies.customers_of([goods, channel]), labels, 2))
    assert found == ["Groceries, channel 1", "Sports, channel 2"]
    opened = studies.number("reads news", [1.0] * 45 + [0.0] * 5 + [0.0] * 50)
    assert names(studies.profiles_of(studies.customers_of([opened]), labels, 2)) == ["Reads news", "Rarely reads news"]


def test_profile_columns_never_name_a_segment(studies):
    customers, labels = studies.four_corners()
    age = studies.number("Age", labels * 10.0)
    told = studies.profiles_of(studies.customers_of(list(customers.features), (age,)), labels, 5)
    assert names(told) == names(studies.profiles_of(customers, labels, 5))


def test_several_columns_of_one_measure_are_named_by_their_own_words(studies):
    labels = np.repeat([0, 1], 50)
    columns = [
        studies.number("web_frequency", labels * 5.0 + np.tile([0, 1], 50)),
        studies.number("shop_frequency", labels * 3.0),
    ]
    assert names(studies.profiles_of(studies.customers_of(columns), labels, 2))[1] == "High web and shop frequency"


def test_numbers_of_things_are_many_or_few(studies):
    labels = np.repeat([0, 1], 50)
    columns = [studies.number("store_visits", labels * 5.0 + 1), studies.number("spread", labels * 2.0 + 1)]
    found = names(studies.profiles_of(studies.customers_of(columns), labels, 2))
    assert found == ["Few store visits, low spread", "Many store visits, high spread"]


def test_what_holds_a_list_is_not_joined_into_one():
    both = [Phrase("often", "fun and games", 1.0, 0), Phrase("often", "sports", 0.9, 1)]
    assert spell(None, both) == "Often fun and games, often sports"


@pytest.mark.parametrize("tier", [None, "High value"])
def test_a_name_is_cut_at_the_limit(tier):
    assert len(spell(tier, [Phrase("high", "w" * 70, 1.0), Phrase("low", "v" * 70, 1.0)])) <= LONGEST


def test_an_effect_that_chance_explains_names_nothing(studies):
    customers, labels = studies.four_corners()
    traits = [s.traits for s in studies.profiles_of(customers, labels, 5).segments]
    doubtful = [[replace(t, p_holm=0.4) for t in row] for row in traits]
    found = name_segments(doubtful, [None] * 5, [c.name for c in customers.features])
    assert all(n.startswith("Average customers") for n in found)


def test_who_is_high_or_low_in_nearly_everything_is_not_named_after_two_columns(studies):
    labels = np.repeat([0, 1, 2], 60)
    level = np.array([-2.0, 0.0, 2.0])[labels]
    noise = np.random.default_rng(0).normal(size=(8, len(labels)))
    rated = [studies.number(f"item {i}", level + noise[i]) for i in range(8)]
    found = names(studies.profiles_of(studies.customers_of(rated), labels, 3))
    assert found[::2] == ["Low throughout", "High throughout"]
    half = [studies.number(f"item {i}", (level if i < 5 else 0) + noise[i]) for i in range(8)]
    assert "throughout" not in "".join(names(studies.profiles_of(studies.customers_of(half), labels, 3)))
    assert "throughout" not in "".join(names(studies.profiles_of(studies.customers_of(rated[:4]), labels, 3)))


def test_two_segments_that_are_high_throughout_are_told_apart(studies):
    labels = np.repeat([0, 1, 2], 60)
    level = np.array([-2.0, 1.0, 1.6])[labels]
    noise = np.random.default_rng(0).normal(size=(8, len(labels))) * 0.3
    rated = [studies.number(f"item {i}", level + noise[i]) for i in range(8)]
    found = names(studies.profiles_of(studies.customers_of(rated), labels, 3))
    assert len(set(found)) == 3
    assert found[0] == "Low throughout"
    assert sum(name == "High throughout" for name in found) == 1


def test_few_customers_are_named_after_what_is_evident(studies):
    spend = studies.number("spend", [1.0, 2, 3, 100, 101, 102, 55, 54])
    visits = studies.number("visits", [1.0, 1, 2, 9, 9, 8, 5, 5])
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    told = studies.profiles_of(studies.customers_of([spend, visits]), labels, 3)
    assert not any(t.significant for s in told.segments for t in s.traits)
    assert names(told) == ["Small spenders, few visits", "Big spenders, many visits", "Average customers"]
