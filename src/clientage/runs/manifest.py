"""The manifest: what a run directory holds, with a hash for each file and one for itself.

Nothing of a run is parsed before its bytes have been checked against this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clientage.errors import ModelError

FORMAT_VERSION = 1
NAME = "manifest.json"
FileEntry = dict[str, int | str]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_entry(path: Path) -> FileEntry:
    """Return what a manifest says of a file: its size in bytes and its SHA-256."""
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


def manifest_bytes(facts: Mapping[str, Any], files: Mapping[str, FileEntry]) -> bytes:
    """Return a manifest that lists files and seals itself.

    Parameters
    ----------
    facts : mapping
        JSON-ready facts about the run: versions, fingerprint, seed, time.
    files : mapping of str to file entry
        Path within the run, with forward slashes -> `file_entry` of it.
    """
    listed = {name: files[name] for name in sorted(files)}
    body = {"format_version": FORMAT_VERSION, **facts, "files": listed}
    return _dump({**body, "seal": _seal(body)})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and verify the manifest of a run directory; the files themselves are not read.

    Raises
    ------
    ModelError
        When it is missing, damaged, or of a newer format.
    """
    path = folder / NAME
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise ModelError(
            "a run directory made by clientage, with a manifest.json",
            f"'{folder}': {problem.strerror or problem}",
            "Give the folder that `clientage run` printed.",
        ) from None
    try:
        manifest = json.loads(raw)
        body = {k: v for k, v in manifest.items() if k != "seal"}
        whole = manifest["seal"] == _seal(body) and raw == _dump(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise _damaged(path, "its content does not match its own seal")
    if manifest["format_version"] > FORMAT_VERSION:
        raise ModelError(
            f"a run of format {FORMAT_VERSION} or older",
            f"'{folder}' has format {manifest['format_version']}",
            "Update clientage to open it.",
        )
    return dict(manifest)


def verified_bytes(folder: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    """Return the bytes of one file of a run after checking them against the manifest.

    Raises
    ------
    ModelError
        When the file is missing or not as it was written.
    """
    path = folder / name
    entry = manifest["files"].get(name)
    if entry is None:
        raise ModelError(f"a run that holds '{name}'", f"'{folder}' does not list it", "Run the study again.")
    try:
        if path.stat().st_size != entry["bytes"]:
            raise _damaged(path, f"{path.stat().st_size} bytes instead of {entry['bytes']}")
        raw = path.read_bytes()
    except OSError as problem:
        raise _damaged(path, str(problem.strerror or problem)) from None
    if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
        raise _damaged(path, "its SHA-256 differs from the manifest's")
    return raw


def _damaged(path: Path, how: str) -> ModelError:
    return ModelError(
        "a file exactly as clientage wrote it",
        f"'{path.name}' of the run '{path.parent}': {how}",
        "Restore the run from a copy, or make it again with `clientage run`.",
    )


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dump(body)).hexdigest()


def _dump(tree: Mapping[str, Any]) -> bytes:
    return json.dumps(tree, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"
