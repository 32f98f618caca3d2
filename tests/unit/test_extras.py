"""A missing optional library names the line that installs it; the lines are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from clientage.errors import MissingExtraError
from clientage.extras import EXTRAS, require

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# import name -> distribution, where they differ
DISTRIBUTIONS = {
    "python_calamine": "python-calamine",
    "sklearn": "scikit-learn",
    "vl_convert": "vl-convert-python",
    "pptx": "python-pptx",
    "mlflow": "mlflow-skinny",
}


def test_returns_the_submodule_asked_for() -> None:
    assert require("xml.dom", "a test").__name__ == "xml.dom"


@pytest.mark.parametrize(("module", "extra"), [*EXTRAS.items(), ("sklearn.cluster", "sklearn")])
def test_missing_library_names_its_install_line(monkeypatch: pytest.MonkeyPatch, module: str, extra: str) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr("clientage.extras.import_module", absent)
    with pytest.raises(MissingExtraError) as caught:
        require(module, "reading a file")
    assert caught.value.fix == f"Install it with: pip install 'clientage[{extra}]'"
    assert "for reading a file" in str(caught.value)


@pytest.mark.parametrize(("module", "extra"), EXTRAS.items())
def test_each_extra_exists_and_brings_the_library(module: str, extra: str) -> None:
    names = {re.split(r"[<>=\[;]", line)[0] for line in PROJECT["optional-dependencies"][extra]}
    assert DISTRIBUTIONS.get(module, module) in names


def test_all_brings_every_extra() -> None:
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(everything.partition("[")[2].rstrip("]").split(","))
    assert named == set(PROJECT["optional-dependencies"]) - {"all"}
