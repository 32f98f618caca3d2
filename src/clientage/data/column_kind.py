"""What a column of a text file is, decided from all of its cells.

Receives the `ColumnReader`s of a file; returns typed columns, the notes on what was repaired or doubted,
and which columns must be read a second time as text because only late cells showed what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.cores import side_by_side
from clientage.data import date_text
from clientage.data.column_reader import FIRST, ColumnReader, Typed
from clientage.data.column_texts import Reading, Texts, live, rows_of, texts_of
from clientage.data.headers import header_words, is_identifier
from clientage.data.number_text import WRITTEN, NumberReading, is_code, matching, read_numbers
from clientage.data.quality import Note, Severity
from clientage.data.table import PART, Column
from clientage.data.unusable import mixed, without_huge
from clientage.data.words import booleans, holds_names_or_codes, is_word_for_missing
from clientage.errors import counted

MOST_BAD = 0.05  # share of cells that are no numbers in a column of numbers
SAMPLE = 1_000
CODES = {
    "leading-zeros": "has numbers with leading zeros: read as text, so that they are kept",
    "long-numbers": "has whole numbers of more than 15 digits: read as text, so that they stay exact",
    "exponent-codes": "has codes such as 1E5 that only look like numbers: read as text",
    "phone-numbers": "looks like telephone numbers: read as text",
    "mixed-codes": "has codes of letters and digits among whole numbers: read as text",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A decided column; None where it must be read again as text."""

    column: Column | None
    notes: tuple[Note, ...] = ()


def decide_columns(readers: Sequence[ColumnReader], reading: Reading) -> list[Found]:
    """Return each reader's column, or ask for it to be read again as text.

    Columns of mixed currencies, percentages beside plain numbers, and numbers too large to compute with are noted as
    `Unusable`.
    """
    rows = _rows_to_share(readers)

    def looked_at(reader: ColumnReader) -> Texts | None:
        part = texts_of(reader, reading)
        if part is not None:
            _try_numbers(reader, part, reading, None)
        return part

    texts = side_by_side(looked_at, readers, rows)
    likely = _likely_decimal(texts, reading)
    for reader, part in zip(readers, texts, strict=True):
        if part is not None and part.numbers is not None and not part.numbers.settled and part.numbers.decimal:
            _try_numbers(reader, part, reading, likely)
    regroup = likely == "," and reading.settings.decimal is None
    words = _words_for_missing(readers, texts)
    pairs = zip(readers, texts, strict=True)
    return side_by_side(lambda pair: _decide(*pair, reading, words, regroup), pairs, rows)


def _rows_to_share(readers: Sequence[ColumnReader]) -> int:
    """Rows that columns are decided on side by side; 0 where they live on disk, as memory is short then."""
    return 0 if any(r.spool.on_disk for r in readers) else max((r.n_rows for r in readers), default=0)


def _try_numbers(reader: ColumnReader, part: Texts, reading: Reading, likely: str | None) -> None:
    """Set `part.numbers` where nearly all cells are numbers, `part.code` where they are codes."""
    if not _may_be_numbers(part):
        return
    texts, counts, _ = live(part)
    whole = reader.plain.n > 0 and not reader.plain.has_point
    part.code = is_code(texts, counts, whole_elsewhere=whole)
    if part.code is not None:
        return
    numbers = read_numbers(texts, counts, decimal=reading.settings.decimal, likely=likely)
    bad = int(counts[~numbers.good].sum())
    present = int(counts.sum()) + reader.plain.n
    part.numbers, part.few_numbers = (numbers, None) if bad <= _tolerated(present) else (None, numbers)
    if part.numbers is not None and bad and is_identifier(header_words(reader.name)):
        part.numbers, part.code = None, "mixed-codes"  # C9 among invoices 1, 2, 3 is a number of its own, not a slip


def _may_be_numbers(part: Texts) -> bool:
    n = len(part.texts) - int(np.count_nonzero(part.missing))
    if n <= 4 * SAMPLE:
        return n > 0
    some = np.arange(0, n, n // SAMPLE)
    if n < len(part.texts):
        some = np.flatnonzero(~part.missing)[some]
    return bool(matching(part.texts.take(some), WRITTEN).mean() > 0.5)


def _tolerated(present: int) -> int:
    return max(int(MOST_BAD * present), 1 if present >= 8 else 0)


def _likely_decimal(texts: Sequence[Texts | None], reading: Reading) -> str | None:
    """The decimal mark of the columns that settle it themselves."""
    if reading.settings.decimal is not None:
        return reading.settings.decimal
    marks = [t.numbers.decimal for t in texts if t is not None and t.numbers is not None and t.numbers.settled]
    commas, points = marks.count(","), marks.count(".")
    if commas != points:
        return "," if commas > points else "."
    return "," if reading.delimiter == ";" and commas == 0 else None


def _words_for_missing(readers: Sequence[ColumnReader], texts: Sequence[Texts | None]) -> set[str]:
    """Words such as NA that stand for "missing" among the numbers of this file."""
    words = {t for r in readers for t in r.taken.texts}
    for part in texts:
        if part is not None and part.numbers is not None:
            words |= set(part.texts.filter(part.missing))
    return {w for w in words if is_word_for_missing(w)}


def _decide(reader: ColumnReader, part: Texts | None, reading: Reading, words: set[str], regroup: bool) -> Found:
    if part is None:
        if regroup and reader.plain.has_point and reader.plain.like_groups and not reader.as_text:
            return Found(None)  # 1.234 in a file of decimal commas is one thousand …
        return _typed_column(reader, reading)
    if (found := _as_boolean(reader, part, reading)) is not None:
        return found
    if part.numbers is not None:
        return _as_numbers(reader, part, part.numbers, reading)
    if reader.plain.n == 0 and (found := _as_dates(reader, part, reading)) is not None:
        return found
    if reader.has_typed:
        return Found(None)
    return _as_text(reader, part, reading, words)


def _typed_column(reader: ColumnReader, reading: Reading) -> Found:
    """A column whose batches were all plain numbers, ISO dates or empty."""
    dates = next((c.held.dtype.kind == "M" for c in reader.chunks if isinstance(c, Typed)), False)
    values = np.empty(reader.n_rows, dtype="datetime64[us]" if dates else "float64")
    for start, chunk in zip(reader.starts, reader.chunks, strict=True):
        if isinstance(chunk, Typed):
            values[start : start + len(chunk.held)] = chunk.values
        elif isinstance(chunk, int):
            values[start : start + chunk] = np.datetime64("NaT", "us") if dates else np.nan
    notes, held = _taken_notes(reader, reading), reading.spool.keep(values)
    if dates:
        return Found(Column(reader.name, "date", held), notes)
    return Found(Column(reader.name, "number", held, is_integer=is_whole(values, reader.plain.has_point)), notes)


def is_whole(values: np.ndarray, may_have_fraction: bool = True) -> bool:
    """Whether there are values and all are whole numbers; NaN is none."""
    found = False
    for low in range(0, len(values), PART):
        part = values[low : low + PART]
        missing = np.isnan(part)
        if may_have_fraction and not bool(((part == np.rint(part)) | missing).all()):
            return False
        found = found or not bool(missing.all())
        if found and not may_have_fraction:
            return True
    return found


def _taken_notes(reader: ColumnReader, reading: Reading) -> tuple[Note, ...]:
    taken = reader.taken.texts
    if not taken:
        return ()
    return (_missing_note(reader.name, sorted(taken), sum(taken.values()), reading.lines(reader.taken.rows[:FIRST])),)


def _missing_note(name: str, texts: Sequence[str], count: int, rows: tuple[int, ...]) -> Note:
    shown = ", ".join(f"'{t}'" for t in texts[:6])
    text = f"{counted(count, 'cell')} of column '{name}' {'says' if count == 1 else 'say'} {shown}: taken as missing."
    return Note("missing-words", "repair", text, name, count, rows)


def _taken_from(reader: ColumnReader, part: Texts, which: np.ndarray, reading: Reading) -> tuple[Note, ...]:
    """One note for the cells that mean "missing", those of typed batches included."""
    rows = rows_of(part, which)
    texts = set(part.texts.filter(which)) | set(reader.taken.texts)
    count = len(rows) + sum(reader.taken.texts.values())
    if count == 0:
        return ()
    first = sorted([*rows[:FIRST].tolist(), *reader.taken.rows])[:FIRST]
    return (_missing_note(reader.name, sorted(texts), count, reading.lines(first)),)


def _spread(reader: ColumnReader, part: Texts, values: np.ndarray) -> np.ndarray:
    """Values of all rows from the values of the distinct texts and the typed batches."""
    nothing = np.datetime64("NaT", "us") if values.dtype.kind == "M" else np.nan
    lookup = np.concatenate([values, np.array([nothing, nothing], dtype=values.dtype)])
    out = np.asarray(lookup[part.codes])
    for start, chunk in zip(reader.starts, reader.chunks, strict=True):
        if isinstance(chunk, Typed):
            out[start : start + len(chunk.held)] = chunk.values
    return out


def _as_boolean(reader: ColumnReader, part: Texts, reading: Reading) -> Found | None:
    if not 0 < np.count_nonzero(~part.missing) <= 24 or reader.has_typed:
        return None
    texts, _, where = live(part)
    said = booleans(texts.to_pylist())
    if said is None:
        return None
    values = np.full(len(part.texts), np.nan)
    values[where] = list(said.values())
    notes = [*part.notes, *_taken_from(reader, part, part.missing, reading)]
    if len(said) > 2 or len(set(said.values())) < len(said):
        written = ", ".join(f"'{t}'" for t in sorted(said))
        text = f"Column '{reader.name}' says yes and no in several ways ({written}): read as 1 and 0."
        notes.append(Note("booleans", "repair", text, reader.name, int(part.counts[where].sum())))
    out = _spread(reader, part, values)
    held = reading.spool.keep(out)
    return Found(Column(reader.name, "number", held, is_integer=True, is_boolean=True), tuple(notes))


def _as_numbers(reader: ColumnReader, part: Texts, numbers: NumberReading, reading: Reading) -> Found:
    plain = reader.plain
    if any(isinstance(c, Typed) and c.held.dtype.kind == "M" for c in reader.chunks):
        return Found(None)
    if plain.has_point and numbers.decimal == ",":
        return Found(None)
    _, counts, where = live(part)
    unusable = mixed(reader, part, numbers, reading)
    values = np.full(len(part.texts), np.nan)
    values[where] = numbers.values
    notes = [*part.notes, *_taken_from(reader, part, part.missing, reading), *unusable]
    if numbers.currencies:
        numbers = replace(numbers, without_currency=numbers.without_currency + plain.n)
    notes += [] if unusable else _written_notes(reader.name, numbers, int(counts.sum()))
    infinite = np.isinf(values)
    if infinite.any():
        rows = rows_of(part, infinite)
        what = counted(len(rows), "infinite or impossibly large number")
        text = f"{what} in column '{reader.name}': taken as missing."
        notes.append(Note("infinite", "repair", text, reader.name, len(rows), reading.lines(rows[:FIRST].tolist())))
        values[infinite] = np.nan
    bad = np.zeros(len(part.texts), dtype=bool)
    bad[where] = ~numbers.good
    if bad.any():
        rows = rows_of(part, bad)
        text = f"{counted(len(rows), 'cell')} of column '{reader.name}' can't be read as numbers: taken as missing."
        notes.append(Note("bad-numbers", "repair", text, reader.name, len(rows), reading.lines(rows[:FIRST].tolist())))
    out = _spread(reader, part, values)
    out, huge = without_huge(reader.name, out, reading)
    notes += huge
    return Found(Column(reader.name, "number", reading.spool.keep(out), is_integer=is_whole(out)), tuple(notes))


def _written_notes(name: str, numbers: NumberReading, count: int) -> list[Note]:
    notes = []
    if numbers.decimal == ",":
        doubt = "" if numbers.settled else " (assumed from the rest of the file)"
        text = f"Column '{name}' is written with decimal commas{doubt}."
        notes.append(Note("decimal-comma", "repair" if numbers.settled else "warning", text, name, count))
    if numbers.grouped:
        doubt = "" if numbers.settled else " (assumed; say --set read.decimal=, if it is a decimal comma)"
        text = f"Column '{name}' has thousands separators{doubt}."
        notes.append(Note("thousands-separator", "repair" if numbers.settled else "warning", text, name, count))
    if numbers.negative_in_brackets:
        what = counted(numbers.negative_in_brackets, "amount stands", "amounts stand")
        text = f"{what} in brackets in column '{name}': read as negative."
        notes.append(Note("bracket-negatives", "repair", text, name, numbers.negative_in_brackets))
    if numbers.percent:
        text = f"Column '{name}' is written in percent: 12% was read as 0.12, as a workbook holds it."
        notes.append(Note("percent", "repair", text, name, numbers.percent))
    if numbers.currencies:
        text = f"Column '{name}' is in {numbers.currencies[0]}: the sign was taken off."
        if numbers.without_currency:
            text = (
                text[:-1] + f"; {counted(numbers.without_currency, 'cell has', 'cells have')} none, taken as the same."
            )
        severity: Severity = "warning" if numbers.without_currency else "repair"
        notes.append(Note("currency", severity, text, name, count))
    return notes


def _as_dates(reader: ColumnReader, part: Texts, reading: Reading) -> Found | None:
    """Dates where the column's own values settle their form; None, or doubt for the text's notes."""
    if part.missing.all() or part.code is not None:
        return None
    blocks = zip(part.texts.edges[:-1].tolist(), part.texts.arrays(), strict=True)
    if date_text.soon_no_dates(blocks, part.counts, part.missing, reading.settings.date_format):
        return None
    texts, counts, where = live(part)
    dates = date_text.read_dates(texts, counts, reading.settings.date_format, reading.settings.time_zone)
    if dates is None:
        return None
    if dates.doubt is not None or reader.has_typed:
        if dates.doubt is not None:
            part.notes.append(date_text.doubt_note(reader.name, dates, reading.settings.date_format))
        return None
    values = np.full(len(part.texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    values[where] = dates.values
    notes = [*part.notes, *_taken_from(reader, part, part.missing, reading)]
    notes += date_text.form_notes(reader.name, dates)
    bad = np.zeros(len(part.texts), dtype=bool)
    bad[where] = ~dates.good
    if bad.any():
        rows = rows_of(part, bad)
        text = f"{counted(len(rows), 'cell')} of column '{reader.name}' can't be read as dates: taken as missing."
        notes.append(Note("bad-dates", "repair", text, reader.name, len(rows), reading.lines(rows[:FIRST].tolist())))
    return Found(Column(reader.name, "date", reading.spool.keep(_spread(reader, part, values))), tuple(notes))


def _mostly_numbers(reader: ColumnReader, part: Texts, numbers: NumberReading, reading: Reading) -> list[Note]:
    """A warning where most cells of a column of texts are numbers: somebody meant a number."""
    _, counts, where = live(part)
    good = int(counts[numbers.good].sum()) + reader.plain.n
    bad = np.zeros(len(part.texts), dtype=bool)
    bad[where] = ~numbers.good
    rows = rows_of(part, bad)
    if good <= len(rows):
        return []
    text = (
        f"Column '{reader.name}' has {counted(good, 'number')} and {counted(len(rows), 'other text')}, so it is used "
        "as text. If it is a number, correct those cells, or name their texts in read.null_values."
    )
    return [Note("mostly-numbers", "warning", text, reader.name, len(rows), reading.lines(rows[:FIRST].tolist()))]


def _as_text(reader: ColumnReader, part: Texts, reading: Reading, words: set[str]) -> Found:
    name, notes = reader.name, list(part.notes)
    missing = part.always_missing
    unsure = part.missing & ~part.always_missing
    doubtful = np.flatnonzero(unsure)
    found = dict(zip(doubtful.tolist(), part.texts.take(doubtful).to_pylist(), strict=True))
    said = [t for t in found.values() if is_word_for_missing(t)]
    if said:
        kept = holds_names_or_codes(name, part.texts.filter(~part.missing)) or not all(w in words for w in said)
        which = np.zeros(len(unsure), dtype=bool)
        which[[i for i, t in found.items() if t in said]] = True
        if kept:
            rows = rows_of(part, which)
            shown = ", ".join(f"'{w}'" for w in said)
            text = f"Column '{name}' has {shown} as a value, kept as text; if it means missing, say read.null_values."
            notes.append(Note("word-kept", "warning", text, name, len(rows), reading.lines(rows[:FIRST].tolist())))
        else:
            missing = missing | which
    if part.few_numbers is not None:
        notes += _mostly_numbers(reader, part, part.few_numbers, reading)
    if part.code is not None:
        notes.append(Note(part.code, "info", f"Column '{name}' {CODES[part.code]}.", name))
    notes += _taken_from(reader, part, missing, reading)
    held, distinct = part.held, part.texts
    if missing.any():
        lookup = np.concatenate([np.cumsum(~missing) - 1, [-1, -1]]).astype(np.int32)
        lookup[:-2][missing] = -1
        held = reading.spool.keep(lookup[part.codes])
        distinct = distinct.filter(~missing, reading.spool)
    return Found(Column(name, "text", held, distinct.brief()), tuple(notes))
