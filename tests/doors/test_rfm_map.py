"""A user's own RFM map: read from a file, checked for holes, kept in the run, and used."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

import clientage
from clientage.errors import SettingsError

CELLS = ["".join(map(str, cell)) for cell in itertools.product(range(1, 6), repeat=3)]


def lines(n: int = 60) -> dict[str, list[object]]:
    rng = np.random.default_rng(0)
    customer = rng.integers(0, n, 900)
    day = np.datetime64("2024-01-01") + rng.integers(0, 300, 900)
    return {
        "customer_id": [f"C{c}" for c in customer],
        "order_id": list(range(900)),
        "order_date": day.astype(str).tolist(),
        "amount": np.exp(rng.normal(2, 1, 900) + customer / 40).round(2).tolist(),
    }


@pytest.fixture
def own_map(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    loyal = " ".join(c for c in CELLS if c[1] in "45")
    path.write_text(f'Stammkunden = "{loyal}"\n"Alle übrigen" = "{" ".join(c for c in CELLS if c[1] < "4")}"\n')
    return path


def test_the_map_of_a_file_names_the_customers_and_stays_in_the_run(tmp_path: Path, own_map: Path) -> None:
    study = clientage.segment(lines(), k=3, transactions_policy={"rfm_map": str(own_map)})
    named = study.record.customers.column("rfm_segment")
    scores = study.record.customers.column("rfm_score").as_text()
    assert set(named.as_text()) == {"Stammkunden", "Alle übrigen"}
    assert all((s[1] in "45") == (n == "Stammkunden") for s, n in zip(scores, named.as_text(), strict=True))
    run = study.save(tmp_path / "runs")
    kept = tomllib.loads(run.read("study.toml").decode())["transactions"]["rfm_map"]
    assert kept == tomllib.loads(own_map.read_text())
    own_map.unlink()  # the run needs it no more
    assert clientage.open_run(run.path).predict(lines()).segment_ids.size == study.record.customers.n


def test_a_map_with_a_hole_or_an_overlap_is_refused(own_map: Path) -> None:
    whole = own_map.read_text()
    own_map.write_text(whole.replace("111 ", ""))
    with pytest.raises(SettingsError, match="no segment for '111'"):
        clientage.segment(lines(), transactions_policy={"rfm_map": str(own_map)})
    own_map.write_text(whole + 'Doppelt = "555"\n')
    with pytest.raises(SettingsError, match="cell 555 in 'Stammkunden' and in 'Doppelt'"):
        clientage.segment(lines(), transactions_policy={"rfm_map": str(own_map)})


def test_a_map_that_is_none_says_how_one_looks(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="path of a TOML file"):
        clientage.segment(lines(), transactions_policy={"rfm_map": {"Champions": 555}})
    with pytest.raises(SettingsError, match="readable study file"):
        clientage.segment(lines(), transactions_policy={"rfm_map": str(tmp_path / "none.toml")})
