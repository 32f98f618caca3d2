"""The segments in figures: what the profiles say, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

import made_studies
from clientage.publish import publish
from clientage.report.statistics import FIGURES, statistics_tables
from clientage.segments.wording import number, percent


def test_every_figure_is_the_profiles_own(tmp_path: Path) -> None:
    record = made_studies.shop_study()
    run = publish(record, tmp_path)
    names = [s.name for s in record.profiles.segments]
    features, described, outcomes = statistics_tables(run, names)
    assert [c.label for c in features.columns] == ["Column", "All customers", *names]
    assert {row[0] for row in features.rows} >= {"income", "store visits"}
    income = next(row for row in features.rows if row[0] == "income")
    means = [next(t for t in s.traits if t.column == "income") for s in record.profiles.segments]
    assert income[2:] == tuple(number(t.mean, t.unit) for t in means)
    assert income[1] == number(means[0].overall_mean, means[0].unit)
    oslo = next(row for row in described.rows if row[0] == "city: Oslo")
    shares = [next(t.share for t in s.traits if t.category == "Oslo") for s in record.profiles.segments]
    assert oslo[2:] == tuple(percent(s) for s in shares)
    assert outcomes.rows[0][0] == "response"


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_has_a_table_without_empty_rows(tmp_path: Path, figure: str) -> None:
    run = publish(made_studies.shop_study(), tmp_path)
    names = [s["name"] for s in run.summary()["segments"]]
    for table in statistics_tables(run, names, figure):  # type: ignore[arg-type]
        assert table.rows
        assert all(len(row) == len(table.columns) and any(row[1:]) for row in table.rows)


def test_a_study_without_outcomes_has_no_table_of_them(tmp_path: Path) -> None:
    run = publish(made_studies.noise_study(), tmp_path)
    names = [s["name"] for s in run.summary()["segments"]]
    assert [t.caption for t in statistics_tables(run, names)] == ["What the segments were made of"]
