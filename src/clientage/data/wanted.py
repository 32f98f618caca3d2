"""Which columns were asked for, and whether there are rows enough: the same for every reader."""

from __future__ import annotations

from collections.abc import Sequence

from clientage.errors import ColumnError, InputError, counted, did_you_mean, listed


def chosen(names: Sequence[str], wanted: Sequence[str] | None, source: str) -> tuple[str, ...]:
    """Return the wanted names as the source has them, or all of them.

    Parameters
    ----------
    names : sequence of str
        Of the source.
    wanted : sequence of str or None
        Exact names, or the only match without case and outer space.
    source : str
        For messages.

    Raises
    ------
    ColumnError
        When one is not there.

    Examples
    --------
    >>> chosen(["id", "Age"], ["age"], "a.csv")
    ('Age',)
    """
    if wanted is None:
        return tuple(names)
    out, missing = [], []
    for name in wanted:
        folded = [n for n in names if n.strip().casefold() == name.strip().casefold()]
        if name in names:
            out.append(name)
        elif len(folded) == 1:
            out.append(folded[0])
        else:
            missing.append(name)
    if missing:
        what = f"a column {listed(missing)}" if len(missing) == 1 else f"the columns {listed(missing)}"
        raise ColumnError(
            f"{what} in {source}",
            f"columns {listed(names)}",
            f"Use one of these names, or a table with the others.{did_you_mean(missing[0], names)}",
        )
    return tuple(dict.fromkeys(out))


def enough_rows(n_rows: int, least: int, source: str) -> None:
    """Refuse a table of too few rows.

    Raises
    ------
    InputError
        Naming how many there are.
    """
    if n_rows >= least:
        return
    there = "a header and no rows" if n_rows == 0 else f"only {counted(n_rows, 'data row')}"
    raise InputError(
        f"a table of at least {least} rows", f"'{source}' has {there}", "Check that the export was complete."
    )
