"""Every setting of a study, with its default, in one place.

A study is repeated from these alone: `study.toml` in a run directory is this tree, resolved.
The command line, TOML files and keyword arguments all end here.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from clientage.errors import SettingsError, did_you_mean, listed
from clientage.memory import memory_bytes

MOST_SEGMENTS = 50  # that are looked for


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How the input is read; None means: find out."""

    encoding: str | None = None  # any Python codec name
    delimiter: str | None = None  # one character
    decimal: Literal[".", ","] | None = None
    header: bool = True  # False: the file has no header row; columns become column_1, column_2 …
    sheet: str | None = None  # XLSX with several sheets
    table: str | None = None  # database URL: a table name
    query: str | None = None  # database URL: a SELECT
    date_format: str | None = None  # strptime format, where 03/04/2024 is ambiguous
    null_values: tuple[str, ...] = ()  # further texts that mean "missing", beside the empty cell
    time_zone: str = "UTC"  # zoned times are turned into this zone
    max_columns: int = 5_000
    max_cells: int = 2_000_000_000
    memory: str | None = None  # as 1GB; None: a quarter of the machine's, 1.5GB at most; larger tables live on disk


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """What columns are; None or empty means: guess, with a reason."""

    kind: Literal["customers", "transactions"] | None = None
    id: str | None = None
    features: tuple[str, ...] = ()  # given: these and no others are features
    profile: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    control: str | None = None  # "column=value": who was left alone when the others were treated
    ignore: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()  # integer codes that are categories
    numeric: tuple[str, ...] = ()  # integer codes that are numbers after all
    value: str | None = None  # the column that says what a customer is worth
    customer: str | None = None  # transactions: who
    date: str | None = None  # transactions: when
    order: str | None = None
    quantity: str | None = None
    price: str | None = None
    amount: str | None = None
    product: str | None = None
    discount: str | None = None


@dataclass(frozen=True, slots=True)
class TransactionSettings:
    """The stated policy for invoice lines."""

    as_of: str | None = None  # ISO date; None: the day after the last line that is not dated in the future
    as_of_least: str | None = None  # without as_of: not before this date; scoring gives the study's own
    returns: Literal["net", "drop"] = "net"  # net: negative lines reduce monetary
    cancelled_prefix: str = "C"  # order numbers that start with it are cancellations
    duplicates: Literal["auto", "drop", "keep"] = "auto"  # auto: drop where order and product identify a line
    only_returns: Literal["drop", "keep"] = "drop"  # customers who never bought
    rfm_map: Mapping[str, str] = field(default_factory=dict)  # segment -> RFM cells; or a TOML file that says so
    not_products: tuple[str, ...] = (  # product codes that are services
        "POST",
        "DOT",
        "M",
        "D",
        "BANK CHARGES",
        "AMAZONFEE",
        "CRUK",
        "S",
        "B",
        "PADS",
    )


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How customers become numbers."""

    missing: Literal["median", "drop"] = "median"
    outliers: Literal["winsorise", "keep"] = "winsorise"
    skew: Literal["auto", "none"] = "auto"  # auto: log1p or Yeo-Johnson where skew > 1
    scale: Literal["standard", "none"] = "standard"
    duplicate_ids: Literal["error", "first", "last"] = "error"
    duplicate_rows: Literal["keep", "drop"] = "keep"  # customers alike in everything but their id
    demographics: Literal["profile", "feature"] = "profile"
    weights: Mapping[str, float] = field(default_factory=dict)  # column -> relative weight, default 1


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Which algorithms and k are tried, and how one is chosen."""

    algorithm: str = "auto"  # auto: every default algorithm is a candidate
    k: int | None = None  # None: chosen
    k_min: int = 2
    k_max: int = 10
    seed: int = 0
    coreset_size: int = 2_048
    bootstraps: int = 50
    null_draws: int = 19
    eps: float | None = None  # DBSCAN radius in scaled units; None: from the k-distance curve
    min_size: float | None = None  # DBSCAN/HDBSCAN: smallest dense group as a share of customers; None: 1 %


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """Where the run directory goes."""

    folder: str = "runs"
    keep_clean: bool = False  # True: cleaned.csv, .parquet and .json hold the data as used
    fewest_shown: int = 10  # customers: reports hide the figures of smaller segments; 0 hides none


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """Where runs are logged with MLflow; None: nowhere."""

    uri: str | None = None  # http://server:port, https://… or sqlite:///file.db
    experiment: str = "clientage"
    register: str | None = None  # NAME or NAME@ALIAS of a registered model; the alias is "newest" by default
    patience: float = 3.0  # seconds a server has for each answer; the first that stays away ends the logging


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a study.

    Examples
    --------
    >>> settings_from({"cluster": {"k": 4}}).cluster.k
    4
    """

    read: ReadSettings = field(default_factory=ReadSettings)
    roles: RoleSettings = field(default_factory=RoleSettings)
    transactions: TransactionSettings = field(default_factory=TransactionSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    output: OutputSettings = field(default_factory=OutputSettings)
    track: TrackSettings = field(default_factory=TrackSettings)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return the tree as plain values, tuples as lists, None left out.

        Without `track`: a run keeps this tree, is shown to others, and an address may hold a password.
        """
        tree: dict[str, dict[str, Any]] = {}
        for section in dataclasses.fields(self):
            if section.name == "track":
                continue
            part = getattr(self, section.name)
            pairs = ((f.name, getattr(part, f.name)) for f in dataclasses.fields(part))
            tree[section.name] = {k: _plain(v) for k, v in pairs if v is not None}
        return tree


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


SECTIONS: dict[str, type] = {
    "read": ReadSettings,
    "roles": RoleSettings,
    "transactions": TransactionSettings,
    "features": FeatureSettings,
    "cluster": ClusterSettings,
    "output": OutputSettings,
    "track": TrackSettings,
}


KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def settings_from(tree: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Build settings from a tree of sections, checking every name and value.

    Parameters
    ----------
    tree : mapping of section to mapping of key to value
        As a TOML file gives it. Missing sections and keys take their defaults.

    Raises
    ------
    SettingsError
        For an unknown section or key, or a value of the wrong type, with the nearest known name.

    Examples
    --------
    >>> settings_from({"roles": {"features": "age, income"}}).roles.features
    ('age', 'income')
    """
    unknown = [s for s in tree if s not in SECTIONS]
    if unknown:
        raise SettingsError(
            f"one of the sections {listed(list(SECTIONS))}",
            f"'{unknown[0]}'",
            f"Rename the section.{did_you_mean(unknown[0], SECTIONS)}",
        )
    parts = {name: _section(name, SECTIONS[name], tree.get(name, {})) for name in SECTIONS}
    settings = Settings(**parts)
    _check(settings)
    return settings


def read_toml(path: str | Path) -> dict[str, dict[str, Any]]:
    """Read a study file.

    Raises
    ------
    SettingsError
        When the file is missing or is no TOML.
    """
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as problem:
        raise SettingsError("a readable study file", f"'{path}': {problem.strerror}", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError("a TOML file", f"'{path}': {problem}", "Correct the line named.") from None


def with_assignments(tree: Mapping[str, Mapping[str, Any]], assignments: list[str]) -> dict[str, dict[str, Any]]:
    """Return the tree with ``section.key=value`` assignments applied, as ``--set`` takes them.

    Parameters
    ----------
    tree : mapping
        As for `settings_from`; not changed.
    assignments : list of str
        Values are TOML where they parse as TOML (``5``, ``true``, ``["a", "b"]``) and text otherwise.

    Raises
    ------
    SettingsError
        When an assignment has no ``.`` or ``=``.

    Examples
    --------
    >>> with_assignments({}, ["cluster.k=4", "roles.id=client no"])
    {'cluster': {'k': 4}, 'roles': {'id': 'client no'}}
    """
    out = {section: dict(values) for section, values in tree.items()}
    for text in assignments:
        name, equals, value = text.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (equals and dot):
            raise SettingsError("--set section.key=value", f"'{text}'", "For example: --set cluster.k=4")
        out.setdefault(section, {})[key] = _toml_value(value.strip())
    return out


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _section(name: str, kind: type, values: Mapping[str, Any]) -> Any:
    if not isinstance(values, Mapping):
        raise SettingsError(f"a section [{name}]", f"the value {values!r}", f"Write [{name}] and the keys below it.")
    hints = typing.get_type_hints(kind)
    for key in values:
        if key not in hints:
            raise SettingsError(
                f"a setting of [{name}] out of {listed(list(hints), 20)}",
                f"'{name}.{key}'",
                f"Correct the name.{did_you_mean(key, hints)}",
            )
    return kind(**{k: _typed(f"{name}.{k}", hints[k], v) for k, v in values.items() if v is not None})


def _typed(name: str, hint: Any, value: Any) -> Any:
    """Return the value as the annotated type, or refuse it by the setting's name."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, typing.Union):  # `Literal[…] | None` is the second
        return _typed(name, next(a for a in args if a is not types.NoneType), value)
    if origin is Literal:
        if value in args:
            return value
        raise SettingsError(f"{name} to be one of {listed([str(a) for a in args])}", repr(value), "Choose one of them.")
    if origin is tuple:
        items = value.split(",") if isinstance(value, str) else value
        if isinstance(items, (list, tuple)) and all(isinstance(i, str) for i in items):
            return tuple(i.strip() for i in items if i.strip())
        raise SettingsError(f"{name} to be a list of names", repr(value), 'For example: ["age", "income"]')
    if hint is str and isinstance(value, (int, float, date)) and not isinstance(value, bool):
        return str(value)  # TOML has dates and numbers of its own: as_of = 2026-01-31, id = 5
    if origin is not None:
        return _table(name, args[1], value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    raise SettingsError(f"{name} to be {KINDS.get(hint, hint.__name__)}", repr(value), "Correct the value.")


def _table(name: str, kind: type, value: Any) -> dict[str, Any]:
    """Return a table of numbers or of texts; one of texts may stand in a TOML file of its own."""
    if kind is float:
        if isinstance(value, Mapping) and all(isinstance(v, (int, float)) for v in value.values()):
            return {str(k): float(v) for k, v in value.items()}
        raise SettingsError(f"{name} to be a table of numbers", repr(value), "For example: {income = 2.0}")
    told = read_toml(value) if isinstance(value, str) else value
    if isinstance(told, Mapping) and all(isinstance(v, str) for v in told.values()):
        return {str(k): v for k, v in told.items()}
    example = 'For example: {Champions = "555 554", Others = "111 112"}, or the path of a TOML file with such lines.'
    raise SettingsError(f"{name} to be a table of texts", repr(value), example)


def control_of(text: str) -> tuple[str, str]:
    """Return column and value of ``roles.control``.

    Raises
    ------
    SettingsError
        When it is not ``column=value``.

    Examples
    --------
    >>> control_of("group = control")
    ('group', 'control')
    """
    column, equals, value = (part.strip() for part in text.rpartition("="))
    if not (column and equals and value):
        fix = "Name the column and the value of those who were left alone: roles.control=group=control"
        raise SettingsError("roles.control to be column=value", f"'{text}'", fix)
    return column, value


def _check(settings: Settings) -> None:
    """Refuse values that have the right type and cannot work."""
    c = settings.cluster
    if c.k is not None and c.k < 1:
        raise SettingsError("cluster.k to be at least 1", str(c.k), "Leave it out to have k chosen.")
    if not 2 <= c.k_min <= c.k_max:
        raise SettingsError("2 <= cluster.k_min <= cluster.k_max", f"{c.k_min} and {c.k_max}", "Correct the range.")
    if c.k_max > MOST_SEGMENTS:
        raise SettingsError(
            f"cluster.k_max of at most {MOST_SEGMENTS}", str(c.k_max), "Nobody can act on more segments than that."
        )
    if c.seed < 0:
        raise SettingsError("cluster.seed to be 0 or more", str(c.seed), "Correct the value.")
    if c.coreset_size < 256:
        raise SettingsError("cluster.coreset_size of at least 256", str(c.coreset_size), "The default is 2048.")
    if settings.read.delimiter is not None and len(settings.read.delimiter) != 1:
        raise SettingsError("read.delimiter to be one character", repr(settings.read.delimiter), "For a tab: '\\t'.")
    if settings.output.fewest_shown < 0:
        found = str(settings.output.fewest_shown)
        raise SettingsError("output.fewest_shown of 0 or more customers", found, "The default is 10.")
    if settings.roles.control is not None:
        control_of(settings.roles.control)
    if settings.track.patience < 1:
        raise SettingsError("track.patience of at least 1 second", f"{settings.track.patience:g}", "The default is 3.")
    if settings.read.memory is not None:
        memory_bytes(settings.read.memory)
    if settings.read.table and settings.read.query:
        raise SettingsError("read.table or read.query", "both", "Leave one of them out.")
