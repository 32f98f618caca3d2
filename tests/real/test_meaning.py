"""Names, figures, advice and rules on the real files: they must say what the means say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from clientage.segments.rules import learn_rules

MALL = ["Annual Income (k$)", "Spending Score (1-100)"]
FILES = {
    "jewellery": ("jewellery.csv", {}),
    "mall": ("Mall_Customers.csv", {"roles": {"features": MALL}}),
    "marketing": ("marketing_campaign.csv", {}),
    "retail": ("online_retail.csv.gz", {}),
    "noise": ("customer_segmentation_data.csv", {}),
}


@pytest.fixture
def study(studies):
    return lambda name: studies(*FILES[name])


def test_names_on_mall_are_the_four_corners_and_the_middle(study):
    segments = study("mall").profiles.segments
    assert [s.name for s in segments] == [
        "Average customers",
        "High annual income and spending score",
        "High annual income, low spending score",
        "Low annual income and spending score",
        "Low annual income, high spending score",
    ]
    assert [s.recommendation.play for s in segments] == [
        "describe and test",
        "premium",
        "activate",
        "low-cost care",
        "affordable",
    ]


@pytest.mark.parametrize("name", ["jewellery", "mall"])
def test_high_and_low_in_a_name_are_above_and_below_the_average(study, name):
    for segment in study(name).profiles.segments:
        for trait in segment.traits:
            said = re.search(rf"\b(high|low)\b[^,]*\b{trait.title}\b", segment.name.lower())
            if said:
                assert (trait.mean > trait.overall_mean) == (said[1] == "high"), (segment.name, trait.words)
    ages = {s.name: t.mean for s in study("jewellery").profiles.segments for t in s.traits if t.column == "Age"}
    assert all(mean > 59 for name, mean in ages.items() if "Older" in name)
    assert all(mean < 59 for name, mean in ages.items() if "Younger" in name)


@pytest.mark.parametrize("name", list(FILES))
def test_names_are_unique_short_and_in_words(study, name):
    profiles = study(name).profiles
    names = [s.name for s in profiles.segments]
    assert len({n.casefold() for n in names}) == len(names)
    assert max(map(len, names)) <= 60
    assert not any(re.search(r"Mnt|Num[A-Z]|_|\(k\$\)", n) for n in names)


@pytest.mark.parametrize("name", list(FILES))
def test_figures_are_those_of_the_original_values(study, name):
    record = study(name)
    labels = record.segmentation.labels
    columns = {c.name: c for c in (*record.customers.features, *record.customers.profile) if c.kind == "number"}
    for segment in record.profiles.segments:
        assert segment.size == np.count_nonzero(labels == segment.id - 1)
        for trait in segment.traits:
            if trait.kind == "number":
                values = columns[trait.column].values[labels == segment.id - 1]
                assert trait.mean == pytest.approx(np.nanmean(values))
                assert trait.median == pytest.approx(np.nanmedian(values))
                assert trait.missing == np.count_nonzero(np.isnan(values))


def test_purchases_are_named_by_value_and_shares_add_up(study):
    profiles = study("retail").profiles
    assert all(re.match(r"(High|Mid|Low) value · ", s.name) for s in profiles.segments)
    assert sum(s.value_share for s in profiles.segments) == pytest.approx(1)
    best = max(profiles.segments, key=lambda s: s.value_share / s.share)
    assert best.recommendation.play == "vip"
    assert "frequent" in best.name


def test_outcomes_of_the_campaign_are_rates_called_association(study):
    profiles = study("marketing").profiles
    for segment in profiles.segments:
        response = next(o for o in segment.outcomes if o.column == "Response")
        assert response.label == "association"
        assert response.low <= response.value <= response.high
        assert response.overall == pytest.approx(334 / 2240)


def test_noise_gets_no_advice_and_says_why(study):
    segments = study("noise").profiles.segments
    assert {s.recommendation.play for s in segments} == {"none"}
    assert all("arbitrary cuts" in s.recommendation.text for s in segments)


@pytest.mark.parametrize("name", ["jewellery", "mall"])
def test_rules_are_faithful_with_few_conditions(study, name):
    record = study(name)
    rules = learn_rules(record.customers, record.matrix, record.segmentation, record.selection)
    assert rules.fidelity >= 0.95
    assert rules.thresholds <= len(record.profiles.segments) + 2
    assert (rules.apply(record.customers.features) > 0).all()
