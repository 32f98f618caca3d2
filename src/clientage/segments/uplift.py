"""What a treatment changed: treated customers against a control group, inside each segment.

Receives an outcome's values and who was treated; returns `Uplift`s. A difference between treated and control
customers is an effect of the treatment only where chance decided who was left alone; nothing here can check that.

References
----------
Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10,
doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I (difference of two rates).
Welch, Biometrika 34 (1947) 28-35, doi 10.1093/biomet/34.1-2.28 (difference of two means of unequal spread).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clientage.config import control_of
from clientage.data.table import Column
from clientage.errors import ColumnError, did_you_mean, listed
from clientage.segments import effects
from clientage.segments.wording import number, percent

if TYPE_CHECKING:
    from clientage.features.customers import Customers

POSITIVE = frozenset({"yes", "y", "true", "1", "ja", "j", "oui", "si", "sí", "да", "responded", "accepted", "churned"})
NEGATIVE = frozenset({"no", "n", "false", "0", "nein", "non", "нет", "not", "none", ""})
FEWEST_EACH = 10  # customers of an average value that may be named in an error: a value of few could be a person's


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Who was treated and who was left alone.

    Parameters
    ----------
    column, value : str
        What says so.
    treated, control : ndarray of shape (n,)
        bool; customers whose column is empty are in neither.
    """

    column: str
    value: str
    treated: np.ndarray
    control: np.ndarray


@dataclass(frozen=True, slots=True)
class Uplift:
    """Treated minus control.

    Parameters
    ----------
    treated_n, control_n : int
        Customers of each kind with an answer.
    treated, control : float
        Rate or mean of each.
    difference, low, high : float
        Treated minus control with its 95 % interval (rates: Newcombe's; means: Welch's with normal quantiles,
        infinite where a side has one customer).
    overall : float or None
        The same difference among all customers.
    """

    treated_n: int
    control_n: int
    treated: float
    control: float
    difference: float
    low: float
    high: float
    overall: float | None = None

    @property
    def side(self) -> int:
        """1 when the whole interval is above 0, -1 when below, else 0."""
        return int(self.low > 0) - int(self.high < 0)


def control_group(customers: Customers, setting: str | None) -> ControlGroup | None:
    """Return who was treated, or None where no control group is named.

    Parameters
    ----------
    customers : Customers
        With the column among their profile columns.
    setting : str or None
        ``roles.control``: "column=value".

    Raises
    ------
    ColumnError
        When there is no such column, or when nobody or everybody has the value.
    """
    if setting is None:
        return None
    name, value = control_of(setting)
    held = [*customers.features, *customers.profile, *customers.outcome]
    column = next((c for c in held if c.name.strip().casefold() == name.casefold()), None)
    if column is None:
        names = [c.name for c in held]
        fix = f"Correct roles.control.{did_you_mean(name, names)}"
        raise ColumnError(f"a column '{name}' of the customers", f"columns {listed(names)}", fix)
    there = ~column.missing
    control = there & _has(column, value)
    if control.any() and (there & ~control).any():
        return ControlGroup(column.name, value, there & ~control, control)
    raise ColumnError(
        f"customers with and without '{value}' in the column '{column.name}', which roles.control names",
        "everybody has it" if control.any() else f"nobody has it; its values are {_shown(column)}",
        "Give column=value of the customers who were left alone.",
    )


def _has(column: Column, value: str) -> np.ndarray:
    if column.kind == "text":
        same = [i for i, c in enumerate(column.categories) if c.strip().casefold() == value.casefold()]
        return np.isin(column.values, same)
    wanted = 1.0 if value.casefold() in POSITIVE else 0.0 if value.casefold() in NEGATIVE else _number(value)
    if column.kind == "date" or wanted is None:
        return np.zeros(len(column), dtype=bool)
    return np.asarray(column.values == wanted)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _shown(column: Column) -> str:
    """The values of a column, where they are too few to be personal."""
    distinct = column.n_distinct
    if distinct * FEWEST_EACH > len(column):
        return f"{distinct:,} different ones"
    return listed(sorted({str(v) for v in column.take(~column.missing).as_text().tolist()}))


def newcombe(treated: tuple[int, int], control: tuple[int, int]) -> tuple[float, float]:
    """Return the 95 % interval of a difference of two rates by Newcombe's hybrid score method.

    Parameters
    ----------
    treated, control : tuple of int
        Successes and customers; at least one customer each.

    Examples
    --------
    >>> [round(x, 4) for x in newcombe((56, 70), (48, 80))]
    [0.0524, 0.3339]
    """
    (a, m), (b, n) = treated, control
    (low_1, high_1), (low_2, high_2) = effects.wilson(a, m), effects.wilson(b, n)
    first, second = a / m, b / n
    difference = first - second
    below = math.hypot(first - low_1, high_2 - second)
    above = math.hypot(high_1 - first, second - low_2)
    return max(-1.0, difference - below), min(1.0, difference + above)


def uplifts(values: np.ndarray, labels: np.ndarray, k: int, group: ControlGroup) -> tuple[Uplift | None, ...]:
    """Return the uplift of each segment; None where it has no treated or no control customers with an answer.

    Parameters
    ----------
    values : ndarray of shape (n,)
        0 and 1 for answers, else amounts; NaN where there is no answer.
    labels : ndarray of shape (n,)
        0 … k-1, or -1.
    k : int
        Number of segments.
    group : ControlGroup
        Who was treated.

    Examples
    --------
    >>> said = np.array([1.0, 1.0, 0.0, 0.0])
    >>> left = np.array([False, False, True, True])
    >>> uplifts(said, np.zeros(4, int), 1, ControlGroup("group", "control", ~left, left))[0].difference
    1.0
    """
    there = ~np.isnan(values)
    rates = bool(np.isin(values[there], (0.0, 1.0)).all())
    overall = _uplift(values[there & group.treated], values[there & group.control], rates)
    found = []
    for j in range(k):
        own = there & (labels == j)
        found.append(_uplift(values[own & group.treated], values[own & group.control], rates, overall))
    return tuple(found)


def _uplift(treated: np.ndarray, control: np.ndarray, rates: bool, overall: Uplift | None = None) -> Uplift | None:
    m, n = len(treated), len(control)
    if m == 0 or n == 0:
        return None
    # sorted first, so that the order of rows cannot change a sum
    treated, control = np.sort(treated), np.sort(control)
    first, second = float(treated.sum()) / m, float(control.sum()) / n
    if rates:
        low, high = newcombe((int(treated.sum()), m), (int(control.sum()), n))
    else:
        spread = math.inf
        if min(m, n) > 1:
            spread = math.sqrt(float(treated.var(ddof=1)) / m + float(control.var(ddof=1)) / n)
        low, high = first - second - effects.NORMAL_95 * spread, first - second + effects.NORMAL_95 * spread
    known = None if overall is None else overall.difference
    return Uplift(m, n, first, second, first - second, low, high, known)


def points(share: float, sign: bool = True) -> str:
    """Return a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(0.0714), points(-0.003), points(0.25), points(0.0)
    ('+7.1', '−0.3', '+25', '0')
    """
    size = abs(100.0 * share)
    text = f"{size:.1f}" if size < 9.95 else f"{size:.0f}"
    text = text.removesuffix(".0")
    return text if text == "0" or not sign else f"{'+' if share > 0 else '−'}{text}"


def uplift_words(title: str, uplift: Uplift, unit: str | None) -> str:
    """Return an uplift as a clause: both figures, the difference, and its interval.

    Examples
    --------
    >>> uplift_words("response", Uplift(70, 80, 0.8, 0.6, 0.2, 0.0524, 0.3339), "share")
    'response 80% of 70 treated against 60% of 80 control customers: uplift +20 points (95% interval +5.2 to +33)'
    """
    if unit == "share":
        both = f"{percent(uplift.treated)} of {uplift.treated_n:,} treated against {percent(uplift.control)} of "
        both += f"{uplift.control_n:,} control customers"
        change = f"{points(uplift.difference)} points"
        span = f"{points(uplift.low)} to {points(uplift.high)}"
        everybody = "" if uplift.overall is None else f", {points(uplift.overall)} overall"
    else:
        both = f"{number(uplift.treated, unit)} for {uplift.treated_n:,} treated against "
        both += f"{number(uplift.control, unit)} for {uplift.control_n:,} control customers"
        change = number(uplift.difference, unit)
        span = f"{number(uplift.low, unit)} to {number(uplift.high, unit)}"
        everybody = "" if uplift.overall is None else f", {number(uplift.overall, unit)} overall"
    interval = f" (95% interval {span})" if math.isfinite(uplift.low) else ""
    return f"{title} {both}: uplift {change}{interval}{everybody}"
