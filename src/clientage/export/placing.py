"""Placing exported files: all of them, each whole, where files of an earlier export may lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from clientage.errors import InputError
from clientage.runs.store import Content, put


def place_files(folder: Path, contents: Mapping[str, Content]) -> tuple[Path, ...]:
    """Write files into a folder: first all beside their places, then each into its place.

    Parameters
    ----------
    folder : Path
        Made when absent. Other files in it are left alone.
    contents : mapping of file name to bytes or callable
        A callable receives the path to write to.

    Returns
    -------
    tuple of Path
        The files, in the order of `contents`.

    Raises
    ------
    InputError
        When the folder cannot be written to; files of an earlier export are then as they were.
    """
    parts = {name: folder / f".{name}.{os.getpid()}.part" for name in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            put(parts[name], content)
        return tuple(part.replace(folder / name) for name, part in parts.items())
    except OSError as problem:
        raise InputError(
            "a folder with room that can be written to",
            f"'{folder}': {problem.strerror or problem}",
            "Give another folder with -o.",
        ) from None
    finally:
        if folder.is_dir():
            for part in parts.values():
                part.unlink(missing_ok=True)
