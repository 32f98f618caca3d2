"""A person's own names for segments: `names.toml` beside a run, which wins over computed names.

Receives the file or a mapping of segment id to name; returns `Profiles` that bear them.

    # names.toml
    1 = "Weekend families"
    3 = "Bargain hunters"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clientage.errors import SettingsError
from clientage.segments.names import NO_SEGMENT

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles, Segment

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
    own = _checked(names, [s.id for s in profiles.segments])
    taken = {name.casefold() for name in own.values()}

    def named(segment: Segment) -> Segment:
        computed = segment.computed_name or segment.name
        if segment.id in own:
            return replace(segment, name=own[segment.id], own_name=True, computed_name=computed)
        clash = segment.name.casefold() in taken
        return replace(segment, name=f"{segment.name} ({segment.id})", computed_name=computed) if clash else segment

    return replace(profiles, segments=tuple(named(s) for s in profiles.segments))


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


def names_text(profiles: Profiles) -> str:
    """Return a names file for a person to edit: own names as they are, computed ones as comments."""
    lines = [
        '# Names of your own. Take the "#" off a line and write what you like; computed names stay for the others.'
    ]
    for segment in profiles.segments:
        # a JSON string is a TOML basic string, but for one character that TOML wants escaped
        quoted = json.dumps(segment.name, ensure_ascii=False).replace("\x7f", "\\u007f")
        line = f"{segment.id} = {quoted}"
        lines.append(line if segment.own_name else f"# {line}")
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
