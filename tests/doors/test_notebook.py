"""The walkthrough runs from top to bottom, stays light and is the notebook of its text; charts and tables in it."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clientage.charts.catalogue import FIGURES
from clientage.data.samples import write_shop
from clientage.errors import MissingExtraError, SettingsError
from clientage.notebook import VEGA_LITE, chart, table
from clientage.python import Study
from made_studies import MARKUP, SCRIPT, hostile_study, shop_study

HOME = Path(__file__).parents[2] / "notebooks"
LARGEST_OUTPUT = 100_000
LARGEST_NOTEBOOK = 600_000


def read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The walkthrough, executed now, with warnings as errors."""
    pytest.importorskip("vl_convert")
    home = tmp_path_factory.mktemp("walkthrough")
    environment = {**os.environ, "IPYTHONDIR": str(home / "ipython"), "JUPYTER_PLATFORM_DIRS": "1"}
    target = home / "fresh.ipynb"
    done = subprocess.run(
        [sys.executable, str(HOME / "render.py"), str(target)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return read(target)


@pytest.fixture(scope="module")
def stored() -> list[dict[str, Any]]:
    return read(HOME / "segmentation_walkthrough.ipynb")


def written(cell: dict[str, Any]) -> str:
    outputs = cell.get("outputs", [])
    return "".join("".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in outputs)


def test_the_walkthrough_runs_and_shows_what_it_teaches(fresh: list[dict[str, Any]]) -> None:
    said = "\n".join(written(cell) for cell in fresh)
    for taught in ("NATURAL", "CONSTRUCTIVE", "best silhouette without groups", "same segments: True", "report.html"):
        assert taught in said
    pictures = [o for c in fresh for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(pictures) >= 9
    assert all("http" not in written(cell) for cell in fresh)


def test_the_stored_notebook_is_that_of_its_text(fresh: list[dict[str, Any]], stored: list[dict[str, Any]]) -> None:
    """After a change of the text: make notebook."""
    assert [(c["cell_type"], "".join(c["source"])) for c in stored] == [
        (c["cell_type"], "".join(c["source"])) for c in fresh
    ]
    for old, new in zip(stored, fresh, strict=True):
        assert [sorted(o.get("data", {})) for o in old.get("outputs", [])] == [
            sorted(o.get("data", {})) for o in new.get("outputs", [])
        ]


def test_the_stored_notebook_is_light(stored: list[dict[str, Any]]) -> None:
    assert (HOME / "segmentation_walkthrough.ipynb").stat().st_size < LARGEST_NOTEBOOK
    for cell in stored:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            assert len(json.dumps(output)) < LARGEST_OUTPUT
            assert not any("vega" in kind for kind in output.get("data", {}))


def test_a_file_of_ones_own_takes_the_place_of_the_shop(tmp_path: Path) -> None:
    """Invoice lines here, where most remarks about a customer table do not hold."""
    own = write_shop(tmp_path / "own", 120).transactions
    text = (HOME / "segmentation_walkthrough.py").read_text(encoding="utf-8")
    assert text.count('MY_FILE = ""') == 1
    script = tmp_path / "own.py"
    script.write_text(text.replace('MY_FILE = ""', f"MY_FILE = {str(own)!r}"), encoding="utf-8")
    found = runpy.run_path(str(script))
    assert found["study"].record.customers.origin == "transactions"
    assert found["study"].labels.shape == found["again"].labels.shape


def test_every_figure_can_be_shown() -> None:
    study = Study(shop_study())
    for name in FIGURES:
        bundle = chart(study, name)._repr_mimebundle_()
        assert bundle["text/plain"]
        if VEGA_LITE in bundle:
            assert bundle[VEGA_LITE]["$schema"].endswith("v6.json")


def test_before_any_clustering_only_columns_are_shown() -> None:
    prepared = shop_study().prepared
    assert VEGA_LITE in chart(prepared, "distributions").bundle
    assert "nothing to show" in repr(chart(prepared, "elbow"))
    with pytest.raises(SettingsError, match="'elbow'"):
        chart(prepared, "elbwo")


def test_without_the_library_for_pictures_the_numbers_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: Any, **__: Any) -> bytes:
        raise MissingExtraError("vl_convert", "nothing", "Install it.")

    monkeypatch.setattr("clientage.notebook.draw_picture", absent)
    bundle = chart(Study(hostile_study()), "heatmap").bundle
    assert "image/png" not in bundle
    assert "<table>" in bundle["text/html"]
    assert MARKUP not in bundle["text/html"]


def test_tables_escape_and_format() -> None:
    shown = table({MARKUP: [SCRIPT, None], "n": [1200, 7], "share": [0.12345, float("nan")], "ok": [True, False]})
    html = shown.bundle["text/html"]
    assert MARKUP not in html
    assert SCRIPT not in html
    assert "1,200" in html
    assert "0.12<" in html
    assert "–" in table({"n": [1, float("nan")]}).bundle["text/html"]
    assert repr(table({"a": [True, False]})) == "a\nyes\n"
