"""Rules in the run directory: the query runs as it is, and says what the rules say."""

from __future__ import annotations

import sqlite3

import duckdb
import numpy as np
import pytest

import made_studies
from clientage.runs.contents import contents_of
from clientage.runs.rule_files import rule_files
from clientage.study import StudyRecord


@pytest.fixture(scope="module")
def record() -> StudyRecord:
    return made_studies.shop_study()


def test_the_query_runs_as_it_is_and_gives_the_rules_segments(record: StudyRecord) -> None:
    query = contents_of(record)["rules.sql"].decode()
    features = record.customers.features
    rows = list(zip(*(c.values.tolist() for c in features), strict=True))
    named = ", ".join(f'"{c.name}" DOUBLE PRECISION' for c in features)
    expected = record.rules.apply(features).tolist()
    for connection in (sqlite3.connect(":memory:"), duckdb.connect()):
        connection.execute(f'CREATE TABLE "customers" ({named})')
        connection.executemany(f'INSERT INTO "customers" VALUES ({", ".join("?" * len(features))})', rows)
        assert [row[-1] for row in connection.execute(query).fetchall()] == expected
        connection.close()
    assert np.mean(np.array(expected) == record.segment_ids) > 0.95


def test_a_name_cannot_leave_its_comment(record: StudyRecord) -> None:
    names = ["a\n; DROP TABLE customers; --", *(s.name for s in record.profiles.segments[1:])]
    query = rule_files(record.rules, names)["rules.sql"].decode()
    assert all(line.startswith("--") for line in query.splitlines() if "DROP" in line)


def test_the_text_names_every_segment_and_how_well_it_is_told(record: StudyRecord) -> None:
    text = contents_of(record)["rules.txt"].decode()
    for segment, rule in zip(record.profiles.segments, record.rules.rules, strict=True):
        assert f"{segment.id}. {segment.name}\n   {rule.words}\n   {rule.quality}\n" in text


def test_one_segment_has_no_rules() -> None:
    record = made_studies.one_study()
    assert record.rules is None
    assert not {"rules.txt", "rules.sql"} & set(contents_of(record))
