"""The chart script's cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clientage.report import bundle
from clientage.report.bundle import cached_path, inline_safe, vega_bundle, write_bundle

CODE = """
import sys
from clientage.report.bundle import vega_bundle
assert vega_bundle() == "cached", vega_bundle()
assert "vl_convert" not in sys.modules
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLIENTAGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def script(cache: Path) -> Path:
    pytest.importorskip("vl_convert", reason="the library that draws is not installed")
    path = cached_path()
    assert path is not None
    assert path.parent == cache
    return path


def test_a_warm_cache_is_read_without_the_library(script: Path) -> None:
    script.parent.mkdir()
    script.write_text("cached", encoding="utf-8")
    subprocess.run([sys.executable, "-c", CODE], check=True, env=dict(os.environ))


def test_a_cold_cache_is_filled_by_another_process(script: Path) -> None:
    found = vega_bundle()
    assert found is not None
    assert "vegaEmbed" in found
    assert "</script" not in found
    assert script.read_text(encoding="utf-8") == found
    assert [p.name for p in script.parent.iterdir()] == [script.name]


def test_without_the_library_there_are_no_charts(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "find_spec", lambda _name: None)
    assert vega_bundle() is None
    assert bundle.main(["--quiet"]) == 1
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vl_convert", reason="the library that draws is not installed")
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("CLIENTAGE_CACHE", str(blocked))
    assert vega_bundle() is None


def test_a_failed_write_leaves_nothing(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_bundle(script)
    assert list(script.parent.iterdir()) == []


def test_an_inline_script_cannot_be_ended() -> None:
    assert "</script" not in inline_safe("x = '</script>'; y = '<!--'")
    assert "<!--" not in inline_safe("x = '</script>'; y = '<!--'")
