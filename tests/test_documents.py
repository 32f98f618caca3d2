"""The documents tell the truth: links lead somewhere, commands exist, the schema is the summary's."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clientage
from clientage.selection.bare_ground import BareGround

PROJECT = Path(__file__).parents[1]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
TOP = "Top level"


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    groups = [rng.normal(centre, 1, (60, 2)) for centre in (0, 12, 30)]
    x = np.concatenate(groups)
    frame = {"spend": 100 + x[:, 0], "visits": 50 + x[:, 1], "gender": np.tile(["f", "m", "f"], 60)}
    frame |= {"response": np.tile([1, 0, 0, 1], 45), "mailed": np.tile(["yes", "no", "yes", "no", "yes"], 36)}
    return clientage.segment(frame, control="mailed=no").summary()


@pytest.fixture(scope="module")
def schema() -> dict[str, list[str]]:
    """Heading -> the keys its table documents."""
    tables: dict[str, list[str]] = {}
    for part in (PROJECT / "docs" / "summary-schema.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        tables[part.partition("\n")[0].replace("`", "")] = re.findall(r"^\| `(\w+)`", part, re.MULTILINE)
    return tables


def test_schema_documents_every_key_and_no_other(summary: dict[str, Any], schema: dict[str, list[str]]) -> None:
    segment = summary["segments"][0]
    parts = {
        TOP: summary,
        "inputs[]": summary["inputs"][0],
        "segments[]": segment,
        "segments[].profile[]": segment["profile"][0],
        "segments[].outcomes[]": segment["outcomes"][0],
        "segments[].outcomes[].uplift": segment["outcomes"][0]["uplift"],
        "segments[].recommendation": segment["recommendation"],
        "segments[].rule": segment["rule"],
        "rules": summary["rules"],
        "candidates[]": summary["candidates"][0],
        "shape_evidence": summary["shape_evidence"],
    }
    for heading, part in parts.items():
        assert schema[heading] == list(part), heading
    for finding in summary["findings"]:
        assert list(finding) == schema["findings[]"]
    for unjudged in summary["unjudged"]:
        assert list(unjudged) == schema["unjudged[]"]
    for told in summary["checks"]:
        assert list(told) == schema["checks[]"]
    assert [f.name for f in fields(BareGround)] == schema["bare_ground"]
    assert set(schema) == {*parts, "bare_ground", "criteria", "findings[]", "unjudged[]", "checks[]"}


def test_schema_documents_every_criterion(schema: dict[str, list[str]]) -> None:
    from clientage.selection.criteria import CRITERIA

    assert set(schema["criteria"]) == set(CRITERIA)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(PROJECT)))
def test_links_and_paths_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)\)", text):
        if not link.startswith("http"):
            assert (document.parent / link).exists(), link
    for path in re.findall(r"`((?:src|tests|docs|benchmarks)/[\w./-]+)`", text):
        assert (PROJECT / path).exists(), path


def test_readme_names_commands_and_targets_that_exist() -> None:
    from clientage.cli.main import COMMANDS

    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^clientage (\w+)", readme, re.MULTILINE)) == set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"^make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= targets, document.name


def test_picture_of_the_readme_is_light() -> None:
    pictures = list((PROJECT / "docs" / "images").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 200_000, picture.name
