"""The star: its keys join, its types stay, its dictionary tells every column; DuckDB is the judge."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clientage.config import OutputSettings
from clientage.errors import InputError, ModelError
from clientage.export.catalogue import FORMATS, export_run
from clientage.publish import publish
from clientage.runs.run import Run, open_run
from clientage.study import StudyRecord, make_study
from made_studies import hostile_study, noise_study, one_study, shop, shop_study, study

TABLES = ("segments", "customers", "profiles", "study")
SQL_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "date": "TIMESTAMP"}


def saved(record: StudyRecord, folder: Path, *, keep_clean: bool = False) -> Run:
    settings = replace(record.settings, output=OutputSettings(keep_clean=keep_clean))
    return publish(replace(record, settings=settings), folder)


def dated() -> StudyRecord:
    """Groups with a date, an id-less table and columns that bear the star's own names."""
    made = shop(300)
    days = np.datetime64("2024-01-01") + np.arange(300) % 500
    columns = {k: made[k] for k in ("income", "store_visits", "total_spend")}
    columns |= {"Segment_ID": made["city"], "CONFIDENCE": made["response"], "since": days}
    return study(columns, roles={"features": ["income", "store_visits", "total_spend"], "categorical": ["CONFIDENCE"]})


def dense() -> StudyRecord:
    """Some customers without a segment."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(c, 0.3, (90, 2)) for c in ((0, 0), (8, 8))] + [rng.uniform(-20, 30, (25, 2))])
    return study({"a": x[:, 0], "b": x[:, 1]}, cluster={"algorithm": "dbscan"})


STUDIES = {
    "shop": shop_study,
    "hostile": hostile_study,
    "noise": noise_study,
    "one": one_study,
    "dated": dated,
    "dense": dense,
}


@pytest.fixture(scope="module", params=list(STUDIES))
def star(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    home = tmp_path_factory.mktemp(request.param)
    run = saved(STUDIES[request.param](), home / "runs", keep_clean=True)
    export_run(run, "bi", home / "bi")
    return run, home / "bi"


def query(folder: Path, sql: str, form: str = "parquet") -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        for name in TABLES:
            path = str(folder / f"{name}.{form}").replace("'", "''")
            read = f"read_parquet('{path}')" if form == "parquet" else f"read_csv('{path}', all_varchar=true)"
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {read}")
        return connection.execute(sql).fetchall()


def dictionary(folder: Path) -> list[dict[str, str]]:
    with (folder / "data_dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_key_is_unique_and_joins(star: tuple[Run, Path], form: str) -> None:
    _, folder = star
    for entry in dictionary(folder):
        table, column = entry["table"], entry["column"]
        if entry["key"] == "primary key":
            ((rows, distinct, there),) = query(
                folder, f"SELECT count(*), count(DISTINCT {column}), count({column}) FROM {table}", form
            )
            assert rows == distinct == there
        elif entry["key"]:
            target, key = entry["key"].removeprefix("foreign key: ").split(".")
            lost = query(
                folder, f"SELECT {column} FROM {table} ANTI JOIN {target} ON {table}.{column} = {target}.{key}", form
            )
            assert lost == []
    keys = [e for e in dictionary(folder) if e["key"]]
    assert len(keys) == 7


def test_figures_of_the_facts_are_those_of_the_dimension(star: tuple[Run, Path]) -> None:
    run, folder = star
    counted = query(
        folder,
        "SELECT s.segment_id, any_value(s.customers), count(c.customer_id) FROM segments s "
        "LEFT JOIN customers c USING (segment_id) GROUP BY 1 ORDER BY 1",
    )
    assert all(size == found for _, size, found in counted)
    summary = run.summary()
    assert [size for _, size, _ in counted] == [summary["unassigned"], *(s["size"] for s in summary["segments"])]
    ((share,),) = query(folder, "SELECT sum(share) FROM segments")
    assert share == pytest.approx(1)
    # profiles hold each trait once, under one key
    ((rows, distinct),) = query(
        folder, "SELECT count(*), count(DISTINCT (segment_id, column_name, coalesce(category, ''))) FROM profiles"
    )
    assert (
        rows
        == distinct
        == sum(len(s["profile"]) for s in summary["segments"])
        + len(query(folder, "SELECT 1 FROM profiles WHERE role = 'outcome'"))
    )


def test_the_dictionary_tells_every_column_with_its_type(star: tuple[Run, Path]) -> None:
    _, folder = star
    entries = dictionary(folder)
    assert all(e["meaning"] for e in entries)
    for table in TABLES:
        found = [(name, kind) for name, kind, *_ in query(folder, f"DESCRIBE {table}")]
        assert found == [(e["column"], SQL_TYPES[e["type"]]) for e in entries if e["table"] == table]
        # a CSV holds the same columns, but for the mark before what a spreadsheet takes for a formula
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert [name.removeprefix("'") for name in next(csv.reader(file))] == [name for name, _ in found]


def test_cleaned_columns_are_the_runs_own(star: tuple[Run, Path]) -> None:
    run, folder = star
    account = json.loads(run.read("cleaned.json"))["columns"]
    names = [e["column"] for e in dictionary(folder) if e["table"] == "customers"][5:]
    assert len(names) == len(account) > 0
    for name, told in zip(names, account, strict=True):
        quoted, original = (f'"{n.replace(chr(34), chr(34) * 2)}"' for n in (name, told["column"]))
        ((different,),) = query(
            folder,
            f"SELECT count(*) FROM (SELECT {quoted} FROM customers) POSITIONAL JOIN "
            f"(SELECT {original} AS _o FROM '{run.path / 'cleaned.parquet'}') WHERE {quoted} IS DISTINCT FROM _o",
        )
        assert different == 0


def test_names_that_differ_in_case_only_are_kept_apart(tmp_path: Path) -> None:
    run = saved(dated(), tmp_path / "runs", keep_clean=True)
    export_run(run, "bi", tmp_path / "bi")
    names = [e["column"] for e in dictionary(tmp_path / "bi") if e["table"] == "customers"]
    assert len({n.casefold() for n in names}) == len(names)
    assert {"Segment_ID (2)", "CONFIDENCE (2)", "since"} <= set(names)
    ((kind,),) = query(tmp_path / "bi", "SELECT DISTINCT typeof(customer_id) FROM customers")
    assert kind == "VARCHAR"


def test_types_do_not_depend_on_the_data(tmp_path: Path) -> None:
    described = []
    for number, record in enumerate((shop_study(), one_study(), dense())):
        run = saved(record, tmp_path / str(number))
        export_run(run, "bi", tmp_path / f"bi{number}")
        described.append([query(tmp_path / f"bi{number}", f"DESCRIBE {t}") for t in TABLES])
    assert described[0] == described[1] == described[2]


def test_csv_files_begin_with_a_byte_order_mark_and_hold_no_formula(star: tuple[Run, Path]) -> None:
    _, folder = star
    for path in folder.glob("*.csv"):
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        for row in csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True)):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_a_second_export_replaces_the_first_and_leaves_other_files(tmp_path: Path) -> None:
    run = saved(shop_study(), tmp_path / "runs")
    folder = tmp_path / "bi"
    written = export_run(run, "bi", folder)
    (folder / "dashboard.pbix").write_text("mine")
    before = {p.name: p.read_bytes() for p in written}
    assert export_run(run, "bi", folder) == written
    assert {p.name: p.read_bytes() for p in written} == before
    assert {p.name for p in folder.iterdir()} == {*before, "dashboard.pbix"}


def test_refusals(tmp_path: Path) -> None:
    run = saved(one_study(), tmp_path / "runs")
    with pytest.raises(InputError, match="'bi'"):
        export_run(run, "by", tmp_path / "out")
    with pytest.raises(InputError, match="outside the run"):
        export_run(run, "bi", run.path / "bi")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can be written"):
        export_run(run, "bi", tmp_path / "file")
    with (run.path / "assignments.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=r"assignments\.parquet"):
        export_run(open_run(run.path), "bi", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_run_directory_alone_is_enough(tmp_path: Path) -> None:
    source = tmp_path / "customers.csv"
    made = shop(200)
    source.write_text(
        "id,income,visits\n"
        + "\n".join(
            f"{i:04d},{a:.0f},{b:.2f}"
            for i, (a, b) in enumerate(zip(made["income"], made["store_visits"], strict=True))
        )
    )
    run = publish(make_study(source, noise_study().settings), tmp_path / "runs")
    source.unlink()
    moved = run.path.rename(tmp_path / "elsewhere")
    export_run(open_run(moved), "bi", tmp_path / "bi")
    assert query(tmp_path / "bi", "SELECT min(customer_id), count(*) FROM customers") == [("0000", 200)]


def test_a_persons_own_names_win(tmp_path: Path) -> None:
    run = saved(shop_study(), tmp_path / "runs")
    (run.path / "names.toml").write_text('2 = "Weekend families"\n', encoding="utf-8")
    export_run(open_run(run.path), "bi", tmp_path / "bi")
    found = query(tmp_path / "bi", "SELECT segment_name FROM segments WHERE segment_id IN (0, 2) ORDER BY segment_id")
    assert found == [("No segment",), ("Weekend families",)]


def test_catalogue_names_its_formats() -> None:
    assert all(name == entry.name and entry.title for name, entry in FORMATS.items())
