"""Scoring in parts: byte for byte the same whatever their size, wherever they go, and whole or not at all."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from clientage.data import writing
from clientage.errors import ColumnError, DataError, InputError
from clientage.runs.assignments import Assignments
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from clientage.scoring.sink import write_scored
from made_services import NAUGHTY, UNICODE, lines_of_shop, named_run, saved, shop_with_names


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return named_run(tmp_path_factory.mktemp("streamed"))


@pytest.fixture(scope="module")
def scorer(run: Run) -> Scorer:
    return Scorer(run.model())


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Customers with gaps, new categories, a formula for an id, no id, and one who is there twice."""
    data = {name: [*values] for name, values in shop_with_names().items()}
    data["customer id"][3] = "=1+1"
    data["customer id"][5] = ""
    data["tier"][7], data["tier"][8] = "gold", None
    data[NAUGHTY][9] = 1e6
    for name in (NAUGHTY, UNICODE, "has card", "tier", "plan"):
        data[name][11] = None
    rows = list(zip(*data.values(), strict=True))
    rows.append(rows[20])
    path = tmp_path / "new.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(data)
        writer.writerows(rows)
    return path


def test_training_customers_get_their_stored_segments_in_any_parts(run: Run, scorer: Scorer) -> None:
    stored = run.read("assignments.csv")
    for rows in (1, 7, 399, 400, 100_000):
        scored = scorer.stream(shop_with_names(), rows=rows).together()
        target = Path(run.path).with_name(f"again-{rows}.csv")
        writing.write_csv(target, scored.written())
        assert target.read_bytes() == stored


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_output_does_not_depend_on_the_parts(scorer: Scorer, new: Path, tmp_path: Path, ending: str) -> None:
    written = {}
    for rows in (1, 13, 64, 10_000):
        target = tmp_path / f"out-{rows}{ending}"
        write_scored(scorer.stream(str(new), rows=rows), str(target))
        written[rows] = target.read_bytes()
    assert len(set(written.values())) == 1
    whole = tmp_path / f"whole{ending}"
    writer = writing.write_csv if ending == ".csv" else writing.write_parquet
    writer(whole, scorer.score(str(new)).written())
    assert written[13] == whole.read_bytes()


def test_row_groups_do_not_depend_on_the_parts(
    scorer: Scorer, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientage.data.appending.SLICE", 100)
    for rows in (1, 30, 250):
        write_scored(scorer.stream(str(new), rows=rows), str(tmp_path / f"{rows}.parquet"))
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "250.parquet").read_bytes()
    assert (tmp_path / "30.parquet").read_bytes() == (tmp_path / "250.parquet").read_bytes()
    assert pyarrow.parquet.ParquetFile(tmp_path / "30.parquet").metadata.num_row_groups == 4


def test_notes_are_counted_over_all_parts(scorer: Scorer, new: Path) -> None:
    scored = scorer.stream(str(new), rows=6)
    n = sum(len(part) for part in scored)
    notes = {(note.code, note.column): note.count for note in scored.notes}
    assert n == scored.n == 399  # of 401 rows one is empty and one comes again
    assert notes["new-category", "tier"] == 1
    assert notes["filled-missing", "tier"] == 1
    assert notes["out-of-range", NAUGHTY] == 1
    assert notes["rows-without-features", None] == 1
    assert notes["duplicate-rows", "customer id"] == 1
    assert notes["null-ids", "customer id"] == 1
    at_once = {(note.code, note.column): note.count for note in scorer.score(str(new)).notes}
    assert notes == at_once


def test_customers_without_ids_are_numbered_throughout(scorer: Scorer) -> None:
    data = {name: values for name, values in shop_with_names().items() if name != "customer id"}
    numbers = [columns["id"] for columns in scorer.stream(data, rows=150).written()]
    assert np.concatenate(numbers).tolist() == list(range(1, 401))


def test_rows_of_one_id_that_differ_are_refused_before_anything_is_written(scorer: Scorer, new: Path) -> None:
    text = new.read_text(encoding="utf-8").splitlines()
    new.write_text("\n".join([*text, text[1].replace("C0000,", "C0000,9")]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="one row for each 'customer id'"):
        scorer.stream(str(new))


def test_what_differs_in_columns_the_model_does_not_use_is_one_customer(scorer: Scorer, new: Path) -> None:
    text = new.read_text(encoding="utf-8").splitlines()
    new.write_text("\n".join([*text, text[1].rpartition(",")[0] + ",Timbuktu"]) + "\n", encoding="utf-8")
    assert len(scorer.score(str(new))) == 399


@pytest.mark.parametrize("missing", [NAUGHTY, "tier"])
def test_a_missing_column_is_an_error_by_name(scorer: Scorer, new: Path, missing: str) -> None:
    data = {name: values for name, values in shop_with_names().items() if name != missing}
    with pytest.raises(ColumnError) as caught:
        scorer.score(data)
    assert missing in str(caught.value)
    header, _, rest = new.read_text(encoding="utf-8").partition("\n")
    new.write_text(header.replace("tier", "tiers").replace("a quoted", "x") + "\n" + rest, encoding="utf-8")
    with pytest.raises(ColumnError, match="tier"):
        scorer.score(str(new))


def test_a_failure_or_an_interruption_leaves_nothing_and_the_old_file_alone(
    scorer: Scorer, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "scored.csv"
    target.write_text("old")

    def stop(*_: Any) -> Iterator[Assignments]:
        yield next(walk)
        raise KeyboardInterrupt

    scored = scorer.stream(str(new), rows=10)
    walk = iter(scored)
    monkeypatch.setattr(type(scored), "__iter__", stop)
    with pytest.raises(KeyboardInterrupt):
        write_scored(scored, str(target))
    assert [p.name for p in folder.iterdir()] == ["scored.csv"]
    assert target.read_text() == "old"


def test_what_a_killed_scoring_left_is_cleared_away(scorer: Scorer, new: Path, tmp_path: Path) -> None:
    left = tmp_path / ".scored[1].csv.999999999.part"
    other = tmp_path / ".scored.csv.999999999.part"
    left.write_text("half")
    other.write_text("of another output")
    write_scored(scorer.stream(str(new)), str(tmp_path / "scored[1].csv"))
    assert not left.exists()
    assert other.exists()


def test_an_output_is_not_written_over_its_input(scorer: Scorer, new: Path) -> None:
    before = new.read_bytes()
    with pytest.raises(InputError, match="is the input"):
        write_scored(scorer.stream(str(new)), str(new), source=str(new))
    assert new.read_bytes() == before


def test_a_table_is_one_transaction(scorer: Scorer, new: Path, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    url = f"sqlite:///{file}#seg ments"
    write_scored(scorer.stream(str(new), rows=50), url)
    scored = scorer.score(str(new))
    assert _rows(file) == [tuple(row) for row in zip(*(v.tolist() for v in scored.frame().values()), strict=True)]
    with pytest.raises(InputError, match="--replace or --append"):
        write_scored(scorer.stream(str(new)), url)
    write_scored(scorer.stream(str(new)), url, when_there="append")
    assert len(_rows(file)) == 2 * len(scored)
    write_scored(scorer.stream(str(new), rows=50), url, when_there="replace")
    assert len(_rows(file)) == len(scored)


@pytest.mark.parametrize("when", ["replace", "append"])
def test_a_table_that_fails_half_way_is_as_it_was(scorer: Scorer, new: Path, tmp_path: Path, when: Any) -> None:
    file = tmp_path / "shop.db"
    write_scored(scorer.stream(str(new)), f"sqlite:///{file}#seg ments")
    before = _rows(file)
    scored = scorer.stream(str(new), rows=50)

    def broken() -> Iterator[dict[str, Any]]:
        parts = type(scored).written(scored)
        yield next(parts)
        raise RuntimeError

    object.__setattr__(scored, "written", broken)
    with pytest.raises(RuntimeError):
        write_scored(scored, f"sqlite:///{file}#seg ments", when_there=when)
    assert _rows(file) == before
    fresh = scorer.stream(str(new), rows=50)
    object.__setattr__(fresh, "written", lambda: (_ for _ in [1 / 0]))
    with pytest.raises(ZeroDivisionError):
        write_scored(fresh, f"sqlite:///{tmp_path / 'fresh.db'}#t")
    assert not (tmp_path / "fresh.db").exists()


def test_a_postgres_table_is_one_transaction_too(scorer: Scorer, new: Path, postgres: str) -> None:
    import psycopg

    url = f'{postgres}#scored "customers"'
    write_scored(scorer.stream(str(new), rows=50), url, when_there="replace")
    scored = scorer.score(str(new))

    def read() -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres) as connection:
            return connection.execute('select * from "scored ""customers""" order by id').fetchall()

    assert read() == sorted(zip(*(v.tolist() for v in scored.frame().values()), strict=True))
    broken = scorer.stream(str(new), rows=50)
    parts = list(broken.written())
    object.__setattr__(broken, "written", lambda: iter([parts[0], {**parts[1], "segment_id": ["x"] * 50}]))
    before = read()
    with pytest.raises(InputError, match="can be written to"):
        write_scored(broken, url, when_there="append")
    assert read() == before


def _rows(file: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(file) as connection:
        found = connection.execute('SELECT * FROM "seg ments" ORDER BY rowid').fetchall()
    connection.close()
    return found


@pytest.mark.parametrize(
    "out", ["scored.txt", "sqlite:///x.db", "postgresql://user:secret@127.0.0.1:1/db#t", "gopher://u:secret@h/db#t"]
)
def test_places_that_cannot_be_written_are_refused_without_the_password(
    scorer: Scorer, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        write_scored(scorer.stream(str(new)), out)
    assert "secret" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["new.csv"]


def test_no_rows_are_an_empty_output(scorer: Scorer, tmp_path: Path) -> None:
    header = ",".join(['"' + name.replace('"', '""') + '"' for name in shop_with_names()])
    none = tmp_path / "none.csv"
    none.write_text(header + "\n", encoding="utf-8")
    for out in ("none-scored.csv", "none-scored.parquet"):
        write_scored(scorer.stream(str(none)), str(tmp_path / out))
    head = "id,segment_id,segment_name,confidence,runner_up_id,distance\n"
    assert (tmp_path / "none-scored.csv").read_text() == head
    found = pyarrow.parquet.read_table(tmp_path / "none-scored.parquet")
    assert (found.num_rows, ",".join(found.column_names) + "\n") == (0, head)
    write_scored(scorer.stream(str(none)), f"sqlite:///{tmp_path / 'none.db'}#seg ments")
    assert _rows(tmp_path / "none.db") == []


def test_transactions_come_as_one_part(tmp_path: Path) -> None:
    scorer = Scorer(saved(lines_of_shop(), tmp_path, cluster={"k": 2}).model())
    lines = lines_of_shop(20, seed=4)
    parts = list(scorer.stream(lines, rows=5))
    assert [len(p) for p in parts] == [20]
    np.testing.assert_array_equal(parts[0].segment_ids, scorer.score(lines).segment_ids)


def test_drift_is_warned_of_and_its_absence_is_not(scorer: Scorer) -> None:
    assert not [n for n in scorer.score(shop_with_names()).notes if n.code.startswith("drift")]
    moved = {**shop_with_names()}
    moved[NAUGHTY] = moved[NAUGHTY] + 60.0
    notes = [n for n in scorer.score(moved).notes if n.code.startswith("drift")]
    assert [n.column for n in notes if n.code == "drift"] == [NAUGHTY]
    assert "population stability index" in notes[0].text
    few = {name: values[:50] for name, values in moved.items()}
    assert not [n for n in scorer.score(few).notes if n.code.startswith("drift")]
