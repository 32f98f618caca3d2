"""Placing exported files: all of them, each whole, where files of an earlier export may lie."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from clientage.errors import InputError

Writer = Callable[[Path], None]


def place_files(folder: Path, writers: Mapping[str, Writer]) -> tuple[Path, ...]:
    """Write files into a folder: first all beside their places, then each into its place.

    Parameters
    ----------
    folder : Path
        Made when absent. Other files in it are left alone.
    writers : mapping of file name to callable
        Each receives the path to write to.

    Returns
    -------
    tuple of Path
        The files, in the order of `writers`.

    Raises
    ------
    InputError
        When the folder cannot be written to; files of an earlier export are then as they were.
    """
    parts = {name: folder / f".{name}.{os.getpid()}.part" for name in writers}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            write(parts[name])
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
