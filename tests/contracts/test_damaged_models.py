"""A thousand flipped bits and truncations of a saved run: every one refused, by the name of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clientage.errors import ModelError
from clientage.runs.run import Run, open_run
from made_services import named_run

FILES = ("manifest.json", "model/arrays.npz", "model/model.json")
EACH = 170  # of each kind of damage to each file: 1,020 in all


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return named_run(tmp_path_factory.mktemp("damaged"))


def test_all_files_of_the_model_are_damaged_here(run: Run) -> None:
    model = {str(p.relative_to(run.path)) for p in (run.path / "model").iterdir()}
    assert {*model, "manifest.json"} == set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["flipped", "cut"])
def test_damage_is_refused_by_name(run: Run, name: str, kind: str) -> None:
    path = run.path / name
    whole = path.read_bytes()
    rng = np.random.default_rng(len(whole))
    places = rng.choice(len(whole) * (8 if kind == "flipped" else 1), EACH, replace=False).tolist()
    try:
        for place in places:
            path.write_bytes(_flipped(whole, place) if kind == "flipped" else whole[:place])
            with pytest.raises(ModelError) as caught:
                open_run(run.path).model()
            assert Path(name).name in str(caught.value)
    finally:
        path.write_bytes(whole)
    assert open_run(run.path).model().names == run.model().names


def _flipped(whole: bytes, bit: int) -> bytes:
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << (bit % 8)
    return bytes(damaged)


@pytest.mark.parametrize("name", FILES)
def test_a_longer_file_or_none_is_refused_too(run: Run, name: str) -> None:
    path = run.path / name
    whole = path.read_bytes()
    try:
        path.write_bytes(whole + b"\n")
        with pytest.raises(ModelError, match=Path(name).name):
            open_run(run.path).model()
        path.unlink()
        with pytest.raises(ModelError):
            open_run(run.path).model()
    finally:
        path.write_bytes(whole)
