"""`clientage export` and `SavedRun.export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import clientage as package
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
