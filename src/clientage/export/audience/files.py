"""Audience files: one for each segment and platform, the control group apart, and an account of all of it.

Receives a run, a folder and options; writes CSV files whose cells are hashes or ids, and `audience.json`. A list that
is too small for its platform is not written, and the account says so.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from clientage.data.writing import write_csv
from clientage.data.written import read_written_parquet
from clientage.errors import DataError, ModelError, SettingsError, counted
from clientage.export.audience.contacts import ASSUMED, ContactColumns, Contacts, read_contacts
from clientage.export.audience.people import ADDRESSED, CONTROL, People, Reach, people_of, people_with_contacts
from clientage.export.audience.phones import check_country
from clientage.export.audience.platforms import CRM, PLATFORMS, Platform, chosen_platforms, hashed
from clientage.export.placing import Writer, place_files
from clientage.runs.contents import json_bytes
from clientage.runs.run import Run

ACCOUNT, CONTROL_FILE = "audience.json", "control.csv"
LEAST_OF_CRM = 1
_OURS = re.compile(r"(google|meta|tiktok|crm)-\d+-[a-z0-9-]*\.csv|control\.csv")
Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can say; None: the default.

    Parameters
    ----------
    contacts : path, database URL or frame, optional
        The customer file; not needed for ids alone.
    platform : tuple of str
        Names in `PLATFORMS`, or ``crm``.
    columns : ContactColumns
        Of the customer file.
    country : str or None
        Of telephone numbers without calling code.
    least : int or None
        Customers below which no list is written. Default: the platform's own least.
    control : float
        Share of the control group.
    seed : int
        Of the control group.
    """

    contacts: Any
    platform: tuple[str, ...]
    columns: ContactColumns
    country: str | None
    least: int | None
    control: float
    seed: int


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


def write_audience(run: Run, folder: Path, **options: Any) -> tuple[Path, ...]:
    """Write the segments of a run as audiences.

    Parameters
    ----------
    run : Run
        With customer ids.
    folder : Path
        Made when absent; lists of an earlier export that are no longer made are removed.
    **options
        ``contacts, platform, id, email, phone, consent, country, least, control, seed``.

    Returns
    -------
    tuple of Path
        The lists, ``control.csv`` and ``audience.json``.

    Raises
    ------
    ColumnError
        When a column is missing, or nothing says who agreed to be addressed.
    DataError
        When no list is large enough; nothing is written.
    ModelError
        When the run's customers have no ids.
    SettingsError
        For an option that cannot be.
    """
    wanted = options_of(**options)
    people, contacts = _people(run, wanted)
    names = {s["id"]: s["name"] for s in run.summary()["segments"]}
    every = list(_lists(people, wanted, names))
    large = [one for one in every if one.customers >= one.least]
    if not large:
        _refuse(every, people)
    writers: dict[str, Writer] = {one.file: partial(write_csv, columns=one.columns) for one in large}
    writers[CONTROL_FILE] = partial(write_csv, columns=_control(people, names))
    account = _account(run, wanted, people, contacts, every)
    writers[ACCOUNT] = partial(_write, content=json_bytes(account))
    former = _former(folder)
    written = place_files(folder, writers)
    for name in former - set(writers):
        (folder / name).unlink(missing_ok=True)
    return written


def options_of(**given: Any) -> Options:
    """Return options, checked.

    Raises
    ------
    SettingsError
        For a value that cannot be.
    """
    platforms = chosen_platforms(given.get("platform") or ",".join([*PLATFORMS, CRM]))
    contacts = given.get("contacts")
    if contacts is None and set(platforms) != {CRM}:
        fix = "Give it, or ask for --platform crm, which takes ids alone."
        raise SettingsError("--contacts, the file with e-mail addresses or telephone numbers", "none", fix)
    least, control, seed = given.get("least"), given.get("control"), given.get("seed")
    return Options(
        contacts,
        platforms,
        ContactColumns(**{key: given.get(key) for key in ("id", "email", "phone", "consent")}),
        check_country(given.get("country")),
        None if least is None else int(_number("--least", least, 1, math.inf)),
        0.1 if control is None else _number("--control", control, 0.0, 0.9),
        0 if seed is None else int(_number("--seed", seed, 0, math.inf)),
    )


def tell_audience(paths: tuple[Path, ...]) -> str:
    """Return in a few lines who is in the files that `write_audience` wrote, and who is not, and why."""
    account = json.loads(next(p for p in paths if p.name == ACCOUNT).read_text(encoding="utf-8"))
    lines = [f"{count:,} {fate}" for fate, count in account["customers"].items() if count]
    lines += [f"{counted(count, 'cell')}: {reason}" for reason, count in account["cells_left_out"].items()]
    lines += [f"No list for {s['platform']}, '{s['segment']}': {s['reason']}" for s in account["not_written"]]
    return "\n".join(lines)


def _people(run: Run, wanted: Options) -> tuple[People, Contacts | None]:
    assigned = read_written_parquet(run.read("assignments.parquet"))
    ids, segments = assigned["id"], assigned["segment_id"].astype(np.int64)
    roles = run.model().roles[0]
    id_name = roles.only("customer" if roles.kind == "transactions" else "id")
    if id_name is None:
        found = "its customers were numbered, because the data had no id"
        raise ModelError("a run whose customers have ids", found, "Run the study again with --id COLUMN.")
    if wanted.contacts is None:
        return people_of(ids, segments, wanted.control, wanted.seed), None
    contacts = read_contacts(wanted.contacts, wanted.columns, id_name)
    control = (wanted.control, wanted.seed)
    return people_with_contacts(ids, segments, contacts, wanted.country, control), contacts


def _lists(people: People, wanted: Options, names: Mapping[int, str]) -> Iterator[AudienceList]:
    addressed = people.fates == ADDRESSED
    for name in wanted.platform:
        for segment, title in names.items():
            members = np.flatnonzero(addressed & (people.segments == segment))
            if name == CRM:
                columns: Columns = {"customer_id": people.ids[members].tolist()}
                columns |= {"segment_id": [segment] * len(members), "segment_name": [title] * len(members)}
                yield AudienceList(name, segment, title, len(members), columns, wanted.least or LEAST_OF_CRM)
                continue
            platform = PLATFORMS[name]
            lines = _lines([people.reach[m] for m in members.tolist()], platform)
            columns = {platform.email: [a for a, _ in lines], platform.phone: [b for _, b in lines]}
            columns = {header: cells for header, cells in columns.items() if any(cells)}
            yield AudienceList(name, segment, title, len(members), columns, wanted.least or platform.least)


def _lines(members: list[Reach], platform: Platform) -> list[tuple[str | None, str | None]]:
    """Customers' addresses and numbers, hashed, side by side, each line once; two addresses are two lines.

    They are sorted by their hashes, so that a file does not tell the order of the customers.
    """
    lines: set[tuple[str | None, str | None]] = set()
    for reach in members:
        emails = [hashed(platform.address(e)) for e in reach.emails]
        phones = [hashed(platform.number(p)) for p in reach.phones]
        lines.update(zip_longest(emails, phones))
    return sorted(lines, key=lambda line: (line[0] or "", line[1] or ""))


def _control(people: People, names: Mapping[int, str]) -> Columns:
    kept = np.flatnonzero(people.fates == CONTROL)
    segments = people.segments[kept].tolist()
    return {
        "customer_id": people.ids[kept].tolist(),
        "segment_id": segments,
        "segment_name": [names[s] for s in segments],
    }


def _account(
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


def _refuse(every: list[AudienceList], people: People) -> None:
    largest = max(every, key=lambda one: one.customers / one.least)
    left_out = "; ".join(f"{n:,} {fate}" for fate, n in people.counts().items() if n and fate != ADDRESSED)
    raise DataError(
        f"a segment with at least {largest.least:,} customers to address for {largest.platform}",
        f"{largest.customers:,} in the largest. Of the others: {left_out or 'nobody'}",
        "Nothing was written. Look at consent and contacts, or give another --least.",
    )


def _former(folder: Path) -> set[str]:
    """Lists that an earlier export wrote here: left behind, they would be taken for lists of this one."""
    if not (folder / ACCOUNT).is_file():
        return set()
    return {path.name for path in folder.iterdir() if _OURS.fullmatch(path.name)}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _number(name: str, value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        most = "" if high == math.inf else f" and at most {high:g}"
        raise SettingsError(f"{name} of at least {low:g}{most}", f"'{value}'", "Correct the value.")
    return number
