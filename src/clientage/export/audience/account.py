"""The account of an audience export: what was written, what was left out, and why; no name, address or id in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientage.errors import counted
from clientage.export.audience.contacts import ASSUMED, Contacts
from clientage.export.audience.options import Options
from clientage.export.audience.people import People
from clientage.export.audience.platforms import PLATFORMS
from clientage.runs.run import Run

ACCOUNT, CONTROL_FILE = "audience.json", "control.csv"


@dataclass(frozen=True, slots=True)
class AudienceList:
    """One file that could be written.

    Parameters
    ----------
    platform : str
        Name.
    segment_id, segment : int, str
        Whose customers.
    customers : int
        Who are in it.
    columns : mapping of str to list
        Of the file.
    least : int
        Below which it is not written.
    """

    platform: str
    segment_id: int
    segment: str
    customers: int
    columns: Mapping[str, list[Any]]
    least: int

    @property
    def file(self) -> str:
        """Its name: platform, segment id, and the segment's name in letters that every system takes."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.segment.lower()).strip("-")[:40].strip("-")
        return f"{self.platform}-{self.segment_id}-{slug or 'segment'}.csv"


def account_of(
    run: Run, wanted: Options, people: People, contacts: Contacts | None, every: list[AudienceList]
) -> dict[str, Any]:
    """What was written, what was left out, and why; without a name, an address or an id."""
    return {
        "format_version": 1,
        "run": run.path.resolve().name,
        "contacts": None if contacts is None else dict(contacts.columns),
        "consent": _consent_of(wanted, contacts),
        "country": wanted.country,
        "control": {"share": wanted.control, "seed": wanted.seed, "file": CONTROL_FILE},
        "customers": people.counts(),
        "cells_left_out": dict(people.refused),
        "written": [_written(one) for one in every if one.customers >= one.least],
        "not_written": [
            {
                "platform": one.platform,
                "segment_id": one.segment_id,
                "segment": one.segment,
                "customers": one.customers,
                "reason": f"{counted(one.customers, 'customer')}, fewer than {one.least:,}",
            }
            for one in every
            if one.customers < one.least
        ],
        "rules": {name: PLATFORMS[name].source for name in wanted.platform if name in PLATFORMS},
    }


def _consent_of(wanted: Options, contacts: Contacts | None) -> str:
    if contacts is None:
        return "not asked: ids alone"
    return "assumed for everybody in the file" if wanted.columns.consent == ASSUMED else "an explicit yes in the column"


def _written(one: AudienceList) -> dict[str, Any]:
    filled = {header: sum(1 for cell in cells if cell) for header, cells in one.columns.items()}
    lines = len(next(iter(one.columns.values())))
    place = {"file": one.file, "platform": one.platform, "segment_id": one.segment_id, "segment": one.segment}
    return {**place, "customers": one.customers, "lines": lines, "filled": filled}


def tell_audience(paths: tuple[Path, ...]) -> str:
    """Return in a few lines who is in the files that `write_audience` wrote, and who is not, and why."""
    account = json.loads(next(p for p in paths if p.name == ACCOUNT).read_text(encoding="utf-8"))
    lines = [f"{count:,} {fate}" for fate, count in account["customers"].items() if count]
    lines += [f"{counted(count, 'cell')}: {reason}" for reason, count in account["cells_left_out"].items()]
    lines += [f"No list for {s['platform']}, '{s['segment']}': {s['reason']}" for s in account["not_written"]]
    return "\n".join(lines)
