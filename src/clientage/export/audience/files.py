"""Audience files: one for each segment and platform, the control group apart, and an account of all of it.

Receives a run, a folder and options; writes CSV files whose cells are hashes or ids, and `audience.json`. A list that
is too small for its platform is not written, and the account says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from clientage.data.writing import write_csv
from clientage.data.written import read_written_parquet
from clientage.errors import DataError, ModelError
from clientage.export.audience.account import ACCOUNT, CONTROL_FILE, AudienceList, account_of
from clientage.export.audience.contacts import Contacts, read_contacts
from clientage.export.audience.options import Options, options_of
from clientage.export.audience.people import ADDRESSED, CONTROL, People, Reach, people_of, people_with_contacts
from clientage.export.audience.platforms import CRM, PLATFORMS, Platform, hashed
from clientage.export.placing import place_files
from clientage.runs.contents import json_bytes
from clientage.runs.run import Run
from clientage.runs.store import Content

LEAST_OF_CRM = 1
_OURS = re.compile(r"(google|meta|tiktok|crm)-\d+-[a-z0-9-]*\.csv|control\.csv")
Columns = dict[str, list[Any]]


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
    contents: dict[str, Content] = {one.file: partial(write_csv, columns=one.columns) for one in large}
    contents[CONTROL_FILE] = partial(write_csv, columns=_control(people, names))
    account = account_of(run, wanted, people, contacts, every)
    contents[ACCOUNT] = json_bytes(account)
    former = _former(folder)
    written = place_files(folder, contents)
    for name in former - set(contents):
        (folder / name).unlink(missing_ok=True)
    return written


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
