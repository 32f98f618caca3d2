"""`clientage report`: every form of a run's report, from its folder alone."""

from __future__ import annotations

import json
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import made_studies
from clientage.errors import ModelError
from clientage.publish import publish
from clientage.rendering import FORMS, write_report
from clientage.report.pdf import BrowserError, find_browser, print_pdf
from clientage.runs.run import Run, open_run
from patience import PATIENCE, runs, until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Made in one place and moved to another: the data and the first place are gone."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    run = publish(made_studies.shop_study(), first)
    return open_run(shutil.move(run.path, second / "moved"))


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Run:
    return open_run(shutil.copytree(made.path, tmp_path / "run"))


def test_the_page_is_the_runs_own_to_the_byte(clientage: Callable, run: Run, tmp_path: Path) -> None:
    result = clientage("report", run.path, "-o", tmp_path / "again.html")
    assert result.code == 0, result.err
    assert result.out.strip() == str(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (run.path / "report.html").read_bytes()


def test_own_names_are_in_the_page_and_the_computed_ones_are_not(clientage: Callable, run: Run, tmp_path: Path) -> None:
    own = {s["id"]: f"Group number {s['id']}" for s in run.summary()["segments"]}
    computed = [s["name"] for s in run.summary()["segments"]]
    (run.path / "names.toml").write_text("".join(f"{i} = {json.dumps(n)}\n" for i, n in own.items()))
    clientage("report", run.path, "-o", tmp_path / "named.html", "-q")
    page = (tmp_path / "named.html").read_text()
    assert all(name in page for name in own.values())
    assert not [name for name in computed if name in page]


@pytest.mark.parametrize(("form", "mark"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_pictures_go_into_a_folder_under_the_names_people_look_for(
    clientage: Callable, run: Run, tmp_path: Path, form: str, mark: bytes
) -> None:
    pytest.importorskip("vl_convert")
    result = clientage("report", run.path, "--format", form, "-o", tmp_path / "images")
    assert result.code == 0, result.err
    files = {p.name: p.read_bytes() for p in (tmp_path / "images").iterdir()}
    wanted = ("elbow", "silhouette", "pca_map", "correlation", "distributions", "sizes", "heatmap", "profiles")
    assert {f"{name}.{form}" for name in wanted} <= set(files)
    assert all(content.startswith(mark) for content in files.values())


def test_slides_are_a_presentation(clientage: Callable, run: Run, tmp_path: Path) -> None:
    result = clientage("report", run.path, "--format", "pptx", "-o", tmp_path / "deck.pptx")
    assert result.code == 0, result.err
    with zipfile.ZipFile(tmp_path / "deck.pptx") as deck:
        assert "ppt/presentation.xml" in deck.namelist()
        assert any(name.startswith("ppt/charts/") for name in deck.namelist())


def test_a_broken_names_file_is_refused(clientage: Callable, run: Run, tmp_path: Path) -> None:
    (run.path / "names.toml").write_text("1 = ")
    result = clientage("report", run.path, "-o", tmp_path / "page.html")
    assert result.code == 2
    assert "names.toml" in result.err
    assert not (tmp_path / "page.html").exists()


def test_unknown_forms_and_places_in_the_run_are_refused(clientage: Callable, run: Run) -> None:
    before = sorted(p.name for p in run.path.rglob("*"))
    unknown = clientage("report", run.path, "--format", "ppt")
    assert (unknown.code, "Did you mean 'pptx'?" in unknown.err) == (2, True)
    inside = clientage("report", run.path, "-o", run.path / "report.html")
    assert (inside.code, "outside the run" in inside.err) == (2, True)
    folder = clientage("report", run.path, "-o", run.path.parent)
    assert (folder.code, "folder" in folder.err) == (2, True)
    assert sorted(p.name for p in run.path.rglob("*")) == before


def test_a_changed_document_is_refused(run: Run, tmp_path: Path) -> None:
    path = run.path / "document.json"
    path.write_bytes(path.read_bytes().replace(b"customers", b"customerz", 1))
    with pytest.raises(ModelError, match=r"document\.json"):
        write_report(run, "html", tmp_path / "page.html")


def test_every_form_says_what_it_is() -> None:
    assert list(FORMS) == ["html", "pptx", "pdf", "png", "svg"]
    assert all(form.title for form in FORMS.values())


def test_the_page_is_printed_by_a_browser(clientage: Callable, run: Run, tmp_path: Path) -> None:
    if find_browser() is None:
        pytest.skip("no browser is installed (make test installs one)")
    result = clientage("report", run.path, "--format", "pdf", "-o", tmp_path / "report.pdf")
    assert result.code == 0, result.err
    raw = (tmp_path / "report.pdf").read_bytes()
    assert raw.startswith(b"%PDF")
    assert len(re.findall(rb"/Type ?/Page\b", raw)) >= 5
    assert curves(raw) > 1_000, "400 dots on the map alone: figures below the first screen were not drawn"


def curves(raw: bytes) -> int:
    """Bézier curves drawn in a PDF."""
    found = 0
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
        try:
            content = zlib.decompressobj().decompress(packed)
        except zlib.error:  # a font or picture that is not packed
            continue
        found += len(re.findall(rb"[\d.] c\s", content))
    return found


def test_without_a_browser_it_says_what_to_do_otherwise(
    clientage: Callable, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENTAGE_BROWSER", str(tmp_path / "no-such-browser"))
    result = clientage("report", run.path, "--format", "pdf", "-o", tmp_path / "report.pdf")
    assert result.code == 2
    assert "Install Chromium" in result.err
    assert not (tmp_path / "report.pdf").exists()


def fake_browser(folder: Path, script: str) -> Path:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_browser_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "pids"
    browser = fake_browser(tmp_path, f"sleep 300 & echo $! $$ > {told}; wait")
    monkeypatch.setenv("CLIENTAGE_BROWSER", str(browser))
    for seconds in (1.0, 10.0, PATIENCE):  # in which a loaded machine may not even have started a child
        with pytest.raises(BrowserError, match=f"had not printed after {seconds:.0f} s"):
            print_pdf("<p>x</p>", seconds=seconds)
        if told.is_file() and told.read_text().endswith("\n"):
            break
    started = [int(pid) for pid in told.read_text().split()]
    assert len(started) == 2
    until(lambda: not any(runs(pid) for pid in started))


def test_a_browser_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTAGE_BROWSER", str(fake_browser(tmp_path, "echo 'no display' >&2; exit 1")))
    with pytest.raises(BrowserError, match="no display"):
        print_pdf("<p>x</p>")


def test_python_writes_the_report_too(run: Run, tmp_path: Path) -> None:
    import clientage

    opened = clientage.open_run(run.path)
    (page,) = opened.report(target=tmp_path / "page.html")
    assert page.read_bytes() == run.read("report.html")
    (deck,) = opened.report("pptx", tmp_path / "deck.pptx")
    assert zipfile.is_zipfile(deck)
