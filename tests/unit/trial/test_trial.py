"""A trial says what the full study with the same settings says."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import Settings, settings_from
from clientage.data.samples import write_shop
from clientage.errors import ClientageError, ColumnError, SettingsError
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.study import StudyRecord, make_study
from clientage.trial.bench import Bench
from clientage.trial.knobs import Knobs, columns_of, knobs_of, settings_of
from clientage.trial.sampled import Sampled, sample_study
from clientage.trial.trial import judge_knobs, try_knobs
from made_studies import four_study, noise_study, one_study, shop, study

Turn = Callable[[Knobs], Knobs]
TURNS: dict[str, Turn] = {
    "nothing": lambda k: k,
    "k": lambda k: replace(k, k=3),
    **{a: (lambda k, a=a: replace(k, algorithm=a, k=5 if ALGORITHMS[a].takes_k else None)) for a in ALGORITHMS},
    "feature out": lambda k: replace(k, features=k.features[1:]),
    "category in": lambda k: replace(k, features=("income", "store_visits", "total_spend", "city")),
    "weight": lambda k: replace(k, weights=(("income", 4.0),)),
    "transformation": lambda k: replace(k, skew="none"),
    "outliers": lambda k: replace(k, outliers="keep"),
    "one segment": lambda k: replace(k, k=1),
}


@cache
def sampled() -> Sampled:
    return sample_study(four_study())


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_trial_and_full_study_agree(turn: Turn) -> None:
    """Same labels at once and when judged, and every word and figure of the judged one, as the study from the file."""
    knobs = turn(knobs_of(sampled()))
    full = make_study(shop(), settings_of(knobs, sampled()))
    at_once, judged = try_knobs(sampled(), knobs), judge_knobs(sampled(), knobs)
    assert np.array_equal(at_once.segmentation.labels, full.segmentation.labels)
    assert np.array_equal(judged.segmentation.labels, full.segmentation.labels)
    assert judged.record is not None
    assert judged.record.verdict.sentence == full.verdict.sentence
    assert repr(judged.selection.frame()) == repr(full.selection.frame())
    assert [s.name for s in judged.profiles.segments] == [s.name for s in full.profiles.segments]
    theirs, ours = full.selection.chosen.criteria, at_once.selection.chosen.criteria
    of_number = {"gap", "prediction_strength"}  # simulated and resampled: come with the judged one
    assert {k for k, v in theirs.items() if v is not None} - {k for k, v in ours.items() if v is not None} <= of_number
    # mixtures fitted to several k at once stop a step earlier or later: the sixth digit of BIC may differ
    assert {k: v for k, v in ours.items() if v is not None} == pytest.approx(
        {k: v for k, v in theirs.items() if v is not None and k not in of_number}, rel=1e-5
    )


def test_position_of_the_study_is_the_study() -> None:
    trial = judge_knobs(sampled(), knobs_of(sampled()))
    assert np.array_equal(trial.segmentation.labels, four_study().segmentation.labels)
    assert trial.agreement == 1.0
    assert trial.everybody


def test_unjudged_trial_claims_no_stability_and_no_null() -> None:
    trial = try_knobs(sampled(), knobs_of(sampled()))
    assert not trial.judged
    assert trial.selection.null is None
    assert all(c.stability is None for c in trial.selection.candidates)


def test_noise_is_judged_as_noise() -> None:
    some = sample_study(noise_study())
    trial = judge_knobs(some, replace(knobs_of(some), k=4))
    assert trial.record is not None
    assert trial.record.verdict.kind != "natural"
    null = trial.selection.null
    assert null is not None
    assert not null.rejected


@cache
def large() -> StudyRecord:
    """More customers than a trial takes."""
    roles = {"features": ["income", "store_visits", "total_spend"]}
    return study(shop(6_000, k=5), roles=roles, cluster={"algorithm": "kmeans", "bootstraps": 0, "null_draws": 0})


@pytest.mark.parametrize("turn", [TURNS["nothing"], TURNS["k"], TURNS["weight"]], ids=["nothing", "k", "weight"])
def test_sample_finds_the_segments_of_everybody(turn: Turn) -> None:
    """On planted groups; the labels are compared on the sampled customers."""
    some = sample_study(large())
    assert some.customers.n == 2_048
    knobs = turn(replace(knobs_of(some), k=5))
    full = make_study(shop(6_000, k=5), settings_of(knobs, some))
    trial = try_knobs(some, knobs)
    theirs = sample_study(full).labels
    assert adjusted_rand(theirs, trial.segmentation.labels) >= 0.95
    shares = np.sort(full.segmentation.sizes / 6_000)
    assert np.abs(shares - np.sort(trial.segmentation.sizes / 2_048)).max() < 0.03


def test_sample_does_not_know_the_order_of_rows() -> None:
    order = np.random.default_rng(5).permutation(6_000)
    table = {name: np.asarray(values)[order].tolist() for name, values in shop(6_000, k=5).items()}
    shuffled = sample_study(make_study(table, large().settings))
    some = sample_study(large())

    def content(s: Sampled) -> list[Any]:
        return sorted(zip(*(c.as_text().tolist() for c in s.customers.features), strict=True))

    assert content(shuffled) == content(some)
    trials = [try_knobs(s, replace(knobs_of(s), k=4)) for s in (some, shuffled)]
    assert trials[0].segmentation.sizes.tolist() == trials[1].segmentation.sizes.tolist()
    assert trials[0].selection.chosen.criteria == trials[1].selection.chosen.criteria


def test_alike_customers_are_sampled_in_proportion() -> None:
    """Three kinds of rows only: the smallest hashes alone would all be of one kind."""
    kinds = np.repeat([0, 1, 2], [6_000, 3_000, 1_000])
    record = study({"a": kinds * 1.0, "b": (kinds == 1) * 5.0}, cluster={"bootstraps": 2, "null_draws": 0, "k": 2})
    found = np.bincount(sample_study(record).customers.features[0].values.astype(int))
    assert np.abs(found / 2_048 - [0.6, 0.3, 0.1]).max() < 0.002


def test_customers_without_a_value_in_the_features_are_left_out_as_the_study_does() -> None:
    table = shop()
    table["total_spend"] = np.where(np.arange(400) % 9 == 0, np.nan, table["total_spend"])
    roles = {"features": ["income", "total_spend"]}
    some = sample_study(study(table, roles=roles))
    knobs = replace(knobs_of(some), features=("total_spend",), k=3)
    full = make_study(table, settings_of(knobs, some))
    trial = try_knobs(some, knobs)
    assert trial.customers.n == full.customers.n < 400
    assert np.array_equal(trial.segmentation.labels, full.segmentation.labels)


NUMBERS = st.sets(st.sampled_from(["income", "store_visits", "total_spend"]), min_size=1)


@pytest.mark.parametrize("joined", [False, True])
def test_features_made_of_purchases_can_be_turned_as_well(tmp_path: Path, joined: bool) -> None:
    shop = write_shop(tmp_path, 200)
    source, lines = (shop.customers, shop.transactions) if joined else (shop.transactions, None)
    wanted = settings_from({"cluster": {"bootstraps": 0, "null_draws": 0, "k": 4, "algorithm": "kmeans"}})
    some = sample_study(make_study(source, wanted, transactions=lines))
    columns = columns_of(some.prepared)
    knobs = replace(knobs_of(some), features=(*columns[:2], *columns[-4:-1]), k=3)
    full = make_study(source, settings_of(knobs, some), transactions=lines)
    assert np.array_equal(try_knobs(some, knobs).segmentation.labels, full.segmentation.labels)


@given(NUMBERS, st.booleans(), st.integers(2, 6))
@hypothesis_settings(max_examples=10)
def test_same_knobs_same_trial_on_any_bench(features: set[str], city: bool, k: int) -> None:
    """Whatever was tried before, a position gives the same segments; the bench only saves time."""
    base = knobs_of(sampled())
    names = tuple(n for n in columns_of(sampled().prepared) if n in features or (city and n == "city"))
    knobs = replace(base, features=names, k=k)
    bench = Bench(sampled())
    bench.trial(base)
    bench.trial(replace(knobs, k=7))
    assert np.array_equal(bench.trial(knobs).segmentation.labels, try_knobs(sampled(), knobs).segmentation.labels)


def test_bench_keeps_what_was_judged() -> None:
    bench = Bench(sampled())
    knobs = replace(knobs_of(sampled()), k=3)
    assert not bench.trial(knobs).judged
    bench.keep(judge_knobs(sampled(), knobs))
    assert bench.trial(knobs).judged


def test_everything_travels_to_another_process() -> None:
    trial = judge_knobs(pickle.loads(pickle.dumps(sampled())), replace(knobs_of(sampled()), k=3))
    back = pickle.loads(pickle.dumps(trial))
    assert np.array_equal(back.segmentation.labels, trial.segmentation.labels)


def test_one_segment_can_be_tried_from() -> None:
    some = sample_study(one_study())
    assert knobs_of(some).k == 1
    assert try_knobs(some, replace(knobs_of(some), k=3)).profiles.segments[2].size > 0


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"features": ()}, ColumnError),
        ({"features": ("email",)}, ColumnError),
        ({"algorithm": "magic"}, SettingsError),
        ({"k": None}, SettingsError),
        ({"algorithm": "dbscan", "k": 3}, SettingsError),
        ({"weights": (("income", -1.0),)}, SettingsError),
        ({"k": 500}, ClientageError),
    ],
    ids=str,
)
def test_impossible_positions_are_refused_in_words(change: dict[str, Any], kind: type[ClientageError]) -> None:
    with pytest.raises(kind) as refused:
        try_knobs(sampled(), replace(knobs_of(sampled()), **change))
    assert refused.value.expected
    assert refused.value.fix


def test_settings_are_those_of_the_study_when_nothing_is_turned() -> None:
    base: Settings = sampled().settings
    same = settings_of(knobs_of(sampled()), sampled())
    assert same.roles == base.roles
    assert same.features == base.features


def test_every_knob_is_a_setting_of_the_study() -> None:
    knobs = Knobs("ward", 5, ("income", "city"), (("city", 2.0),), skew="none", outliers="keep")
    found = settings_of(knobs, sampled())
    assert found.roles.features == ("income", "city")
    assert "city" not in found.roles.profile
    assert found.features.weights == {"city": 2.0}
    assert (found.features.skew, found.features.outliers) == ("none", "keep")
    assert (found.cluster.algorithm, found.cluster.k) == ("ward", 5)
