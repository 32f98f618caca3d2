"""`--track` and what goes with it, with a SQLite file, which needs no server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clientage.data.samples import write_shop

SMALL = ("--algorithm", "kmeans", "--k", "4", "--set", "cluster.bootstraps=5")


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("shop"), 200).customers


def test_from_a_run_to_a_comparison_through_a_file(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    result = clientage("run", customers, "--out", tmp_path / "runs", *SMALL, "--track", uri, "--register", "shop")
    assert result.code == 0, result.err
    assert result.err == ""
    assert "models:/shop@newest" in result.out
    (run,) = (tmp_path / "runs").iterdir()
    assert "track" not in (run / "study.toml").read_text()
    listed = json.loads(clientage("runs", "--track", uri, "--json").out)
    assert [(entry["id"], entry["k"], entry["damage"]) for entry in listed] == [(run.name, 4, None)]
    compared = clientage("compare", run, run.name, "--track", uri, "--json")
    assert compared.code == 0, compared.err
    assert json.loads(compared.out)["settings"] == []


def test_a_server_that_is_down_is_a_warning(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    with socket.socket() as door:  # held and never opened: nobody else can listen there meanwhile
        door.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{door.getsockname()[1]}"
        result = clientage("run", customers, "--out", tmp_path / "runs", *SMALL, "--track", uri, "--json")
        (run,) = (tmp_path / "runs").iterdir()
        asked = clientage("track", run, uri)
    assert result.code == 0
    assert json.loads(result.out)["n_segments"] == 4
    assert "nothing listens there" in result.err
    assert asked.code == 2, "asked for by itself, it is a refusal"
    assert "nothing listens there" in asked.err


def test_a_wrong_address_is_refused_before_anything_is_made(
    clientage: Callable, customers: Path, tmp_path: Path
) -> None:
    result = clientage("run", customers, "--out", tmp_path / "runs", "--track", "mlruns")
    assert result.code == 2
    assert "sqlite:///mlflow.db" in result.err
    assert not (tmp_path / "runs").exists()
