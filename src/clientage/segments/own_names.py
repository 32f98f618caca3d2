"""A person's own names for segments: `names.toml` beside a run, which wins over computed names.

Receives the file or a mapping of segment id to name; returns `Profiles`, or plain names and texts, that bear them.

    # names.toml
    1 = "Weekend families"
    3 = "Bargain hunters"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clientage.errors import SettingsError
from clientage.segments.names import NO_SEGMENT

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles
    from clientage.segments.segment import Segment

LONGEST_OWN = 120  # characters; longer is a description


def apply_names(profiles: Profiles, names: Mapping[int, str]) -> Profiles:
    """Return the profiles with a person's own names.

    Parameters
    ----------
    profiles : Profiles
        As computed.
    names : mapping of segment id to name
        Segments left out keep their computed name; one that equals somebody's own name gets its id added.

    Raises
    ------
    SettingsError
        For an id that is no segment, an empty or too long name, or one name given twice.
    """
    merged = merged_names([s.name for s in profiles.segments], names)

    def named(segment: Segment, name: str) -> Segment:
        computed, own = segment.computed_name or segment.name, segment.own_name or segment.id in names
        return segment if name == segment.name else replace(segment, name=name, own_name=own, computed_name=computed)

    return replace(profiles, segments=tuple(named(s, n) for s, n in zip(profiles.segments, merged, strict=True)))


def merged_names(computed: Sequence[str], own: Mapping[int, str]) -> list[str]:
    """Return the names of all segments, a person's own where there are some.

    Parameters
    ----------
    computed : sequence of str
        Segment 1 first.
    own : mapping of segment id to name
        As for `apply_names`, with the same refusals.

    Examples
    --------
    >>> merged_names(["Low value", "High value"], {2: "Friends"})
    ['Low value', 'Friends']
    """
    checked = _checked(own, list(range(1, len(computed) + 1)))
    taken = {name.casefold() for name in checked.values()}
    return [
        checked.get(i) or (f"{name} ({i})" if name.casefold() in taken else name) for i, name in enumerate(computed, 1)
    ]


def retold(text: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return a sentence that names segments as "3 (Name)" with their new names.

    Parameters
    ----------
    text : str
        For example a finding of the checks.
    before, after : sequence of str
        Names, segment 1 first.

    Examples
    --------
    >>> retold("Segments 1 (Low value) and 2 (High value) overlap.", ["Low value", "High value"], ["A", "B"])
    'Segments 1 (A) and 2 (B) overlap.'
    """
    for i, (old, new) in enumerate(zip(before, after, strict=True), 1):
        text = text.replace(f"{i} ({old})", f"{i} ({new})")
    return text


def read_names(path: str | Path) -> dict[int, str]:
    """Read a names file.

    Returns
    -------
    dict of int to str
        Segment id to name.

    Raises
    ------
    SettingsError
        When the file is no TOML of ids and names.
    """
    try:
        with open(path, "rb") as file:
            tree = tomllib.load(file)
    except OSError as problem:
        raise SettingsError("a readable file of names", f"'{path}': {problem.strerror}", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError("a TOML file of names", f"'{path}': {problem}", 'A line reads: 1 = "Champions"') from None
    names = {}
    for key, value in tree.items():
        if not (key.isascii() and key.isdigit() and isinstance(value, str)):
            raise SettingsError('lines such as 1 = "Champions"', f"'{path}': {key} = {value!r}", "Correct the line.")
        names[int(key)] = value
    return names


def names_lines(segments: Iterable[tuple[int, str, bool]]) -> str:
    """Return a names file from ids and names, and whether each name is a person's own.

    Examples
    --------
    >>> names_lines([(1, "Friends", True), (2, "High value", False)]).splitlines()[1:]
    ['1 = "Friends"', '# 2 = "High value"']
    """
    lines = [
        '# Names of your own. Take the "#" off a line and write what you like; computed names stay for the others.'
    ]
    for segment_id, name, own in segments:
        # a JSON string is a TOML basic string, but for one character that TOML wants escaped
        quoted = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
        line = f"{segment_id} = {quoted}"
        lines.append(line if own else f"# {line}")
    return "\n".join(lines) + "\n"


def _checked(names: Mapping[int, str], ids: list[int]) -> dict[int, str]:
    own = {int(i): " ".join(name.split()) for i, name in names.items()}
    seen: dict[str, int] = {NO_SEGMENT.casefold(): 0}
    for segment_id, name in own.items():
        if segment_id not in ids:
            raise SettingsError(f"a segment id from 1 to {len(ids)}", str(segment_id), "Correct the names.")
        if not 0 < len(name) <= LONGEST_OWN:
            found = f"{len(name)} characters for segment {segment_id}"
            raise SettingsError(f"a name of 1 to {LONGEST_OWN} characters", found, "Correct the name.")
        if name.casefold() in seen:
            raise SettingsError("a name of its own for each segment", f"'{name}' twice", "Change one of them.")
        seen[name.casefold()] = segment_id
    return own
