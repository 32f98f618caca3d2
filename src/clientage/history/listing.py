"""What runs a folder holds, damaged ones included.

Receives a folder; returns one entry for each run in it. Nothing is listed that was not verified: a run that is not
as it was written is listed as damaged, with what is wrong, so that nobody misses it and nobody trusts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clientage.checks.verdict import headline_of
from clientage.errors import ClientageError, ModelError
from clientage.runs.manifest import NAME as MANIFEST
from clientage.runs.run import Run, open_run
from clientage.runs.store import RUN_ID

# files that only a run has: a folder that lost its manifest is still recognised by the others
MARKS = (MANIFEST, "summary.json", "model/model.json")
_STAMP = re.compile(r"^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One line of a list of runs.

    Parameters
    ----------
    id : str
        Name of the run's folder, which is what commands take.
    path : str
        Where it lies: a folder, or an address of a tracking server.
    made : str or None
        UTC, ISO 8601; of a damaged run what its name says.
    source : str or None
        Name of the main input.
    fingerprint : str or None
        SHA-256 of the main input.
    n : int or None
        Customers.
    k : int or None
        Segments.
    algorithm : str or None
        How the segments were found.
    verdict : str or None
        ``natural``, ``reproducible`` or ``constructive``.
    headline : str or None
        The same in a few words, as the report says it.
    silhouette, null_silhouette : float or None
        Of the run, and the mean on simulated data without groups at the same number of segments.
    stability : float or None
        Mean adjusted Rand index between bootstrap solutions.
    seed : int or None
        Of all random choices.
    damage : str or None
        What is wrong; None: sealed, every file as it was written.
    """

    id: str
    path: str
    made: str | None = None
    source: str | None = None
    fingerprint: str | None = None
    n: int | None = None
    k: int | None = None
    algorithm: str | None = None
    verdict: str | None = None
    headline: str | None = None
    silhouette: float | None = None
    null_silhouette: float | None = None
    stability: float | None = None
    seed: int | None = None
    damage: str | None = None

    @property
    def sealed(self) -> bool:
        """Whether every file is as it was written."""
        return self.damage is None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return asdict(self)


def list_runs(folder: str | Path, *, verify: bool = False) -> tuple[RunEntry, ...]:
    """Return every run in a folder, the newest first; a run's own folder is a list of one.

    Parameters
    ----------
    folder : str or Path
        As given to ``clientage run --out``. A folder that is absent holds no runs.
    verify : bool
        True: the SHA-256 of every file is computed, about a second for each GB. Default: of `summary.json`, and of the
        other files the size.

    Examples
    --------
    >>> list_runs("no-such-folder")
    ()
    """
    home = Path(folder)
    if (home / MANIFEST).is_file():
        return (_entry_at(home, verify),)
    if not home.is_dir():
        return ()
    places = (p for p in home.iterdir() if RUN_ID.match(p.name) and any((p / name).is_file() for name in MARKS))
    return newest_first(_entry_at(place, verify) for place in places)


def newest_first(entries: Iterable[RunEntry]) -> tuple[RunEntry, ...]:
    """Return entries by when they were made, then by name, the newest first."""
    return tuple(sorted(entries, key=lambda e: (e.made or "", len(e.id), e.id), reverse=True))


def entry_of(run: Run) -> RunEntry:
    """Return the entry of an opened run.

    Raises
    ------
    ClientageError
        When its summary is not as it was written.
    """
    summary = run.summary()
    return RunEntry(
        id=run.path.resolve().name,
        path=str(run.path),
        made=run.manifest.get("created"),
        fingerprint=summary["inputs"][0]["sha256"],
        **facts_of(summary),
    )


def facts_of(summary: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry that a `summary.json` holds."""
    return {
        "source": summary["input"],
        "n": summary["n_customers"],
        "k": summary["n_segments"],
        "algorithm": summary["algorithm"],
        "verdict": summary["verdict"],
        "headline": headline_of(summary),
        "silhouette": summary["silhouette"],
        "null_silhouette": summary.get("null_silhouette_at_k"),  # absent from the first runs
        "stability": summary["stability"],
        "seed": summary["seed"],
    }


def damage_of(run: Run, *, verify: bool = True) -> str | None:
    """Return what is wrong with the files of a run, None when they are as they were written.

    Parameters
    ----------
    run : Run
        Opened, so that its manifest is whole.
    verify : bool
        False: sizes only.
    """
    for name, listed in run.manifest["files"].items():
        try:
            if verify:
                run.read(name)
            elif (run.path / name).stat().st_size != listed["bytes"]:
                return f"'{name}' is not as long as when it was written"
        except OSError:
            return f"'{name}' is missing"
        except ModelError:
            return f"'{name}' is not as it was written"
    return None


def _entry_at(path: Path, verify: bool) -> RunEntry:
    damage: str | None
    try:
        if not (path / MANIFEST).is_file():
            raise ModelError(f"a {MANIFEST}", f"its {MANIFEST} is missing", "Restore the run from a copy.")
        run = open_run(path)
        damage = damage_of(run, verify=verify)
        if damage is None:
            return entry_of(run)
    except ClientageError as problem:
        damage = problem.found
    except (KeyError, TypeError, ValueError):  # sealed, and by a version whose summary had other keys
        damage = "its summary was written by another version of clientage"
    name = path.resolve().name
    stamp = _STAMP.match(name)
    made = "{}-{}-{}T{}:{}:{}Z".format(*stamp.groups()) if stamp else None
    return RunEntry(id=name, path=str(path), made=made, damage=damage)
