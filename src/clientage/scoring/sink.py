"""Where scored customers go: a CSV or Parquet file that appears whole, or standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from clientage.data.writing import write_csv, write_parquet
from clientage.errors import InputError
from clientage.runs.assignments import Assignments

WRITERS = {".csv": write_csv, ".parquet": write_parquet}


def write_assignments(assignments: Assignments, out: str) -> None:
    """Write assignments to a file by its ending, or as CSV to standard output.

    Parameters
    ----------
    assignments : Assignments
        Scored customers.
    out : str
        A path ending in .csv or .parquet, or ``-``.

    Raises
    ------
    InputError
        For another ending, or when the file cannot be written.
    """
    if out == "-":
        write_csv(sys.stdout.buffer, assignments.frame())
        return
    path = Path(out)
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError("an output file that ends in .csv or .parquet", f"'{out}'", "Give it one of these endings.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part, assignments.frame())
        part.replace(path)
    except OSError as problem:
        raise InputError(
            "an output file that can be written",
            f"'{out}': {problem.strerror or problem}",
            "Nothing was kept. Make its folder first, or name another one.",
        ) from None
    finally:
        part.unlink(missing_ok=True)
