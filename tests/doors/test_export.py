"""`clientage export` and `SavedRun.export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.main import get_command

import clientage as package
from clientage.cli.main import app_of
from clientage.export.catalogue import FORMATS
from made_studies import shop


def test_export_writes_the_star_and_says_where(clientage: Callable, tmp_path: Path) -> None:
    study = package.segment(
        shop(200), features=["income", "total_spend"], algorithm="kmeans", cluster={"bootstraps": 5, "k_max": 5}
    )
    run = study.save(tmp_path / "runs")
    result = clientage("export", run.path, "--format", "bi", "-o", tmp_path / "bi")
    assert result.code == 0, result.err
    assert [Path(line).name for line in result.out.split()] == [
        *(f"{t}.{f}" for t in ("segments", "customers", "profiles", "study") for f in ("csv", "parquet")),
        "data_dictionary.csv",
    ]
    assert (
        package.open_run(run.path).export("bi", tmp_path / "again")[0].read_bytes()
        == (tmp_path / "bi" / "segments.csv").read_bytes()
    )


def test_an_unknown_format_is_refused(clientage: Callable, tmp_path: Path) -> None:
    study = package.segment(shop(100), features=["income", "total_spend"], k=2, algorithm="kmeans")
    run = study.save(tmp_path / "runs")
    result = clientage("export", run.path, "--format", "powerbi", "-o", tmp_path / "bi")
    assert result.code == 2
    assert "'bi'" in result.err


def test_every_option_of_a_format_has_its_flag() -> None:
    flags = {flag for parameter in get_command(app_of()).commands["export"].params for flag in parameter.opts}  # type: ignore[attr-defined]
    for form in FORMATS.values():
        for option in form.options:
            assert option.flag in flags, f"{option.flag} of '{form.name}' is missing in cli/export.py"


def test_an_option_of_another_format_is_refused(clientage: Callable, tmp_path: Path) -> None:
    study = package.segment(shop(100), features=["income", "total_spend"], k=2, algorithm="kmeans")
    run = study.save(tmp_path / "runs")
    result = clientage("export", run.path, "--format", "bi", "--dialect", "duckdb", "-o", tmp_path / "bi")
    assert result.code == 2
    assert "an option of the format 'bi'" in result.err
    assert "'--dialect'" in result.err
    assert not (tmp_path / "bi").exists()


def test_a_query_and_a_graph_are_files(clientage: Callable, tmp_path: Path) -> None:
    study = package.segment(shop(100), features=["income", "total_spend"], k=2, algorithm="kmeans")
    run = study.save(tmp_path / "runs")
    words = (
        "--format",
        "sql",
        "--dialect",
        "sqlite",
        "--table",
        "main.customers",
        "-o",
        tmp_path / "new" / "score.sql",
    )
    result = clientage("export", run.path, *words)
    assert result.code == 0, result.err
    assert [Path(line).name for line in result.out.split()] == ["score.sql", "score.check.sql"]
    assert "FROM main.customers" in (tmp_path / "new" / "score.sql").read_text(encoding="utf-8")
    result = clientage("export", run.path, "--format", "onnx", "-o", tmp_path / "score.onnx")
    assert (result.code, result.out.split()) == (0, [str(tmp_path / "score.onnx")])
    result = clientage(
        "export", run.path, "--format", "sql", "--dialect", "oracle", "--table", "t", "-o", tmp_path / "x"
    )
    assert result.code == 2
    assert "'snowflake'" in result.err
    result = clientage("export", run.path, "--format", "sql", "--dialect", "duckdb", "-o", tmp_path / "x")
    assert result.code == 2
    assert "--table" in result.err
