"""A person's own names in a run: `names.toml` beside the files of the manifest, free to change.

Receives a run's folder, summary or model; returns them with the names a person gave. The files that the manifest
seals keep the computed names.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clientage.errors import InputError, SettingsError
from clientage.runs.model import SavedModel
from clientage.segments.own_names import apply_names, merged_names, names_lines, read_names, retold
from clientage.study import StudyRecord

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


def named_record(record: StudyRecord, own: Mapping[int, str]) -> StudyRecord:
    """Return a study whose segments and findings bear a person's own names.

    Raises
    ------
    SettingsError
        As `named_summary`.
    """
    if not own:
        return record
    profiles = apply_names(record.profiles, own)
    before, after = [[s.name for s in p.segments] for p in (record.profiles, profiles)]
    findings = tuple(replace(f, text=retold(f.text, before, after)) for f in record.findings)
    return replace(record, profiles=profiles, findings=findings)


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


def keep_names(folder: Path, summary: Mapping[str, Any], own: Mapping[int, str]) -> None:
    """Write a person's own names into `names.toml`, in place of those that were there.

    Parameters
    ----------
    folder : Path
        The run directory.
    summary : mapping
        Its summary; computed names stay in the file as comments.
    own : mapping of segment id to name
        Segments left out bear their computed name again.

    Raises
    ------
    SettingsError
        As `named_summary`.
    InputError
        When the folder cannot be written to; the names are then as before.
    """
    computed = [s["computed_name"] for s in summary["segments"]]
    names = merged_names(computed, own)
    lines = names_lines((i, name, i in own) for i, name in enumerate(names, 1))
    path, part = folder / NAMES, folder / f".{NAMES}.{os.getpid()}.{threading.get_ident()}.part"
    try:
        part.write_text(lines, encoding="utf-8")
        part.replace(path)
    except OSError as problem:
        found = f"'{folder}': {problem.strerror or problem}"
        raise InputError("a run folder that can be written to", found, "Allow writing there.") from None
    finally:
        part.unlink(missing_ok=True)


def _merged(computed: list[str] | tuple[str, ...], own: Mapping[int, str]) -> list[str]:
    try:
        return merged_names(computed, own)
    except SettingsError as problem:
        raise SettingsError(problem.expected, f"{problem.found} in {NAMES}", problem.fix) from None
