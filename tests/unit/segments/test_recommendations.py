import string

import numpy as np
import pytest

from clientage.segments.measures import measures
from clientage.segments.recommendations import DESCRIBE, NONE, plays


def advice(profiles):
    return {s.name: s.recommendation for s in profiles.segments}


def test_each_segment_gets_the_play_its_figures_call_for(studies):
    customers, labels = studies.four_corners()
    found = advice(studies.profiles_of(customers, labels, 5))
    assert {name: r.play for name, r in found.items()} == {
        "Average customers": DESCRIBE,
        "High annual income and spending score": "premium",
        "High annual income, low spending score": "activate",
        "Low annual income and spending score": "low-cost care",
        "Low annual income, high spending score": "affordable",
    }


def test_the_figures_that_triggered_a_play_are_in_its_text_and_evidence(studies):
    customers, labels = studies.four_corners()
    profiles = studies.profiles_of(customers, labels, 5)
    segment = profiles[3]
    told = segment.recommendation
    assert "annual income $90k against" in told.text or "annual income $89" in told.text
    words = {t.words for t in segment.traits}
    assert set(told.evidence[:2]) <= words
    assert told.evidence[2:] == ("17% of customers", "stability 0.90", "average confidence 0.50")


def behaviour(studies, **means):
    """Two segments of 100: the first as said, the second the rest of the world."""
    rng = np.random.default_rng(0)
    values = {name: np.concatenate([rng.normal(m, 1, 100), rng.normal(10, 1, 100)]) for name, m in means.items()}
    columns = [studies.number(name, x) for name, x in values.items()]
    customers = studies.customers_of(columns, value="monetary" if "monetary" in means else None)
    return studies.profiles_of(customers, np.repeat([0, 1], 100), 2).segments[0].recommendation


@pytest.mark.parametrize(
    ("play", "means"),
    [
        ("win-back", {"recency": 20, "monetary": 20}),
        ("vip", {"recency": 5, "frequency": 20, "monetary": 20}),
        ("retention", {"recency": 5, "frequency": 20, "monetary": 10}),
        ("fix returns", {"return_rate": 20, "age": 10}),
        ("discount", {"NumDealsPurchases": 20, "age": 10}),
        ("cross-sell", {"MntWines": 20, "MntFish": 3}),
        ("upsell", {"frequency": 20, "average_order_value": 5}),
        ("more often", {"frequency": 5, "average_order_value": 20}),
        ("onboarding", {"tenure": 3, "recency": 5}),
        ("reactivation", {"recency": 20, "monetary": 5}),
        ("convert visits", {"NumWebVisitsMonth": 20, "NumWebPurchases": 5}),
        ("nurture", {"recency": 5, "monetary": 5}),
        ("favourites", {"MntWines": 20, "age": 10}),
        ("loyalty", {"membership_years": 20, "age": 10}),
        ("develop", {"spending_score": 5, "age": 10}),
        ("tailored message", {"Fresh": 20, "age": 10}),
        (DESCRIBE, {"Fresh": 5, "age": 10}),
    ],
)
def test_plays(studies, play, means):
    found = behaviour(studies, **means)
    assert found.play == play
    assert found.evidence
    assert found.title[0].isupper()


def test_kinds_of_goods_are_named(studies):
    text = behaviour(studies, MntWines=20, MntMeatProducts=18, MntFish=3).text
    assert "plenty of wines and meat and little of fish" in text


def test_arbitrary_cuts_get_no_advice(studies):
    customers, labels = studies.four_corners()
    for r in advice(studies.profiles_of(customers, labels, 5, verdict="constructive")).values():
        assert r.play == NONE
        assert r.text.startswith("No campaign advice: these segments are arbitrary cuts.")


def test_a_segment_that_does_not_come_back_gets_none_and_the_others_do(studies):
    customers, labels = studies.four_corners()
    stability = np.array([0.9, 0.9, 0.59, 0.9, np.nan])
    found = [s.recommendation for s in studies.profiles_of(customers, labels, 5, stability=stability).segments]
    assert [r.play == NONE for r in found] == [False, False, True, False, False]
    assert "stability 0.59" in found[2].text
    assert "stability not measured" in found[4].evidence


def test_stability_is_looked_up_by_cluster_and_not_by_segment(studies):

    from clientage.segments.profiles import profile
    from clientage.segments.segmentation import Segmentation

    customers, labels = studies.four_corners()
    seg = studies.segmentation_of(labels, 5)
    seg = Segmentation(seg.labels, seg.runner_up, seg.confidence, seg.distance, np.array([4, 3, 2, 1, 0]))
    selection = studies.selection_of(5, stability=np.array([0.1, 0.2, 0.3, 0.4, 0.5]))
    found = profile(customers, studies.matrix_of(customers), seg, selection)
    assert [s.stability for s in found.segments] == [0.5, 0.4, 0.3, 0.2, 0.1]


def test_too_few_customers_get_none(studies):
    customers, labels = studies.four_corners(n=19)
    found = studies.profiles_of(customers, labels, 5).segments
    assert [s.recommendation.play == NONE for s in found] == [False, True, True, True, True]
    assert "19 customers are too few" in found[1].recommendation.text


def test_departures_and_answers_are_opposite_grounds(studies):
    labels = np.repeat([0, 1], 100)
    flat = studies.number("zeal", np.tile([1.0, 2.0], 100))
    left = studies.text("Churn", ["yes"] * 60 + ["no"] * 40 + ["yes"] * 5 + ["no"] * 95)
    said = studies.number(
        "Response", np.concatenate([np.repeat([1.0, 0.0], [60, 40]), np.repeat([1.0, 0.0], [10, 90])])
    )
    churn = studies.profiles_of(studies.customers_of([flat], outcome=(left,)), labels, 2).segments
    assert (churn[0].recommendation.play, churn[1].recommendation.play) == ("retention", DESCRIBE)
    answer = studies.profiles_of(studies.customers_of([flat], outcome=(said,)), labels, 2).segments
    assert (answer[0].recommendation.play, answer[1].recommendation.play) == ("next campaign", DESCRIBE)
    assert "association and no proof" in answer[0].recommendation.text
    assert "response 60% (95% interval 50% to 69%), against 35% overall" in answer[0].recommendation.evidence


def test_the_library_names_only_known_measures_and_placeholders():
    known = set(measures()) | {"value", "spend", "outcome", "uplift", "interest"}
    for play in plays():
        assert all(set(c.keys) <= known for c in play.when), play.name
        assert all(c.side in ("high", "low", "good") for c in play.when)
        fields = {f for _, f, _, _ in string.Formatter().parse(play.text) if f}
        assert "facts" in fields
        assert fields <= {"facts", "kinds", "few"}
        assert play.text[0].isupper()
        assert play.text.endswith(".")


def test_no_play_promises_a_return():
    for play in plays():
        assert not any(c.isdigit() for c in play.text)
        assert "%" not in play.text
        assert not {"roi", "uplift", "guarantee", "will increase"} & set(play.text.lower().split())


def test_hostile_headers_pass_through_templates_as_text(studies):
    found = behaviour(studies, **{"{facts.class} {0!r} <script>": 20, "age": 10})
    assert "{facts class} {0!r} <script>" in found.text
