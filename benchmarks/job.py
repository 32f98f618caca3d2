"""The whole job side by side, each as a process of its own: the mere read, this product, the usual script.

    python benchmarks/job.py                                  10³ to 10⁶ customers, eight clean numeric columns
    python benchmarks/job.py --rows 1000000 --format parquet
    python benchmarks/job.py --rows 1000000 --shop            the simulated shop: 19 columns, with its dirt

Printed: a Markdown table of seconds, memory and ratios, and whether the planted number of groups came back. A script
that would take more than `--longest` seconds, judged by its last size, is left out: with `--longest 0` always.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine import machine
from processes import Account, fastest, run

HERE = Path(__file__).parent
PLANTED = 5  # groups of the clean tables; the shop has seven
WRITE_SHOP = "from clientage.data.samples import write_shop; write_shop({0!r}, {1}, format={2!r}, transactions=False)"
WRITE_CLEAN = (
    "import sys; sys.path.insert(0, {3!r}); from job_tables import write_clean; write_clean({0!r}, {1}, {2!r})"
)
READ = {
    "csv": {
        "pyarrow": "import pyarrow.csv as c; t = c.read_csv({0!r}); print(t.num_rows)",
        "DuckDB": "import duckdb; print(len(duckdb.sql('from read_csv(\"' + {0!r} + '\")').arrow().read_all()))",
    },
    "parquet": {
        "pyarrow": "import pyarrow.parquet as p; t = p.read_table({0!r}); print(t.num_rows)",
        "DuckDB": "import duckdb; print(len(duckdb.sql('from \"' + {0!r} + '\"').arrow().read_all()))",
    },
}


@dataclass(frozen=True, slots=True)
class Job:
    """One file and what each way of working took on it.

    Parameters
    ----------
    name : str
    rows : int
    megabytes : float
        Of the file.
    read : dict of str to Account
        Mere reads, by library.
    ours : Account
    script : Account or None
        None when it was left out.
    """

    name: str
    rows: int
    megabytes: float
    read: dict[str, Account]
    ours: Account
    script: Account | None


def python(code: str) -> list[str]:
    """Return the command that runs a line of Python."""
    return [sys.executable, "-c", code]


def measure(file: Path, rows: int, folder: Path, with_script: bool, repeat: int) -> Job:
    """Read the file, run the product and, if wanted, the usual script on it."""
    reads = {n: fastest(python(c.format(str(file))), folder, repeat) for n, c in READ[file.suffix[1:]].items()}
    command = [sys.executable, "-m", "clientage", "run", str(file), "--out", str(folder / "runs"), "--json"]
    ours = fastest(command, folder, repeat)
    usual = [sys.executable, str(HERE / "usual_script.py"), str(file), str(folder / "usual")]
    script = run(usual, folder) if with_script else None
    name = f"{file.stem}, {file.suffix[1:]}"
    print(f"{name}, {rows:,} rows: {ours.wall:.1f} s", file=sys.stderr, flush=True)
    return Job(name, rows, file.stat().st_size / 1e6, reads, ours, script)


def line(job: Job) -> str:
    """Return one line of the table."""
    read = min(job.read.values(), key=lambda a: a.wall)
    found = json.loads(job.ours.said)
    cells = [
        job.name,
        f"{job.rows:,}",
        f"{job.megabytes:.1f}",
        ", ".join(f"{n} {a.wall:.2f}" for n, a in job.read.items()),
        f"{job.ours.wall:.2f}",
        f"{job.ours.cpu:.2f}",
        f"{job.ours.memory:.0f}",
        f"{job.ours.wall / read.wall:.1f}",
        f"{found['n_segments']}, {found['verdict']}",
    ]
    if job.script is None:
        return "| " + " | ".join([*cells, "left out", "", "", "", ""]) + " |"
    s = job.script
    ratios = [f"{s.wall / job.ours.wall:.1f}", f"{s.cpu / job.ours.cpu:.1f}"]
    return "| " + " | ".join([*cells, f"{s.wall:.1f}", *ratios, f"{s.memory:.0f}", str(json.loads(s.said)["k"])]) + " |"


HEADER = (
    "| file | rows | MB | mere read, s | ours: wall s | CPU s | MB | wall ÷ fastest read | segments, verdict "
    "| usual script: wall s | ÷ ours | CPU ÷ ours | MB | its k |\n|---|" + "---:|" * 13
)


def jobs(rows: list[int], form: str, shop: bool, longest: float, repeat: int) -> list[Job]:
    """Measure every size, the smallest first."""
    done: list[Job] = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        for n in sorted(rows):
            code = WRITE_SHOP if shop else WRITE_CLEAN
            run(python(code.format(home, n, form, str(HERE))), folder)
            file = folder / f"{'customers' if shop else 'clean'}.{form}"
            done.append(measure(file, n, folder, _affordable(done, n, longest), repeat if n <= 10**6 else 1))
    return done


def _affordable(done: list[Job], rows: int, longest: float) -> bool:
    """Whether the usual script is likely to end in time: it grows with the rows."""
    if not done:
        return longest > 0
    last = done[-1]
    return last.script is not None and last.script.wall * rows / last.rows <= longest


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--format", choices=list(READ), default="csv")
    parser.add_argument("--shop", action="store_true")
    parser.add_argument("--longest", type=float, default=600.0, help="seconds that the usual script may take")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    asked = parser.parse_args()
    done = jobs(asked.rows, asked.format, asked.shop, asked.longest, asked.repeat)
    truth = "the simulated shop, seven planted groups" if asked.shop else f"{PLANTED} planted groups"
    print("\n".join([f"{machine()}; {truth}", "", HEADER, *map(line, done)]))
    if asked.json:
        asked.json.write_text(json.dumps([as_json(job) for job in done], indent=1))


def as_json(job: Job) -> dict[str, object]:
    """Return the figures of a job, for the picture and for later."""
    read = min(job.read.values(), key=lambda a: a.wall)
    figures: dict[str, object] = {"rows": job.rows, "read": read.wall, "ours": job.ours.wall, "ours_cpu": job.ours.cpu}
    return figures | {"memory": job.ours.memory, "script": job.script.wall if job.script else None}


if __name__ == "__main__":
    main()
