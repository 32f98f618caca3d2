"""Some customers as columns: who they are only where it was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import made_studies
from clientage.publish import publish
from clientage.runs.chosen import chosen_columns, chosen_of_run
from clientage.runs.naming import keep_names, own_names


def test_ids_are_there_only_on_request() -> None:
    record = made_studies.shop_study()
    rows = np.array([5, 2])
    seen, taken = (chosen_columns(record, rows, ids=ids) for ids in (False, True))
    assert "id" not in seen
    assert taken["id"].tolist() == ["C00005", "C00002"]
    assert seen["income"].tolist() == record.customers.column("income").values[rows].tolist()
    assert not any(made_studies.CANARY in str(v) for column in taken.values() for v in column)


def test_a_column_that_is_named_like_one_of_ours_is_kept_beside_it() -> None:
    table = made_studies.shop(60)
    table["confidence"] = table.pop("income")
    record = made_studies.study(table, cluster={"k": 2, "bootstraps": 0, "null_draws": 0})
    columns = chosen_columns(record, np.arange(3), ids=True)
    assert columns["confidence (2)"].tolist() == table["confidence"][:3].tolist()
    assert columns["confidence"].max() <= 1


def test_a_run_s_folder_is_enough_and_own_names_hold(tmp_path: Path) -> None:
    record = made_studies.shop_study()
    run = publish(record, tmp_path)
    keep_names(run.path, run.summary(), {2: "Friends"})
    columns = chosen_of_run(run, [2])
    assert len(columns["id"]) == record.profiles[2].size
    assert set(columns["segment_name"]) == {"Friends"}


def test_names_are_replaced_as_a_whole_and_taken_back(tmp_path: Path) -> None:
    run = publish(made_studies.shop_study(), tmp_path)
    computed = [s["name"] for s in run.summary()["segments"]]
    keep_names(run.path, run.summary(), {1: 'A "quoted" name', 2: "B"})
    keep_names(run.path, run.summary(), {1: 'A "quoted" name'})
    assert own_names(run.path) == {1: 'A "quoted" name'}
    assert [s["name"] for s in run.summary()["segments"]] == ['A "quoted" name', *computed[1:]]
    keep_names(run.path, run.summary(), {})
    assert [s["name"] for s in run.summary()["segments"]] == computed
    assert not [p for p in run.path.iterdir() if p.name.endswith(".part")]
