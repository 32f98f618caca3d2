"""What a person can say about audiences, checked before anything is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from clientage.errors import SettingsError
from clientage.export.audience.contacts import ContactColumns
from clientage.export.audience.phones import check_country
from clientage.export.audience.platforms import CRM, PLATFORMS, chosen_platforms


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


def _number(name: str, value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        most = "" if high == math.inf else f" and at most {high:g}"
        raise SettingsError(f"{name} of at least {low:g}{most}", f"'{value}'", "Correct the value.")
    return number
