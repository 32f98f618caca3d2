"""A person's own names in a run: `names.toml` beside the files of the manifest, free to change.

Receives a run's folder, summary or model; returns them with the names a person gave. The files that the manifest
seals keep the computed names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clientage.errors import InputError, SettingsError
from clientage.runs.model import SavedModel
from clientage.segments.own_names import merged_names, names_lines, read_names, retold

NAMES = "names.toml"


def own_names(folder: Path) -> dict[int, str]:
    """Return the names a person gave; none where there is no `names.toml`.

    Raises
    ------
    SettingsError
        When the file is no TOML of ids and names.
    """
    path = folder / NAMES
    return read_names(path) if path.exists() else {}


def named_summary(summary: dict[str, Any], own: Mapping[int, str]) -> dict[str, Any]:
    """Return a summary with a person's own names; ``computed_name`` and all figures stay as they are.

    Raises
    ------
    SettingsError
        For an id that is no segment, an empty or too long name, or one name given twice.
    """
    before = [segment["name"] for segment in summary["segments"]]
    after = _merged(before, own)
    if after == before:
        return summary
    segments = [{**s, "name": name} for s, name in zip(summary["segments"], after, strict=True)]
    findings = [{**f, "text": retold(f["text"], before, after)} for f in summary["findings"]]
    return {**summary, "segments": segments, "findings": findings}


def named_model(model: SavedModel, own: Mapping[int, str]) -> SavedModel:
    """Return a model whose segments bear a person's own names.

    Raises
    ------
    SettingsError
        As `named_summary`.
    """
    return replace(model, names=tuple(_merged(model.names, own)))


def write_names(folder: Path, summary: Mapping[str, Any]) -> Path:
    """Write a `names.toml` for a person to edit and return its path.

    Parameters
    ----------
    folder : Path
        The run directory.
    summary : mapping
        Its summary.

    Raises
    ------
    InputError
        When there is one already, or the folder cannot be written to.
    """
    path = folder / NAMES
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(names_lines((s["id"], s["name"], False) for s in summary["segments"]))
    except FileExistsError:
        raise InputError(f"a run without {NAMES}", f"'{path}' is there already", "Edit that file.") from None
    except OSError as problem:
        found = f"'{folder}': {problem.strerror or problem}"
        raise InputError("a run folder that can be written to", found, "Allow writing there.") from None
    return path


def _merged(computed: list[str] | tuple[str, ...], own: Mapping[int, str]) -> list[str]:
    try:
        return merged_names(computed, own)
    except SettingsError as problem:
        raise SettingsError(problem.expected, f"{problem.found} in {NAMES}", problem.fix) from None
