"""Treated against control: Newcombe's published intervals, who is who, and what is said of it."""

import numpy as np
import pytest

from clientage.config import settings_from
from clientage.errors import ColumnError, SettingsError
from clientage.segments.recommendations import plays
from clientage.segments.uplift import control_group, newcombe, uplifts
from clientage.study import make_study

# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10
PUBLISHED = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0)),
    ((10, 10), (0, 10), (0.6075, 1.0)),
]


@pytest.mark.parametrize(("treated", "control", "interval"), PUBLISHED)
def test_newcombe_gives_the_published_intervals(treated, control, interval):
    assert newcombe(treated, control) == pytest.approx(interval, abs=5e-5)


def test_means_are_compared_as_welch_does(studies):
    from scipy import stats

    rng = np.random.default_rng(0)
    spend = np.concatenate([rng.normal(12, 2, 400), rng.normal(10, 6, 300)])
    control = np.repeat([False, True], [400, 300])
    customers = studies.customers_of([studies.number("left_alone", control.astype(float))])
    group = control_group(customers, "left_alone=1")
    (found,) = uplifts(spend, np.zeros(700, int), 1, group)
    t = stats.ttest_ind(spend[:400], spend[400:], equal_var=False)
    assert found.difference == pytest.approx(spend[:400].mean() - spend[400:].mean())
    # normal quantiles instead of Student's: alike for hundreds of customers
    assert (found.low, found.high) == pytest.approx(t.confidence_interval(0.95), abs=0.01)


def campaign(n=1200, seed=0):
    """Three groups; the mailing helps the first, does nothing to the second and harms the third."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % 3
    mailed = rng.random(n) < 0.5
    chance = np.array([0.1, 0.2, 0.4])[group] + mailed * np.array([0.3, 0.0, -0.25])[group]
    return {
        "spend": np.array([10.0, 50.0, 90.0])[group] + rng.normal(0, 2, n),
        "visits": np.array([2.0, 20.0, 9.0])[group] + rng.normal(0, 0.5, n),
        "arm": np.where(mailed, "Mailed", "control").astype(object).tolist(),
        "response": (rng.random(n) < chance).astype(int),
    }


@pytest.fixture(scope="module")
def record():
    roles = {"features": ["spend", "visits"], "outcome": ["response"], "control": "arm=Control"}
    return make_study(campaign(), settings_from({"roles": roles, "cluster": {"k": 3, "bootstraps": 10}}))


def test_a_control_group_turns_association_into_uplift(record):
    table = campaign()
    said, arm, spend = np.array(table["response"]), np.array(table["arm"]), table["spend"]
    for segment in record.profiles.segments:
        (outcome,) = segment.outcomes
        mean = next(t.mean for t in segment.traits if t.column == "spend")
        own = abs(spend - mean) < 20
        treated, control = said[own & (arm == "Mailed")], said[own & (arm == "control")]
        assert outcome.label == "uplift"
        assert outcome.uplift.difference == pytest.approx(treated.mean() - control.mean())
        expected = newcombe((treated.sum(), len(treated)), (control.sum(), len(control)))
        assert (outcome.uplift.low, outcome.uplift.high) == pytest.approx(expected)
        assert "treated against" in outcome.words
        assert "points" in outcome.words


def test_advice_follows_the_uplift_and_not_the_rate(record):
    by_spend = sorted(record.profiles.segments, key=lambda s: next(t.mean for t in s.traits if t.column == "spend"))
    assert [s.outcomes[0].uplift.side for s in by_spend] == [1, 0, -1]
    advice = [s.recommendation for s in by_spend]
    assert advice[0].play == "treat again"
    assert advice[2].play == "leave out"
    assert advice[1].play not in {"treat again", "leave out", "next campaign"}
    assert "of treated against" in advice[0].text


def test_the_control_column_never_makes_segments(record):
    assert [c.name for c in record.customers.features] == ["spend", "visits"]
    assert "arm" in [c.name for c in record.customers.profile]
    role = record.prepared.roles[0].of("arm")
    assert (role.role, role.given) == ("profile", True)


def test_a_segment_without_control_customers_stays_an_association(studies):
    customers = studies.customers_of(
        [studies.number("arm", np.array([0.0, 0.0, 1.0, 1.0]))], outcome=[studies.number("said", np.ones(4))]
    )
    group = control_group(customers, "arm=no")
    assert uplifts(np.ones(4), np.array([0, 0, 1, 1]), 2, group) == (None, None)


def test_control_customers_that_are_not_there_are_refused(studies):
    arm = studies.number("arm", np.repeat([0.0, 1.0], 20))
    customers = studies.customers_of([arm])
    with pytest.raises(ColumnError, match=r"'2' in the column 'arm'.*'0', '1'") as refusal:
        control_group(customers, "arm=2")
    assert "left alone" in str(refusal.value)
    with pytest.raises(ColumnError, match="'group'"):
        control_group(customers, "group=1")


def test_values_of_a_column_with_few_customers_each_are_not_named(studies):
    customers = studies.customers_of([studies.text("who", ["ann@example.org", "bo@example.org"] * 3)])
    with pytest.raises(ColumnError) as refusal:
        control_group(customers, "who=cy")
    assert "example.org" not in str(refusal.value)


def test_a_setting_without_a_value_is_refused():
    with pytest.raises(SettingsError, match="column=value"):
        settings_from({"roles": {"control": "arm"}})


def test_every_play_on_uplift_comes_before_those_on_description():
    names = [p.name for p in plays()]
    assert names[:3] == ["weigh up", "treat again", "leave out"]
