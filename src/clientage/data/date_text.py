"""Dates as people write them: 2024-03-01, 01/03/2024, 3/1/24 8:26 PM, 1. März 2024.

Receives the distinct texts of one column; returns their values and, where the texts alone do not settle
what they mean, which doubt there is. No date is ever guessed: 03/04/2024 stays in doubt until another
value of the column, or the person, settles the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.quality import Note
from clientage.data.text_bytes import lengths, may_be_dates

Doubt = Literal["ambiguous-date", "mixed-dates", "impossible-date"]
NAT = np.datetime64("NaT", "us")
MOST_BAD = 0.05
LOOKED_AT = 4_096  # cells that are looked at before a column is read as dates from its beginning
PIVOT = 69  # two-digit years from here on are of the 1900s, as POSIX has it

_CLOCK = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<half>[AaPp]\.?[Mm]\.?)?\s?(?P<zone>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?)?$"
)
_YEAR_FIRST = r"^(?P<year>\d{4})(?P<mark>[-/.])(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})" + _CLOCK
_YEAR_LAST = r"^(?P<a>\d{1,2})(?P<mark>[-/.])\s?(?P<b>\d{1,2})[-/.]\s?(?P<year>\d{4}|\d{2})" + _CLOCK
_WORD = r"(?P<word>\pL{3,10})\.?"
_WEEKDAY = r"^(?:\pL{2,9}\.?, )?"
_SHORT_OR_LONG = r"(?P<year>\d{4}|\d{2})"
_DAY_WORD = (
    _WEEKDAY + r"(?P<a>\d{1,2})(?:\.|st|nd|rd|th)?(?P<mark>[-/. ]) ?" + _WORD + ",?[-/. ]?" + _SHORT_OR_LONG + _CLOCK
)
_WORD_DAY = _WEEKDAY + _WORD + r"(?P<mark>[-/. ])(?P<a>\d{1,2})(?:st|nd|rd|th)?,?[-/. ] ?" + _SHORT_OR_LONG + _CLOCK

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5,
    "mei": 5, "mag": 5, "jun": 6, "giu": 6, "jui": 7, "jul": 7, "lug": 7, "aug": 8, "aoû": 8, "ago": 8, "sep": 9,
    "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
    "ene": 1, "gen": 1, "fév": 2, "fev": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateReading:
    """How the distinct texts of a column read as dates.

    Parameters
    ----------
    values : ndarray of shape (u,)
        datetime64[us], NaT where the text is no date or in doubt.
    good : ndarray of shape (u,)
        Whether the text is a date.
    form : str
        ``ymd``, ``dmy``, ``mdy``, ``words`` or the given format.
    doubt : str or None
        Why the column cannot be read as dates yet: a code of `Note`.
    doubtful : ndarray of shape (u,)
        The texts behind the doubt.
    zoned, short_years : int
        Texts with a time zone, and with two-digit years.
    zone : str
        The zone that zoned times were turned into.
    """

    values: np.ndarray
    good: np.ndarray
    form: str
    doubt: Doubt | None = None
    doubtful: np.ndarray | None = None
    zoned: int = 0
    short_years: int = 0
    zone: str = "UTC"


def read_dates(
    texts: pa.Array, counts: np.ndarray, date_format: str | None = None, zone: str = "UTC"
) -> DateReading | None:
    """Return how texts read as dates, or None when they are none.

    Parameters
    ----------
    texts : pyarrow string array of length u
        Distinct, without outer space and without what means "missing".
    counts : ndarray of shape (u,)
        Cells with each.
    date_format : str, optional
        A `strptime` format that settles everything, tried first.
    zone : str
        Zoned times are turned into this zone; those without a zone are taken as being in it.

    Examples
    --------
    >>> read_dates(pa.array(["13/04/2024", "01/02/2024"]), np.array([1, 1])).form
    'dmy'
    >>> read_dates(pa.array(["03/04/2024"]), np.array([1])).doubt
    'ambiguous-date'
    >>> read_dates(pa.array(["red", "blue"]), np.array([1, 1])) is None
    True
    """
    if not _may_be_dates(texts, date_format):
        return None
    if date_format is not None and (given := _by_format(texts, counts, date_format)) is not None:
        return given
    found = [(form, parts) for form, pattern in _FORMS if (parts := _parts(texts, pattern)) is not None]
    shaped = np.zeros(len(texts), dtype=bool)
    for _, parts in found:
        shaped |= parts["shaped"]
    if counts[~shaped].sum() > _tolerated(int(counts.sum())):
        return None
    return _settled(found, shaped, zone)


_FORMS = (("ymd", _YEAR_FIRST), ("dm", _YEAR_LAST), ("words", _DAY_WORD), ("words", _WORD_DAY))


def _tolerated(present: int) -> int:
    return max(int(MOST_BAD * present), 1 if present >= 8 else 0)


def _may_be_dates(texts: pa.Array, date_format: str | None) -> bool:
    if len(texts) == 0:
        return False
    step = max(1, len(texts) // 500)
    sample = [t.as_py() for t in texts[::step]]
    if date_format is not None:
        return True
    likely = sum(6 <= len(t) <= 45 and sum(c.isdigit() for c in t) >= 3 for t in sample)
    return bool(likely >= 0.5 * len(sample))


def soon_no_dates(
    blocks: Iterable[tuple[int, pa.Array]], counts: np.ndarray, missing: np.ndarray, date_format: str | None = None
) -> bool:
    """Say whether the first texts of a column settle that `read_dates` would find no dates in it.

    They do when more of them have no shape of a date than a column of dates may have altogether. Ids are not walked
    through to their end then, nor put together; texts that do look like dates are given up soon, for `read_dates`.

    Parameters
    ----------
    blocks : iterable of (int, pyarrow string array)
        The distinct texts of the column in order, each block with the place of its first text.
    counts, missing : ndarray of shape (u,)
        Cells with each text, and whether it means "missing".
    date_format : str, optional
        As for `read_dates`.

    Examples
    --------
    >>> few = pa.array(["C-1001", "C-1002", "2024-01-01"])
    >>> soon_no_dates([(0, few)], np.array([1, 1, 1]), np.zeros(3, dtype=bool))
    True
    >>> soon_no_dates([(0, few)], np.array([1, 1, 98]), np.zeros(3, dtype=bool))
    False
    """
    most = _tolerated(int(counts.sum()) - int(counts[missing].sum()))
    seen = strange = unlike = 0
    for low, block in blocks:
        cells = np.where(missing[low : low + len(block)], 0, counts[low : low + len(block)])
        seen += int(cells.sum())
        strange += int(cells[~_shaped(block)].sum())
        unlike += 0 if date_format is None else int(cells[np.isnat(_by_given(block, date_format))].sum())
        if strange > most and (date_format is None or unlike > most):
            return True
        if seen > 2 * most + LOOKED_AT:
            return False
    return False


def _shaped(texts: pa.Array) -> np.ndarray:
    """Whether each text has one of the shapes of a date."""
    return _matching(texts, *(pattern for _, pattern in _FORMS))


def _matching(texts: pa.Array, *patterns: str) -> np.ndarray:
    """Which texts match one of some patterns of dates; those that their bytes rule out are not tried."""
    found = np.zeros(len(texts), dtype=bool)
    likely = np.flatnonzero(may_be_dates(texts))
    for pattern in patterns:
        if len(likely):
            matching = few_texts.matching(few_texts.taken(texts, likely), pattern)
            found[likely[matching]], likely = True, likely[~matching]
    return found


def _by_format(texts: pa.Array, counts: np.ndarray, date_format: str) -> DateReading | None:
    values = _by_given(texts, date_format)
    good = ~np.isnat(values)
    if counts[~good].sum() > _tolerated(int(counts.sum())):
        return None
    return DateReading(values, good, date_format)


def _by_given(texts: pa.Array, date_format: str) -> np.ndarray:
    values = np.full(len(texts), NAT)
    for i, text in enumerate(texts.to_pylist()):
        try:
            moment = datetime.strptime(text, date_format)
        except ValueError:
            continue
        values[i] = np.datetime64(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment, "us")
    return values


def _parts(texts: pa.Array, pattern: str) -> dict[str, Any] | None:
    """The named parts of the texts that have this shape, or None when none has."""
    shaped = _matching(texts, pattern)
    if not shaped.any():
        return None
    _, fields = few_texts.extracted(few_texts.kept(texts, shaped), pattern)
    out: dict[str, Any] = {"shaped": shaped, **fields}
    for name in ("year", "a", "b", "hour", "minute", "second"):
        if name in fields:
            out[name] = few_texts.as_counts(fields[name])
    out["short"] = lengths(fields["year"]) == 2
    years = out["year"]
    out["year"] = np.where(out["short"], np.where(years >= PIVOT, 1900, 2000) + years, years)
    return out


def _settled(found: list[tuple[str, dict[str, Any]]], shaped: np.ndarray, zone: str) -> DateReading:
    forms = {form for form, _ in found}
    values = np.full(len(shaped), NAT)
    real = np.zeros(len(shaped), dtype=bool)
    doubt: Doubt | None = None
    doubtful = np.zeros(len(shaped), dtype=bool)
    zoned = short = 0
    form = "ymd" if "ymd" in forms else "words"
    for kind, parts in found:
        here = np.flatnonzero(parts["shaped"] & ~real)
        inside = np.isin(np.flatnonzero(parts["shaped"]), here)
        day, month = _day_month(kind, parts)
        if kind == "dm":
            form, order_doubt = _order(parts["a"], parts["b"])
            if order_doubt is not None:
                doubt, doubtful = order_doubt, parts["shaped"]
                continue
            if form == "mdy":
                day, month = month, day
        moments, possible = _moments(parts["year"], month, day, parts)
        values[here] = moments[inside]
        real[here] = possible[inside]
        if not possible.all() and doubt is None:
            doubt = "impossible-date"
            doubtful[here[~possible[inside]]] = True
        zoned += sum(z != "" for z in parts["zone"].to_pylist())
        short += int(parts["short"].sum())
    if len(forms) > 1 and forms != {"words"}:
        doubt, doubtful = "mixed-dates", found[-1][1]["shaped"]
    if zoned and doubt is None:
        values = _in_zone(values, found, zone)
    good = shaped & real if doubt is None else np.zeros(len(shaped), dtype=bool)
    values[~good] = NAT
    return DateReading(values, good, form, doubt, doubtful, zoned, short, zone)


def _day_month(kind: str, parts: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    if kind == "ymd":
        return parts["b"], parts["a"]
    if kind == "words":
        words = [str(w)[:3].casefold() for w in parts["word"].to_pylist()]
        return parts["a"], np.array([_MONTHS.get(w, 0) for w in words], dtype=np.int64)
    return parts["a"], parts["b"]


def _order(a: np.ndarray, b: np.ndarray) -> tuple[str, Doubt | None]:
    day_first, month_first = (a > 12) & (b <= 12), (b > 12) & (a <= 12)
    if day_first.any() and month_first.any():
        return "dmy", "mixed-dates"
    if day_first.any():
        return "dmy", None
    if month_first.any():
        return "mdy", None
    # nothing to settle where day and month are the same number throughout
    return ("dmy", None) if (a == b).all() and len(a) else ("dmy", "ambiguous-date")


def _moments(
    year: np.ndarray, month: np.ndarray, day: np.ndarray, parts: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Times, and whether each exists: no February 30, no 25 o'clock."""
    hour = parts["hour"].copy()
    half = np.char.lower(arrow_numpy.texts(parts["half"]).astype(str))
    pm, am = np.char.startswith(half, "p"), np.char.startswith(half, "a")
    clock = (hour < 24) & (parts["minute"] < 60) & (parts["second"] < 61) & ~((pm | am) & ((hour > 12) | (hour == 0)))
    hour = np.where(pm & (hour < 12), hour + 12, np.where(am & (hour == 12), 0, hour))
    possible = clock & (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    months = (np.where(possible, year, 1970) - 1970) * 12 + np.where(possible, month, 1) - 1
    first = months.astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (np.where(possible, day, 1) - 1)
    possible &= days.astype("datetime64[M]") == first
    seconds = hour * 3600 + parts["minute"] * 60 + parts["second"]
    fraction = [f.ljust(6, "0")[:6] for f in parts["fraction"].to_pylist()]
    micro = np.array([int(f) for f in fraction], dtype=np.int64)
    return days.astype("datetime64[us]") + (seconds * 1_000_000 + micro).astype("timedelta64[us]"), possible


def _in_zone(values: np.ndarray, found: list[tuple[str, dict[str, Any]]], zone: str) -> np.ndarray:
    """Times with a zone turned into the stated one; those without are taken as being in it."""
    out = values.copy()
    for _, parts in found:
        where = np.flatnonzero(parts["shaped"])
        for place, text in zip(where, parts["zone"].to_pylist(), strict=True):
            if text:
                utc = values[place] - np.timedelta64(_offset_minutes(text), "m")
                out[place] = from_utc(utc, zone)
    return out


def _offset_minutes(text: str) -> int:
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if text[0] == "-" else minutes


def from_utc(moment: np.datetime64, zone: str) -> np.datetime64:
    """Return the wall-clock time in a zone.

    Examples
    --------
    >>> from_utc(np.datetime64("2024-07-01T12:00", "us"), "Europe/Berlin")
    np.datetime64('2024-07-01T14:00:00.000000')
    """
    if zone.upper() in ("UTC", "GMT", "Z"):
        return moment
    from zoneinfo import ZoneInfo

    aware = moment.astype(datetime).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return np.datetime64(aware.replace(tzinfo=None), "us")


def doubt_note(name: str, dates: DateReading, date_format: str | None = None) -> Note:
    """Return the note that tells that a column of dates stays text, and why; a format that was given does not fit."""
    why = {
        "ambiguous-date": "could be day/month or month/day throughout",
        "mixed-dates": "are written in several ways",
        "impossible-date": "include days that do not exist, such as February 30",
    }[str(dates.doubt)]
    count = int(np.count_nonzero(dates.doubtful)) if dates.doubtful is not None else None
    settles = "--set read.date_format=…" if date_format is None else f"another read.date_format than {date_format}"
    text = f"The dates of column '{name}' {why}: kept as text until {settles} settles it."
    return Note(str(dates.doubt), "warning", text, name, count)


def form_notes(name: str, dates: DateReading) -> list[Note]:
    """Return what there is to say about how dates were read."""
    notes = []
    words = {"dmy": "day first", "mdy": "month first", "words": "with month names"}
    if dates.form in words:
        notes.append(Note("date-order", "info", f"The dates of column '{name}' are written {words[dates.form]}.", name))
    if dates.short_years:
        text = f"Column '{name}' has two-digit years: 00 to {PIVOT - 1} were read as 2000 to {2000 + PIVOT - 1}."
        notes.append(Note("short-years", "warning", text, name, dates.short_years))
    if dates.zoned:
        text = f"Column '{name}' has times with a zone: all were turned into {dates.zone}."
        notes.append(Note("time-zone", "repair", text, name, dates.zoned))
    return notes
